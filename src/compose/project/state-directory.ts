// The state directory of a project, next to its files. Only this user can open it. Each file is written atomically.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ChangedOwner, UpgradeState } from '../../core/compose/observation.js';
import { SecretString } from '../../core/redaction/secret-string.js';
import { formatJournal, parseJournal, type Journal } from '../../core/migration/journal.js';
import { getRecords, isRecord, parseJsonRecord } from '../../core/lib/json.js';
import type { Values } from '../../core/model/values.js';

const ROOT = '.milvus-upgrade';

export class StateDirectory {
  readonly path: string;
  readonly #beforeWrite: () => void;
  /** `beforeWrite` throws if this run must not write, because other runs read these files. */
  constructor(directory: string, project: string, beforeWrite: () => void = () => undefined) {
    this.path = join(directory, ROOT, project);
    this.#beforeWrite = beforeWrite;
  }

  readState(): UpgradeState | null {
    return parseState(parseJsonRecord(this.read('upgrade.json')));
  }

  writeState({ files, ...state }: UpgradeState): void {
    this.write(
      'upgrade.json',
      JSON.stringify({ ...state, files: files.map(({ path, text }) => ({ path, text: text.reveal() })) }),
    );
  }

  removeState(): void {
    this.remove('upgrade.json');
  }

  readJournal(): Journal | null {
    return parseJournal(this.read('journal.json'));
  }

  writeJournal(journal: Journal): void {
    this.write('journal.json', formatJournal(journal));
  }

  /** IDs of the collections that were loaded before; null if they were not recorded. */
  readLoaded(): readonly bigint[] | null {
    const { ids } = parseJsonRecord(this.read('loaded.json'));
    return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string').map(BigInt) : null;
  }

  writeLoaded(ids: readonly bigint[]): void {
    this.write('loaded.json', JSON.stringify({ ids: ids.map(String) }));
  }

  names(): readonly string[] {
    return existsSync(this.path) ? readdirSync(this.path).sort() : [];
  }

  remove(name: string): void {
    this.#beforeWrite();
    rmSync(join(this.path, name), { recursive: true, force: true });
  }

  /** Empty if the file does not exist. */
  read(name: string): string {
    const path = join(this.path, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  write(name: string, text: string): void {
    this.make();
    const path = join(this.path, name);
    const draft = `${path}.draft`;
    const file = openSync(draft, 'w', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  }

  /** Removes the whole directory when it has no content left. */
  removeAll(): void {
    this.#beforeWrite();
    rmSync(this.path, { recursive: true, force: true });
  }

  make(): void {
    this.#beforeWrite();
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    const ignore = join(this.path, '..', '.gitignore');
    // The state can contain the content of env files, so git must ignore it.
    if (!existsSync(ignore)) closeSync(openSync(ignore, 'a', 0o600));
    if (readFileSync(ignore, 'utf8') === '') writeWhole(ignore, '*\n');
  }
}

function writeWhole(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600);
  writeSync(file, text);
  closeSync(file);
}

/** Null if there is no upgrade state or it is incomplete: incomplete state must not be used. */
function parseState({ run, since, from, to, images, files, started, owners }: Values): UpgradeState | null {
  const texts = { run, since, from, to };
  if (
    !Object.values(texts).every((text) => typeof text === 'string' && text !== '') ||
    !isRecord(images) ||
    !Array.isArray(files)
  )
    return null;
  return {
    ...(texts as Record<keyof typeof texts, string>),
    images: images as UpgradeState['images'],
    ...(started === true ? { started } : {}),
    ...(Array.isArray(owners) ? { owners: getRecords(owners).map(readOwner) } : {}),
    files: getRecords(files).map(({ path, text }) => ({ path: String(path), text: new SecretString(String(text)) })),
  };
}

function readOwner({ service, path, before, now }: Values): ChangedOwner {
  return {
    service: String(service),
    path: String(path),
    before: String(before),
    now: typeof now === 'string' ? now : null,
  };
}
