import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BackupCopy } from '../../../src/runner/backup-copy.js';

let directory: string;
const { RUNNER_TEMP } = process.env;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'copy-'));
  process.env.RUNNER_TEMP = directory;
});
afterEach(() => {
  if (RUNNER_TEMP === undefined) delete process.env.RUNNER_TEMP;
  else process.env.RUNNER_TEMP = RUNNER_TEMP;
  rmSync(directory, { recursive: true });
});

describe('the copy of a backup', () => {
  it('can be read by this user only', () => {
    const copy = new BackupCopy('my.bak');
    copy.take(Buffer.from('a'));
    copy.take(Buffer.from('b'));
    const path = copy.end() ?? '';
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777, copy.failure()]).toEqual(['ab', 0o600, '']);
  });

  it('does not fail the run if it cannot be created', () => {
    writeFileSync(join(directory, 'milvus-upgrade-backup'), 'not a directory');
    const copy = new BackupCopy('my.bak');
    expect(() => copy.take(Buffer.from('a'))).not.toThrow();
    expect(copy.end()).toBeNull();
    expect(copy.failure()).toMatch(/EEXIST|ENOTDIR/);
  });

  it('does not fail the run if it cannot be written', () => {
    const copy = new BackupCopy('my.bak');
    expect(() => copy.take('not bytes' as unknown as Uint8Array)).not.toThrow();
    expect(() => copy.take({ length: 1 } as unknown as Uint8Array)).not.toThrow();
    expect(copy.end()).toBeNull();
    expect(copy.failure()).not.toBe('');
  });
});
