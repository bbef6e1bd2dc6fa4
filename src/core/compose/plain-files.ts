// The files and variables of a project with their secrets, for what reads or edits them. Pure; nothing of it goes into a message.
import type { Environment, ProjectFile } from './files/project.js';
import type { ProjectObservation } from './seen.js';

export function plainFiles({ files }: Pick<ProjectObservation, 'files'>): ProjectFile[] {
  return files.map(({ kind, path, text }) => ({ kind, path, text: text.reveal() }));
}

export function plainEnvironment({ environment }: Pick<ProjectObservation, 'environment'>): Environment {
  return environment.reveal() as Environment;
}
