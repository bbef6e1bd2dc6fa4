// The post step: removes the private directory that main.ts may have left on the runner. Never fails a job, and removes
// no other directory.
import { rmSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { isOwnDirectory, isRunDirectory, temporaryDirectory } from '../runner/private-folder.js';

// The runner passes the state that main.ts saved to the post step in this variable.
const directory = process.env.STATE_folder;
const parent = resolve(temporaryDirectory());

if (
  directory &&
  dirname(resolve(directory)) === parent &&
  (isRunDirectory(basename(directory)) || /^milvus-upgrade-\w{6}$/.test(basename(directory))) &&
  isOwnDirectory(directory)
) {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch (error) {
    process.stdout.write(`The private directory of this run could not be removed: ${String(error)}\n`);
  }
}
