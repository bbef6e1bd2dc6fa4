// Checks before a run whether the files of its end can be written, so that a misspelled path does not lose them.
import { accessSync, constants, statSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Why a file, or a directory and its content, cannot be written at this path; empty if it can. */
export function writeProblem(path: string, kind: 'file' | 'directory'): string {
  const target = resolve(path);
  const found = statOf(target);
  if (found) return wrongKind(found.isDirectory(), kind) || accessProblem(target);
  if (kind === 'directory') return aboveProblem(dirname(target));
  return statOf(dirname(target)) ? accessProblem(dirname(target)) : `the directory ${dirname(target)} does not exist`;
}

function wrongKind(isDirectory: boolean, kind: 'file' | 'directory'): string {
  if (isDirectory === (kind === 'directory')) return '';
  return isDirectory ? 'it is a directory' : 'it is a file';
}

/** New directories are created in the nearest parent that exists, which must be a writable directory. */
function aboveProblem(directory: string): string {
  const found = statOf(directory);
  if (!found) return aboveProblem(dirname(directory));
  return found.isDirectory() ? accessProblem(directory) : `${directory} is a file`;
}

function accessProblem(path: string): string {
  try {
    accessSync(path, constants.W_OK);
    return '';
  } catch (error) {
    return `it cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`;
  }
}

/** Undefined also if a part of the path is a file, or cannot be opened. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
