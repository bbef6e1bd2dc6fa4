// Saves an inventory of the data: only this user can read it, because it contains primary keys.
import { join } from 'node:path';
import { ownDirectory, writePrivateFile } from './private-folder.js';

/** Returns the path. `directory` is null for the temporary directory of the runner. */
export function saveInventory(name: string, text: string, directory: string | null = null): string {
  const file = `${name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_')}.json`;
  const path = join(directory ?? ownDirectory('milvus-upgrade-inventory'), file);
  writePrivateFile(path, text);
  return path;
}
