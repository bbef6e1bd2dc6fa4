// Writes a file of the project atomically, with the same owner and mode, and never over changes of another process or
// user.
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UpgradeError } from '../../core/model/error.js';
import type { FileChange } from '../../core/compose/step.js';

/** A symbolic link stays a symbolic link. Throws UpgradeError; the file is then unchanged. */
export function writeProjectFile({ path, before, after }: FileChange): void {
  try {
    replace(realpathSync(path), before.reveal(), after.reveal());
  } catch (error) {
    throw failed(path, (error as NodeJS.ErrnoException).message, error);
  }
}

function replace(target: string, before: string, after: string): void {
  const bytes = readFileSync(target);
  const now = bytes.toString('utf8');
  if (now === after) return;
  if (now !== before) throw new Error('another process or user has changed it since this run read it');
  // A file in another encoding would be corrupted.
  if (!Buffer.from(now, 'utf8').equals(bytes)) throw new Error('it is not encoded in UTF-8');
  const draft = join(dirname(target), `.${basename(target)}.milvus-upgrade`);
  try {
    writeLike(draft, target, after);
    rename(draft, target, after);
  } catch (error) {
    rmSync(draft, { force: true, recursive: true });
    throw error;
  }
}

function writeLike(draft: string, target: string, text: string): void {
  const { mode, uid, gid } = statSync(target);
  rmSync(draft, { force: true });
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chmodSync(draft, mode & 0o7777);
  if (process.getuid?.() === 0) chownSync(draft, uid, gid);
}

/** A file that is mounted on its own cannot be replaced, only overwritten. */
function rename(draft: string, target: string, text: string): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
    writeFileSync(target, text);
    rmSync(draft, { force: true });
  }
}

function failed(path: string, why: string, cause?: unknown): UpgradeError {
  const remedy = 'The file is unchanged. Fix the cause and run the action again.';
  return new UpgradeError({ code: 'command-failed', what: `${path} could not be written`, why, remedy }, { cause });
}
