// The state directory next to the files of a project.
import { mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StateDirectory } from '../../../../src/compose/project/state-directory.js';
import type { UpgradeState } from '../../../../src/core/compose/observation.js';
import { SecretString } from '../../../../src/core/redaction/secret-string.js';
import type { Journal } from '../../../../src/core/migration/journal.js';

let directory = '';
let state: StateDirectory;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'notes-'));
  state = new StateDirectory(directory, 'milvus');
});
afterEach(() => rmSync(directory, { recursive: true }));

const notes: UpgradeState = {
  run: 'acme.milvus.42.1',
  since: '2026-01-01T00:00:00.000Z',
  from: '2.2.12',
  to: '2.2.16',
  images: { standalone: { before: 'milvusdb/milvus:v2.2.12', after: 'milvusdb/milvus:v2.2.16' } },
  files: [{ path: '/srv/.env', text: new SecretString('PASSWORD=hunter2\n') }],
};
const journal: Journal = {
  run: 'acme.milvus.42.1',
  since: '2026-01-01T00:00:00.000Z',
  from: '2.1.4',
  to: '2.2.16',
  image: 'milvusdb/milvus:v2.1.4',
  rootPath: 'by-dev',
  replicas: { standalone: 1 },
  closed: false,
};
const modeOf = (...path: string[]): number => statSync(join(directory, '.milvus-upgrade', ...path)).mode & 0o777;

describe('the upgrade state', () => {
  it('is read with every byte of the recorded files', () => {
    state.writeState(notes);
    const read = new StateDirectory(directory, 'milvus').readState();
    expect(read).toEqual(notes);
    expect(read?.files[0]?.text.reveal()).toBe('PASSWORD=hunter2\n');
  });

  it('can be read only by this user, since it may contain secrets', () => {
    state.writeState(notes);
    expect([modeOf('milvus'), modeOf('milvus', 'upgrade.json')]).toEqual([0o700, 0o600]);
  });

  it('is ignored by git', () => {
    state.writeState(notes);
    expect(readFileSync(join(directory, '.milvus-upgrade', '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('keeps a .gitignore of the user, and fills an empty one', () => {
    const path = join(directory, '.milvus-upgrade', '.gitignore');
    mkdirSync(join(directory, '.milvus-upgrade'));
    writeFileSync(path, '');
    state.make();
    expect(readFileSync(path, 'utf8')).toBe('*\n');
    writeFileSync(path, 'mine\n');
    state.make();
    expect(readFileSync(path, 'utf8')).toBe('mine\n');
  });

  it('does not exist before it is written and after it is removed', () => {
    expect(state.readState()).toBeNull();
    state.removeState();
    state.writeState(notes);
    state.removeState();
    expect(state.readState()).toBeNull();
    expect(state.names()).toEqual([]);
  });

  it.each([
    ['a truncated file', '{"run":"acme","since":"2026","from":"2.2.12"'],
    ['a file without its images', '{"run":"a","since":"b","from":"2.2.12","to":"2.2.16","files":[]}'],
    ['a file without the texts', '{"run":"a","since":"b","from":"2.2.12","to":"2.2.16","images":{}}'],
    ['a file without versions', '{"run":"a","since":"b","from":"","to":"2.2.16","images":{},"files":[]}'],
    ['an empty file', ''],
  ])('is not used if there is %s', (_, text) => {
    state.write('upgrade.json', text);
    expect(state.readState()).toBeNull();
  });

  it('is written atomically: the draft of a killed run is not read', () => {
    state.writeState(notes);
    writeFileSync(join(state.path, 'upgrade.json.draft'), '{"run":');
    expect(state.readState()).toEqual(notes);
    state.writeState({ ...notes, to: '2.2.15' });
    expect(state.readState()?.to).toBe('2.2.15');
    expect(state.names()).toEqual(['upgrade.json']);
  });

  it('is separate for each project in a directory', () => {
    state.writeState(notes);
    expect(new StateDirectory(directory, 'other').readState()).toBeNull();
  });

  it('is removed with its directory at the end', () => {
    state.writeState(notes);
    state.removeAll();
    expect(state.names()).toEqual([]);
  });
});

describe('the state directory', () => {
  it('contains the journal of a migration, which is used only if it is complete', () => {
    expect(state.readJournal()).toBeNull();
    state.writeJournal(journal);
    expect(state.readJournal()).toEqual(journal);
    state.write('journal.json', JSON.stringify(journal).slice(0, 60));
    expect(state.readJournal()).toBeNull();
  });

  it('contains the journal that an earlier version of this action wrote, with the revision 0', () => {
    const [first, ...rest] = Object.entries(journal);
    state.write('journal.json', JSON.stringify(Object.fromEntries([first!, ['revision', 0], ...rest])));
    expect(state.readJournal()).toEqual(journal);
    state.writeJournal({ ...state.readJournal()!, closed: true });
    expect(JSON.parse(state.read('journal.json'))).toEqual({ ...journal, closed: true });
  });

  it.each([
    { since: '' },
    { image: 1 },
    { rootPath: undefined },
    { closed: 'false' },
    { replicas: [] },
    { replicas: { standalone: -1 } },
    { replicas: { standalone: 1001 } },
  ])('does not use a journal with %j', (malformed) => {
    state.write('journal.json', JSON.stringify({ ...journal, ...malformed }));
    expect(state.readJournal()).toBeNull();
  });

  it('contains the IDs of the loaded collections, which exceed the safe integers', () => {
    expect(state.readLoaded()).toBeNull();
    state.writeLoaded([447_903_208_812_384_837n, 1n]);
    expect(state.readLoaded()).toEqual([447_903_208_812_384_837n, 1n]);
    state.writeLoaded([]);
    expect(state.readLoaded()).toEqual([]);
  });

  it('is not changed by a run that has lost the lock', () => {
    state.writeJournal(journal);
    const before = readFileSync(join(state.path, 'journal.json'), 'utf8');
    const lost = new StateDirectory(directory, 'milvus', () => {
      throw new Error('the lock is lost');
    });
    for (const write of [
      () => lost.writeState(notes),
      () => lost.writeJournal({ ...journal, closed: true }),
      () => lost.remove('journal.json'),
      () => lost.removeAll(),
    ])
      expect(write).toThrow('the lock is lost');
    expect(lost.readJournal()).toEqual(journal);
    expect(readFileSync(join(state.path, 'journal.json'), 'utf8')).toBe(before);
  });
});
