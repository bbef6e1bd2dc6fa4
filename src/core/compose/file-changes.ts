// Describes the changes of an upgrade to the files of a project for users: a diff without secrets. Pure.
import type { ManifestChange } from '../model/preflight.js';
import { diffOf } from './files/edit-diff.js';
import type { FileChange } from './step.js';

/** Names are relative to the project directory. */
export function describeFileChanges(files: readonly FileChange[], directory: string): ManifestChange[] {
  return files.map(({ path, before, after }) => ({
    kind: 'File',
    name: path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path,
    action: 'change',
    note: '',
    diff: diffOf({ path, before: before.reveal(), after: after.reveal(), settings: [] }),
  }));
}
