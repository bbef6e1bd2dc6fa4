// Says before a run whether what it will write at its end can be written, so that nothing is lost by a typing error.
import { accessSync, constants, statSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Why a file, or a directory with what is in it, cannot be written there; empty where it can. */
export function writeProblem(path: string, kind: 'file' | 'directory'): string {
  const target = resolve(path);
  const found = statOf(target);
  if (found) return wrongKind(found.isDirectory(), kind) || accessProblem(target);
  if (kind === 'directory') return aboveProblem(dirname(target));
  return statOf(dirname(target)) ? accessProblem(dirname(target)) : `there is no directory ${dirname(target)}`;
}

function wrongKind(isDirectory: boolean, kind: 'file' | 'directory'): string {
  if (isDirectory === (kind === 'directory')) return '';
  return isDirectory ? 'it is a directory' : 'it is a file';
}

/** The nearest directory that is there already has to take the new ones. */
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

/** Undefined also where a part of the path is a file, or cannot be entered. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
