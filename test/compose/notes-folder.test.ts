// What is written down beside the files of a project.
import { mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StateDirectory } from '../../src/compose/notes-folder.js';
import type { UpgradeState } from '../../src/core/compose/seen.js';
import { SecretString } from '../../src/core/hidden-text.js';
import type { Journal } from '../../src/core/migration/journal.js';

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
  revision: 0,
  rootPath: 'by-dev',
  replicas: { standalone: 1 },
  closed: false,
};
const modeOf = (...path: string[]): number => statSync(join(directory, '.milvus-upgrade', ...path)).mode & 0o777;

describe('the notes of an upgrade', () => {
  it('come back with every byte of the files that were there', () => {
    state.writeState(notes);
    const read = new StateDirectory(directory, 'milvus').readState();
    expect(read).toEqual(notes);
    expect(read?.files[0]?.text.reveal()).toBe('PASSWORD=hunter2\n');
  });

  it('can be read by this user only, since they may hold secrets', () => {
    state.writeState(notes);
    expect([modeOf('milvus'), modeOf('milvus', 'upgrade.json')]).toEqual([0o700, 0o600]);
  });

  it('stay out of every commit', () => {
    state.writeState(notes);
    expect(readFileSync(join(directory, '.milvus-upgrade', '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('leave a .gitignore alone that somebody has written there, and fill one that was left empty', () => {
    const path = join(directory, '.milvus-upgrade', '.gitignore');
    mkdirSync(join(directory, '.milvus-upgrade'));
    writeFileSync(path, '');
    state.make();
    expect(readFileSync(path, 'utf8')).toBe('*\n');
    writeFileSync(path, 'mine\n');
    state.make();
    expect(readFileSync(path, 'utf8')).toBe('mine\n');
  });

  it('are none before they are written and after they are taken away', () => {
    expect(state.readState()).toBeNull();
    state.removeState();
    state.writeState(notes);
    state.removeState();
    expect(state.readState()).toBeNull();
    expect(state.names()).toEqual([]);
  });

  it.each([
    ['half a file', '{"run":"acme","since":"2026","from":"2.2.12"'],
    ['a file without its images', '{"run":"a","since":"b","from":"2.2.12","to":"2.2.16","files":[]}'],
    ['a file without the texts', '{"run":"a","since":"b","from":"2.2.12","to":"2.2.16","images":{}}'],
    ['a file without versions', '{"run":"a","since":"b","from":"","to":"2.2.16","images":{},"files":[]}'],
    ['an empty file', ''],
  ])('are not believed where there is %s', (_, text) => {
    state.write('upgrade.json', text);
    expect(state.readState()).toBeNull();
  });

  it('come whole: what a killed run has left of its draft is not read', () => {
    state.writeState(notes);
    writeFileSync(join(state.path, 'upgrade.json.draft'), '{"run":');
    expect(state.readState()).toEqual(notes);
    state.writeState({ ...notes, to: '2.2.15' });
    expect(state.readState()?.to).toBe('2.2.15');
    expect(state.names()).toEqual(['upgrade.json']);
  });

  it('are kept apart for each project of a folder', () => {
    state.writeState(notes);
    expect(new StateDirectory(directory, 'other').readState()).toBeNull();
  });

  it('are gone with everything beside them in the end', () => {
    state.writeState(notes);
    state.removeAll();
    expect(state.names()).toEqual([]);
  });
});

describe('what else is written down', () => {
  it('is the journal of a migration, believed when it is whole', () => {
    expect(state.readJournal()).toBeNull();
    state.writeJournal(journal);
    expect(state.readJournal()).toEqual(journal);
    state.write('journal.json', JSON.stringify(journal).slice(0, 60));
    expect(state.readJournal()).toBeNull();
  });

  it('is which collections were loaded, by ids that are longer than a number can be', () => {
    expect(state.readLoaded()).toBeNull();
    state.writeLoaded([447_903_208_812_384_837n, 1n]);
    expect(state.readLoaded()).toEqual([447_903_208_812_384_837n, 1n]);
    state.writeLoaded([]);
    expect(state.readLoaded()).toEqual([]);
  });

  it('are not touched by a run that has lost the lock', () => {
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
