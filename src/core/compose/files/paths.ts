// Resolves the paths that are written in the files of a project. Pure.
import type { ProjectFile } from './project.js';

/** The same path without `.`, `..` and backslashes, as far as they can be resolved. */
export function tidyPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.replace(/[\\/]+/g, '/').split('/')) {
    const canGoUp = parts.length > 0 && parts.at(-1) !== '..' && parts.at(-1) !== '';
    if (part === '..' && canGoUp) parts.pop();
    else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part);
  }
  return parts.join('/');
}

/** Resolves a path that is written in this file. */
export function pathFrom({ path: from, base }: Pick<ProjectFile, 'path' | 'base'>, path: string): string {
  const isWhole = /^([/\\]|[A-Za-z]:)/.test(path);
  if (isWhole) return tidyPath(path);
  if (base !== undefined) return tidyPath(base === '' ? path : `${base}/${path}`);
  return tidyPath(`${directoryOf(from)}${path}`);
}

/** With its last slash; empty for a file without a directory. */
function directoryOf(path: string): string {
  const file = tidyPath(path);
  return file.slice(0, file.lastIndexOf('/') + 1);
}
