// Restores the files of a project: their recorded texts, and the images that ran. Pure.
import { SecretString } from '../redaction/secret-string.js';
import { own } from '../lib/own.js';
import { readImages } from './files/image-edits.js';
import { plainEnvironment, plainFiles } from './plain-files.js';
import { editsFor } from './images.js';
import type { ProjectObservation, UpgradeState } from './observation.js';
import type { EditFilesStep, FileChange } from './step.js';
import { editFiles, type Aim, type Images } from './steps.js';

export function oldImages({ images }: UpgradeState): Images {
  return Object.fromEntries(Object.entries(images).map(([name, { before }]) => [name, before]));
}

/**
 * Restores the recorded texts with the images that ran. If another process or user has changed a file since, that
 * change is kept and only the images are restored. Returns the problem as a string if they cannot be.
 */
export function restoreSettings(
  aim: Aim,
  project: ProjectObservation,
  upgradeState: UpgradeState,
): EditFilesStep | string {
  const noted = new Map(upgradeState.files.map(({ path, text }) => [path, text]));
  const expectedTexts = editedTexts(project, upgradeState);
  const changed = project.files.filter(
    ({ path, text }) => noted.has(path) && text.reveal() !== noted.get(path)?.reveal(),
  );
  const isUnchangedSince = changed.every(({ path, text }) => expectedTexts.get(path) === text.reveal());
  const files = isUnchangedSince
    ? project.files.map((file) => ({ ...file, text: noted.get(file.path) ?? file.text }))
    : project.files;
  const { edits, problems } = hasImages(files, project, upgradeState)
    ? { edits: [], problems: [] }
    : editsFor({ ...project, files }, oldImages(upgradeState));
  if (problems.length > 0) return problems.join('; ');
  const edited = new Map(edits.map(({ path, after }) => [path, after]));
  const changes = project.files.flatMap(({ path, text }, at): FileChange[] => {
    const after = edited.get(path) ?? files[at]?.text.reveal() ?? '';
    return after === text.reveal() ? [] : [{ path, before: text, after: new SecretString(after) }];
  });
  return editFiles(aim, changes, null);
}

/**
 * False if the files selected another image than the one that ran, because they had been changed before the containers
 * were recreated.
 */
function hasImages(
  files: ProjectObservation['files'],
  project: ProjectObservation,
  upgradeState: UpgradeState,
): boolean {
  const images = readImages(
    { files: plainFiles({ files }), environment: plainEnvironment(project) },
    Object.keys(upgradeState.images),
  );
  return [...images].every(([name, image]) => image === own(upgradeState.images, name)?.before);
}

/** The texts that this action has produced, or would have produced, from the recorded files. */
function editedTexts(project: ProjectObservation, { files, images }: UpgradeState): ReadonlyMap<string, string> {
  const noted = new Map(files.map(({ path, text }) => [path, text]));
  const before = {
    ...project,
    files: project.files.map((file) => ({ ...file, text: noted.get(file.path) ?? file.text })),
  };
  const after = Object.fromEntries(Object.entries(images).map(([name, image]) => [name, image.after]));
  return new Map(editsFor(before, after).edits.map((edit) => [edit.path, edit.after]));
}
