// Resolves paths in a file of a project, relative to the directory of that file. Pure.

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

/** Resolves a path that is written in the file `from`. */
export function pathFrom(from: string, path: string): string {
  const isWhole = /^([/\\]|[A-Za-z]:)/.test(path);
  if (isWhole) return tidyPath(path);
  const file = tidyPath(from);
  return tidyPath(`${file.slice(0, file.lastIndexOf('/') + 1)}${path}`);
}
