import { describe, expect, it } from '@jest/globals';
import { BackupReader, type BackupResult } from '../../../../src/core/migration/backup-file.js';
import { backupOf, framed } from '../../../support/backup.js';

const PAIRS = Object.fromEntries(
  Array.from({ length: 300 }, (_, at) => [`by-dev/meta/root-coord/collection/${at}`, 'x'.repeat(at * 7)]),
);

function read(bytes: Buffer, piece = bytes.length): BackupResult {
  const reader = new BackupReader('by-dev/meta');
  for (let at = 0; at < bytes.length; at += piece) reader.take(bytes.subarray(at, at + piece));
  return reader.end();
}

describe('a backup of the metadata', () => {
  it.each([1 << 20, 4096, 7, 1])('is read in chunks of %i bytes', (piece) => {
    expect(read(backupOf(PAIRS), piece)).toEqual({ ok: true, entries: 300 });
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 'it has no header'],
    ['a file without entries', backupOf({}), 'it contains no entries'],
    [
      'a file that is truncated inside an entry',
      backupOf(PAIRS).subarray(0, -3),
      'it is truncated after entry 299 of 300',
    ],
    [
      'a file that is truncated between entries',
      backupOf(PAIRS, { counted: 301 }),
      'its header reports 301 entries, but it contains 300',
    ],
    [
      'a backup of another root path',
      backupOf(PAIRS, { metaPath: 'other/meta' }),
      'its path is "other/meta", not "by-dev/meta"',
    ],
    [
      'an entry of another root path',
      backupOf({ 'other/meta/a': '' }),
      'entry 1 has the key "other/meta/a", which is not below "by-dev/meta"',
    ],
    [
      'a text file',
      Buffer.from('this is not a backup at all, it is a text'),
      'its header has a length of 2338328219631577204 bytes: the file is not a backup of the migration tool',
    ],
    ['an invalid header', framed(Buffer.from([0xff, 0xff])), 'its header cannot be read'],
    [
      'an invalid entry',
      Buffer.concat([backupOf({}, { counted: 1 }), framed(Buffer.from([10, 200, 1]))]),
      'entry 1 cannot be read',
    ],
  ])('fails verification for %s', (_, bytes, reason) => {
    expect(read(bytes)).toEqual({ ok: false, reason });
  });

  it('fails verification at every truncated length', () => {
    const whole = backupOf({ 'by-dev/meta/a': 'b', 'by-dev/meta/c': 'd' });
    for (let length = 0; length < whole.length; length += 1) expect(read(whole.subarray(0, length)).ok).toBe(false);
  });
});
