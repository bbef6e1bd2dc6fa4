// Writing a file of the project: atomically, and never over changes of another process or user.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeProjectFile } from '../../../../src/compose/project/write-file.js';
import { SecretString } from '../../../../src/core/redaction/secret-string.js';

let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'write-file-'));
  path = join(directory, 'docker-compose.yml');
  writeFileSync(path, 'old');
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (to = path, before = 'old', after = 'new'): void =>
  writeProjectFile({ path: to, before: new SecretString(before), after: new SecretString(after) });
const read = (): string => readFileSync(path, 'utf8');

describe('a file of the project', () => {
  it('gets its new text, and no draft is left', () => {
    write();
    expect(read()).toBe('new');
    expect(readdirSync(directory)).toEqual(['docker-compose.yml']);
  });

  it.each([0o600, 0o640, 0o755])('keeps its mode (%i)', (mode) => {
    chmodSync(path, mode);
    write();
    expect(statSync(path).mode & 0o7777).toBe(mode);
  });

  it('keeps its owner', () => {
    const { uid, gid } = statSync(path);
    write();
    expect(statSync(path)).toMatchObject({ uid, gid });
  });

  it('stays a symbolic link, and the target of the link is changed', () => {
    mkdirSync(join(directory, 'links'));
    const link = join(directory, 'links', 'docker-compose.yml');
    symlinkSync('../docker-compose.yml', link);
    write(link);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(read()).toBe('new');
    expect(readdirSync(join(directory, 'links'))).toEqual(['docker-compose.yml']);
  });

  it('is not written if it already has its new text', () => {
    writeFileSync(path, 'new');
    const { ino } = statSync(path);
    write();
    expect(statSync(path).ino).toBe(ino);
  });

  it('is not overwritten if another process has changed it', () => {
    writeFileSync(path, 'mine');
    expect(() => write()).toThrow(
      expect.objectContaining({
        code: 'command-failed',
        why: 'another process or user has changed it since this run read it',
      }),
    );
    expect(read()).toBe('mine');
  });

  it('is reported if it no longer exists', () => {
    rmSync(path);
    expect(() => write()).toThrow(
      expect.objectContaining({ code: 'command-failed', what: `${path} could not be written` }),
    );
  });

  it('is not changed if it is not encoded in UTF-8', () => {
    const bytes = Buffer.from('# caf\u00e9\nold', 'latin1');
    writeFileSync(path, bytes);
    expect(() => write(path, bytes.toString('utf8'))).toThrow(
      expect.objectContaining({ why: 'it is not encoded in UTF-8' }),
    );
    expect(readFileSync(path)).toEqual(bytes);
  });

  it('gets its new text if a killed run has left an incomplete draft', () => {
    writeFileSync(join(directory, '.docker-compose.yml.milvus-upgrade'), 'ne');
    write();
    expect(read()).toBe('new');
    expect(readdirSync(directory)).toEqual(['docker-compose.yml']);
  });

  it('is not changed if the draft cannot be written, and no draft is left', () => {
    mkdirSync(join(directory, '.docker-compose.yml.milvus-upgrade'));
    expect(() => write()).toThrow(expect.objectContaining({ code: 'command-failed' }));
    expect(read()).toBe('old');
    expect(readdirSync(directory)).toEqual(['docker-compose.yml']);
  });

  // A directory in which not even root can create a file.
  it('is reported with the reason if its directory cannot be written', () => {
    const before = readFileSync('/proc/version', 'utf8');
    expect(() => write('/proc/version', before)).toThrow(
      expect.objectContaining({ code: 'command-failed', what: '/proc/version could not be written' }),
    );
    expect(readFileSync('/proc/version', 'utf8')).toBe(before);
  });
});
