// Puts the files of a project back: to the texts that were written down, and to the images that ran. Pure.
import { SecretString } from '../hidden-text.js';
import { own } from '../own.js';
import { readImages } from './files/image-edits.js';
import { plainEnvironment, plainFiles } from './plain-files.js';
import { editsFor } from './plan.js';
import type { ProjectObservation, UpgradeState } from './seen.js';
import type { EditFilesStep, FileChange } from './step-kinds.js';
import { editFiles, type Aim, type Images } from './steps.js';

export function oldImages({ images }: UpgradeState): Images {
  return Object.fromEntries(Object.entries(images).map(([name, { before }]) => [name, before]));
}

/** The texts of before, with the images that ran. Where somebody else has written into one since, that stays: only the images go back; a text where they cannot. */
export function restoreSettings(aim: Aim, project: ProjectObservation, notes: UpgradeState): EditFilesStep | string {
  const noted = new Map(notes.files.map(({ path, text }) => [path, text]));
  const managed = managedTexts(project, notes);
  const changed = project.files.filter(({ path, text }) => noted.has(path) && text.reveal() !== noted.get(path)?.reveal());
  const isOurs = changed.every(({ path, text }) => managed.get(path) === text.reveal());
  const files = isOurs ? project.files.map((each) => ({ ...each, text: noted.get(each.path) ?? each.text })) : project.files;
  const { edits, problems } = hasImages(files, project, notes) ? { edits: [], problems: [] } : editsFor({ ...project, files }, oldImages(notes));
  if (problems.length > 0) return problems.join('; ');
  const edited = new Map(edits.map(({ path, after }) => [path, after]));
  const changes = project.files.flatMap(({ path, text }, at): FileChange[] => {
    const after = edited.get(path) ?? files[at]?.text.reveal() ?? '';
    return after === text.reveal() ? [] : [{ path, before: text, after: new SecretString(after) }];
  });
  return editFiles(aim, changes, null);
}

/** Files that were ahead of the containers asked for another image than the one that ran. */
function hasImages(files: ProjectObservation['files'], project: ProjectObservation, notes: UpgradeState): boolean {
  const images = readImages({ files: plainFiles({ files }), environment: plainEnvironment(project) }, Object.keys(notes.images));
  return [...images].every(([name, image]) => image === own(notes.images, name)?.before);
}

/** What this action has made of the files that it wrote down, or would have. */
function managedTexts(project: ProjectObservation, { files, images }: UpgradeState): ReadonlyMap<string, string> {
  const noted = new Map(files.map(({ path, text }) => [path, text]));
  const before = { ...project, files: project.files.map((each) => ({ ...each, text: noted.get(each.path) ?? each.text })) };
  const after = Object.fromEntries(Object.entries(images).map(([name, each]) => [name, each.after]));
  return new Map(editsFor(before, after).edits.map((each) => [each.path, each.after]));
}
