// Private directories and files below directories that other users can write to, such as /tmp. They are never written
// through a link, and are removed once the run that created them has ended.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { UpgradeError } from '../core/model/error.js';

/** `milvus-upgrade-run-<PID namespace>-<PID>-<start of the process>-<random>`. */
const RUN_DIRECTORY = /^milvus-upgrade-run-(\d{1,20})-(\d{1,10})-(\d{1,20})-\w{6}$/;

/** RUNNER_TEMP if it is a directory, else the temporary directory of the system. */
export function temporaryDirectory(): string {
  const { RUNNER_TEMP: named = '' } = process.env;
  return named !== '' && statSync(named, { throwIfNoEntry: false })?.isDirectory() === true ? named : tmpdir();
}

/** Creates a directory that only this user can open, and whose name identifies its process. Throws UpgradeError. */
export function makeRunDirectory(): string {
  const parent = temporaryDirectory();
  try {
    return mkdtempSync(join(parent, `milvus-upgrade-run-${pidNamespace()}-${process.pid}-${startOf(process.pid)}-`));
  } catch (error) {
    const why = `${parent} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`;
    throw new UpgradeError(
      {
        code: 'input-invalid',
        what: 'No temporary directory could be created',
        why,
        remedy: 'Set RUNNER_TEMP or TMPDIR to a writable directory.',
      },
      { cause: error },
    );
  }
}

/** True for the name of a directory that a run has created. */
export function isRunDirectory(name: string): boolean {
  return RUN_DIRECTORY.test(name);
}

/** Removes the directories of terminated runs of this user on this machine; never follows links. Never throws. */
export function removeLeftovers(parent = temporaryDirectory()): void {
  for (const name of namesIn(parent)) {
    const path = join(parent, name);
    try {
      if (isLeftover(name) && isOwnDirectory(path)) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another run may remove it at the same time.
    }
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function isLeftover(name: string): boolean {
  const [, namespace = '', pid = '', start = ''] = RUN_DIRECTORY.exec(name) ?? [];
  // In another PID namespace the same PID is another process, which is not visible here.
  return pid !== '' && namespace === pidNamespace() && (!isAlive(Number(pid)) || startOf(Number(pid)) !== start);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The start time of a process, in ticks since the boot of the machine (man 5 proc_pid_stat, field 22); 0 without /proc.
 */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may contain spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}

function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

/** True for a directory that this user owns; false for a link to one. */
export function isOwnDirectory(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}

/**
 * A directory below the temporary one that only this user can write to. Its name gets a suffix if another user has
 * created a directory of that name.
 */
export function ownDirectory(name: string): string {
  const path = join(temporaryDirectory(), name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const isClosed = process.getuid === undefined || (lstatSync(path).mode & 0o022) === 0;
  return isOwnDirectory(path) && isClosed ? path : mkdtempSync(`${path}-`);
}

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes a file that only this user can read, atomically. A link of this name is replaced, not followed. A device or a
 * pipe is written to directly.
 */
export function writePrivateFile(path: string, text: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there && !there.isFile() && !there.isSymbolicLink()) return writeFileSync(path, text);
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}`);
  try {
    writeNew(draft, text);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function writeNew(path: string, text: string): void {
  const file = openSync(path, NEW_FILE, 0o600);
  try {
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}
