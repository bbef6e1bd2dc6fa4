// The folder of the evidence: of its own for each run, readable by this user only.
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { EvidenceFile } from '../core/evidence.js';

/** Another name is tried so often before it is given up. */
const MOST_TRIES = 100;

export class EvidenceFolder {
  readonly path: string;
  readonly files: EvidenceFile[] = [];
  constructor(path: string) {
    this.path = path;
  }

  /** Makes a folder that was not there before, below the one that the user wished for. */
  static make(wished: string | null, name: string): EvidenceFolder {
    const parent = wished ?? join(process.env.RUNNER_TEMP ?? tmpdir(), 'milvus-upgrade-evidence');
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    for (let tries = 1; ; tries += 1) {
      const path = join(parent, tries === 1 ? name : `${name}-${tries}`);
      try {
        mkdirSync(path, { mode: 0o700 });
        return new EvidenceFolder(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries === MOST_TRIES) throw error;
      }
    }
  }

  /** Names come from the cluster: what could lead out of the folder is replaced. */
  write(names: readonly string[], what: string, text: string): void {
    const path = names.map((name) => name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_')).join('/');
    const file = join(this.path, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    this.files.push({ path, what });
  }
}
