// The post step: removes what main.ts may have left on the runner. Never fails a job, and removes nothing but a folder of ours.
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, resolve } from 'node:path';

// The runner hands the state that main.ts saved to the post step in this variable.
const folder = process.env.STATE_folder;
const parent = resolve(process.env.RUNNER_TEMP ?? tmpdir());

if (folder && dirname(resolve(folder)) === parent && /^milvus-upgrade-\w{6}$/.test(basename(folder))) {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    process.stdout.write(`The folder of this run could not be removed: ${String(error)}\n`);
  }
}
