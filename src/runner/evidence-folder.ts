// The diagnostics directory: a new one for each run, readable by this user only. If it cannot be written, the
// diagnostics go to the temporary directory.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EvidenceFile } from '../core/model/evidence.js';
import { ownDirectory } from './private-folder.js';

/** How many names are tried for a new directory. */
const MAX_TRIES = 100;
const DEFAULT_NAME = 'milvus-upgrade-evidence';

export class EvidenceDirectory {
  /** Why the directory is not at the requested path; empty if it is. */
  readonly notes: string[] = [];
  #files: EvidenceFile[] = [];
  #path: string;
  readonly #name: string;
  constructor(path: string, name: string) {
    this.#path = path;
    this.#name = name;
  }

  get path(): string {
    return this.#path;
  }

  get files(): readonly EvidenceFile[] {
    return this.#files;
  }

  /** Creates a new directory below the requested one, or else below the temporary directory. */
  static make(requested: string | null, name: string): EvidenceDirectory {
    if (requested === null) return new EvidenceDirectory(makeNew(ownDirectory(DEFAULT_NAME), name), name);
    try {
      return new EvidenceDirectory(makeNew(requested, name), name);
    } catch (error) {
      const directory = new EvidenceDirectory(makeNew(ownDirectory(DEFAULT_NAME), name), name);
      directory.notes.push(
        `evidence-path ${requested} could not be written (${codeOf(error)}); the diagnostics are in ${directory.path}`,
      );
      return directory;
    }
  }

  /** Names come from the cluster: characters that could lead out of the directory are replaced. */
  write(names: readonly string[], what: string, text: string): void {
    const path = names.map((name) => name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_')).join('/');
    try {
      writeInto(this.#path, path, text);
    } catch (error) {
      this.#move(error);
      writeInto(this.#path, path, text);
    }
    this.#files.push({ path, what });
  }

  /** Moves to another directory, once. Files that were written already stay where they are. */
  #move(error: unknown): void {
    if (this.notes.length > 0) throw error;
    const before = this.#path;
    this.#path = makeNew(ownDirectory(DEFAULT_NAME), `${this.#name}-rest`);
    this.#files = this.#files.map(({ path, what }) => ({ path: join(before, path), what }));
    this.notes.push(`${before} could no longer be written (${codeOf(error)}); the rest is in ${this.#path}`);
  }
}

function makeNew(parent: string, name: string): string {
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  for (let tries = 1; ; tries += 1) {
    const path = join(parent, tries === 1 ? name : `${name}-${tries}`);
    try {
      mkdirSync(path, { mode: 0o700 });
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries === MAX_TRIES) throw error;
    }
  }
}

function writeInto(directory: string, path: string, text: string): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
