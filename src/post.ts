// The post step: removes what main.ts may have left on the runner. Never fails a job, and removes nothing but a folder of ours.
import { rmSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { isOwnDirectory, isRunDirectory, temporaryDirectory } from './runner/private-folder.js';

// The runner hands the state that main.ts saved to the post step in this variable.
const folder = process.env.STATE_folder;
const parent = resolve(temporaryDirectory());

if (
  folder &&
  dirname(resolve(folder)) === parent &&
  (isRunDirectory(basename(folder)) || /^milvus-upgrade-\w{6}$/.test(basename(folder))) &&
  isOwnDirectory(folder)
) {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    process.stdout.write(`The folder of this run could not be removed: ${String(error)}\n`);
  }
}
