// What is written down beside the files of a project.
import { mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NotesFolder } from '../../src/compose/notes-folder.js';
import type { UpgradeNotes } from '../../src/core/compose/seen.js';
import { HiddenText } from '../../src/core/hidden-text.js';
import type { Journal } from '../../src/core/migration/journal.js';

let directory = '';
let folder: NotesFolder;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'notes-'));
  folder = new NotesFolder(directory, 'milvus');
});
afterEach(() => rmSync(directory, { recursive: true }));

const notes: UpgradeNotes = {
  run: 'acme.milvus.42.1',
  since: '2026-01-01T00:00:00.000Z',
  from: '2.2.12',
  to: '2.2.16',
  images: { standalone: { before: 'milvusdb/milvus:v2.2.12', after: 'milvusdb/milvus:v2.2.16' } },
  files: [{ path: '/srv/.env', text: new HiddenText('PASSWORD=hunter2\n') }],
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
    folder.writeNotes(notes);
    const read = new NotesFolder(directory, 'milvus').readNotes();
    expect(read).toEqual(notes);
    expect(read?.files[0]?.text.reveal()).toBe('PASSWORD=hunter2\n');
  });

  it('can be read by this user only, since they may hold secrets', () => {
    folder.writeNotes(notes);
    expect([modeOf('milvus'), modeOf('milvus', 'upgrade.json')]).toEqual([0o700, 0o600]);
  });

  it('stay out of every commit', () => {
    folder.writeNotes(notes);
    expect(readFileSync(join(directory, '.milvus-upgrade', '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('leave a .gitignore alone that somebody has written there, and fill one that was left empty', () => {
    const path = join(directory, '.milvus-upgrade', '.gitignore');
    mkdirSync(join(directory, '.milvus-upgrade'));
    writeFileSync(path, '');
    folder.make();
    expect(readFileSync(path, 'utf8')).toBe('*\n');
    writeFileSync(path, 'mine\n');
    folder.make();
    expect(readFileSync(path, 'utf8')).toBe('mine\n');
  });

  it('are none before they are written and after they are taken away', () => {
    expect(folder.readNotes()).toBeNull();
    folder.removeNotes();
    folder.writeNotes(notes);
    folder.removeNotes();
    expect(folder.readNotes()).toBeNull();
    expect(folder.names()).toEqual([]);
  });

  it.each([
    ['half a file', '{"run":"acme","since":"2026","from":"2.2.12"'],
    ['a file without its images', '{"run":"a","since":"b","from":"2.2.12","to":"2.2.16","files":[]}'],
    ['a file without the texts', '{"run":"a","since":"b","from":"2.2.12","to":"2.2.16","images":{}}'],
    ['a file without versions', '{"run":"a","since":"b","from":"","to":"2.2.16","images":{},"files":[]}'],
    ['an empty file', ''],
  ])('are not believed where there is %s', (_, text) => {
    folder.write('upgrade.json', text);
    expect(folder.readNotes()).toBeNull();
  });

  it('come whole: what a killed run has left of its draft is not read', () => {
    folder.writeNotes(notes);
    writeFileSync(join(folder.path, 'upgrade.json.draft'), '{"run":');
    expect(folder.readNotes()).toEqual(notes);
    folder.writeNotes({ ...notes, to: '2.2.15' });
    expect(folder.readNotes()?.to).toBe('2.2.15');
    expect(folder.names()).toEqual(['upgrade.json']);
  });

  it('are kept apart for each project of a folder', () => {
    folder.writeNotes(notes);
    expect(new NotesFolder(directory, 'other').readNotes()).toBeNull();
  });

  it('are gone with everything beside them in the end', () => {
    folder.writeNotes(notes);
    folder.removeAll();
    expect(folder.names()).toEqual([]);
  });
});

describe('what else is written down', () => {
  it('is the journal of a migration, believed when it is whole', () => {
    expect(folder.readJournal()).toBeNull();
    folder.writeJournal(journal);
    expect(folder.readJournal()).toEqual(journal);
    folder.write('journal.json', JSON.stringify(journal).slice(0, 60));
    expect(folder.readJournal()).toBeNull();
  });

  it('is which collections were loaded, by ids that are longer than a number can be', () => {
    expect(folder.readLoaded()).toBeNull();
    folder.writeLoaded([447_903_208_812_384_837n, 1n]);
    expect(folder.readLoaded()).toEqual([447_903_208_812_384_837n, 1n]);
    folder.writeLoaded([]);
    expect(folder.readLoaded()).toEqual([]);
  });

  it('are not touched by a run that has lost the lock', () => {
    folder.writeJournal(journal);
    const before = readFileSync(join(folder.path, 'journal.json'), 'utf8');
    const lost = new NotesFolder(directory, 'milvus', () => {
      throw new Error('the lock is lost');
    });
    for (const write of [
      () => lost.writeNotes(notes),
      () => lost.writeJournal({ ...journal, closed: true }),
      () => lost.remove('journal.json'),
      () => lost.removeAll(),
    ])
      expect(write).toThrow('the lock is lost');
    expect(lost.readJournal()).toEqual(journal);
    expect(readFileSync(join(folder.path, 'journal.json'), 'utf8')).toBe(before);
  });
});
