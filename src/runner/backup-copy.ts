// A copy of the backup on the runner, to be kept as an artifact: readable by this user only, and given up where it grows too large.
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ownDirectory } from './private-folder.js';

/** Larger ones stay in their volume. */
const MOST_BYTES = 64 * 1024 * 1024;

export class BackupCopy {
  readonly #path: string;
  #file: number | null;
  #bytes = 0;
  constructor(name: string) {
    this.#path = join(ownDirectory('milvus-upgrade-backup'), name);
    rmSync(this.#path, { force: true });
    this.#file = openSync(this.#path, 'wx', 0o600);
  }

  take(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MOST_BYTES) this.drop();
    else if (this.#file !== null) writeSync(this.#file, chunk);
  }

  /** Keeps it, and gives its path; null where it was given up. */
  end(): string | null {
    if (this.#file === null) return null;
    closeSync(this.#file);
    this.#file = null;
    return this.#path;
  }

  /** Removes it, unless it is kept already. */
  drop(): void {
    if (this.#file === null) return;
    closeSync(this.#file);
    this.#file = null;
    rmSync(this.#path, { force: true });
  }
}
