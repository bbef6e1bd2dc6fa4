// The files and variables of a project, unmasked, for code that reads or edits them. Pure. Never use these values in a
// message.
import type { Environment, ProjectFile } from './files/project.js';
import type { ProjectObservation } from './observation.js';

export function plainFiles({ files }: Pick<ProjectObservation, 'files'>): ProjectFile[] {
  return files.map((file) => ({ ...file, text: file.text.reveal() }));
}

export function plainEnvironment({ environment }: Pick<ProjectObservation, 'environment'>): Environment {
  return environment.reveal() as Environment;
}
