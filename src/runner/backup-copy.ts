// A copy of the backup on the runner, for upload as an artifact. Only this user can read it. It is optional: a copy
// that grows too large, or cannot be written, is discarded.
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ownDirectory } from './private-folder.js';

/** A larger backup is kept in its volume only. */
const MAX_BYTES = 64 * 1024 * 1024;

export class BackupCopy {
  #path = '';
  #file: number | null = null;
  #bytes = 0;
  #failure = '';
  constructor(name: string) {
    this.#attempt(() => {
      this.#path = join(ownDirectory('milvus-upgrade-backup'), name);
      rmSync(this.#path, { force: true });
      this.#file = openSync(this.#path, 'wx', 0o600);
    });
  }

  /** Why it could not be written; empty if it could. */
  failure(): string {
    return this.#failure;
  }

  take(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_BYTES) this.drop();
    else if (this.#file !== null) this.#write(this.#file, chunk);
  }

  /** Keeps the copy and returns its path; null if it was discarded. */
  end(): string | null {
    if (this.#file === null) return null;
    closeSync(this.#file);
    this.#file = null;
    return this.#path;
  }

  #write(file: number, chunk: Uint8Array): void {
    this.#attempt(() => {
      for (let written = 0; written < chunk.length; ) written += writeSync(file, chunk, written);
    });
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.drop();
    }
  }

  /** Removes the copy, unless it is kept already. */
  drop(): void {
    if (this.#file === null) return;
    closeSync(this.#file);
    this.#file = null;
    rmSync(this.#path, { force: true });
  }
}
