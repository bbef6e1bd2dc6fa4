import { describe, expect, it } from '@jest/globals';
import { BackupReader, type BackupResult } from '../../../src/core/migration/backup-file.js';
import { backupOf, framed } from '../../fakes/backup.js';

const PAIRS = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`by-dev/meta/root-coord/collection/${at}`, 'x'.repeat(at * 7)]));

function read(bytes: Buffer, piece = bytes.length): BackupResult {
  const reader = new BackupReader('by-dev/meta');
  for (let at = 0; at < bytes.length; at += piece) reader.take(bytes.subarray(at, at + piece));
  return reader.end();
}

describe('a backup of the metadata', () => {
  it.each([1 << 20, 4096, 7, 1])('is read through in pieces of %i bytes', (piece) => {
    expect(read(backupOf(PAIRS), piece)).toEqual({ ok: true, entries: 300 });
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 'it has no header'],
    ['no entry', backupOf({}), 'it holds no entry'],
    ['one that is cut off in an entry', backupOf(PAIRS).subarray(0, -3), 'it is cut off after entry 299 of 300'],
    ['one that is cut off between entries', backupOf(PAIRS, { counted: 301 }), 'its header counts 301 entries, and it holds 300'],
    ['one of another root path', backupOf(PAIRS, { metaPath: 'other/meta' }), 'it is of other/meta, not of by-dev/meta'],
    ['an entry of another root path', backupOf({ 'other/meta/a': '' }), 'entry 1 is other/meta/a, which is not below by-dev/meta'],
    [
      'a text',
      Buffer.from('this is not a backup at all, it is a text'),
      'its header says it is 2338328219631577204 bytes long: this is no backup of the migration tool',
    ],
    ['a header that is none', framed(Buffer.from([0xff, 0xff])), 'its header cannot be read'],
    ['an entry that is none', Buffer.concat([backupOf({}, { counted: 1 }), framed(Buffer.from([10, 200, 1]))]), 'entry 1 cannot be read'],
  ])('does not pass: %s', (_, bytes, reason) => {
    expect(read(bytes)).toEqual({ ok: false, reason });
  });

  it('passes in no case with one byte less', () => {
    const whole = backupOf({ 'by-dev/meta/a': 'b', 'by-dev/meta/c': 'd' });
    for (let length = 0; length < whole.length; length += 1) expect(read(whole.subarray(0, length)).ok).toBe(false);
  });
});
