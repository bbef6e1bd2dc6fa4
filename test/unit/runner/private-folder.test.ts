import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseInputs } from '../../../src/core/config/inputs.js';
import { EvidenceDirectory } from '../../../src/runner/evidence-folder.js';
import {
  isRunDirectory,
  makeRunDirectory,
  ownDirectory,
  removeLeftovers,
  temporaryDirectory,
  writePrivateFile,
} from '../../../src/runner/private-folder.js';
import { writeProblem } from '../../../src/runner/writable.js';
import { writeReport } from '../../../src/runner/workflow.js';
import { inputs } from '../../support/inputs.js';

const environment = { ...process.env };
let temp = '';

beforeEach(() => {
  temp = mkdtempSync(join(tmpdir(), 'private-'));
  process.env.RUNNER_TEMP = temp;
});

afterEach(() => {
  process.env = { ...environment };
  rmSync(temp, { recursive: true });
});

/** The private directory of a run on this machine with another PID. */
function directoryOf(pid: number): string {
  const path = join(temp, basename(makeRunDirectory()).replace(`-${process.pid}-`, `-${pid}-`));
  mkdirSync(path, { recursive: true, mode: 0o700 });
  writeFileSync(join(path, 'kubeconfig'), 'token: x');
  return path;
}

describe('the private directory of a run', () => {
  it('is removed by the next run when its process has ended', () => {
    const dead = directoryOf(spawnSync(process.execPath, ['--version']).pid);
    removeLeftovers();
    expect(existsSync(dead)).toBe(false);
  });

  it('is kept while its process runs', () => {
    const own = makeRunDirectory();
    removeLeftovers();
    expect(isRunDirectory(basename(own))).toBe(true);
    expect(statSync(own).mode & 0o777).toBe(0o700);
  });

  it('is removed when another process has reused its PID', () => {
    const own = basename(makeRunDirectory()).split('-');
    const path = join(temp, [...own.slice(0, 5), '1', own[6]].join('-'));
    mkdirSync(path);
    removeLeftovers();
    expect(existsSync(path)).toBe(process.platform !== 'linux');
  });

  it('is not removed through a link, and directories with other names are kept', () => {
    const kept = join(temp, 'kept');
    mkdirSync(kept);
    const link = directoryOf(spawnSync(process.execPath, ['--version']).pid);
    rmSync(link, { recursive: true });
    symlinkSync(kept, link);
    const foreign = join(temp, 'milvus-upgrade-run-of-somebody');
    mkdirSync(foreign);
    removeLeftovers();
    expect([kept, foreign].map(existsSync)).toEqual([true, true]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  it('is below the temporary directory of the system if RUNNER_TEMP is empty or does not exist', () => {
    for (const value of [join(temp, 'missing'), '']) {
      process.env.RUNNER_TEMP = value;
      expect(temporaryDirectory()).toBe(tmpdir());
    }
  });
});

describe('a file in a shared directory', () => {
  it('replaces a link of its name and does not change the target of the link', () => {
    const victim = join(temp, 'victim');
    writeFileSync(victim, 'kept');
    const path = join(temp, 'milvus-upgrade-report.json');
    symlinkSync(victim, path);
    expect(writeReport({ outcome: 'succeeded' }, '').path).toBe(path);
    expect(readFileSync(victim, 'utf8')).toBe('kept');
    expect([lstatSync(path).isSymbolicLink(), statSync(path).mode & 0o777]).toEqual([false, 0o600]);
  });

  it('leaves no temporary file behind when it cannot be written', () => {
    mkdirSync(join(temp, 'x'));
    expect(() => writePrivateFile(join(temp, 'missing', 'y'), '1')).toThrow();
    expect(() => writePrivateFile(join(temp, 'x'), '1')).toThrow();
  });

  it('is written to another directory if a link has the name of the directory', () => {
    const elsewhere = join(temp, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(temp, 'milvus-upgrade-evidence'));
    expect(ownDirectory('milvus-upgrade-evidence')).not.toBe(join(temp, 'milvus-upgrade-evidence'));
  });
});

describe('a path that cannot be written at the end of a run', () => {
  it('is reported with the other invalid inputs, before anything else', () => {
    writeFileSync(join(temp, 'file'), '');
    const raw = inputs({
      'report-path': join(temp, 'missing', 'report.json'),
      'evidence-path': join(temp, 'file', 'below'),
      'target-version': 'latest',
    });
    const parsed = parseInputs(raw, () => null, writeProblem);
    expect(parsed).toMatchObject({
      ok: false,
      problems: [
        expect.stringContaining('report-path'),
        expect.stringContaining('evidence-path'),
        expect.stringContaining('target-version'),
      ],
    });
  });

  it('is not reported for a diagnostics directory that does not exist yet', () => {
    expect([writeProblem(join(temp, 'a', 'b'), 'directory'), writeProblem(join(temp, 'report.json'), 'file')]).toEqual([
      '',
      '',
    ]);
  });

  it('is replaced by the temporary directory for the report, and the problem names the new path', () => {
    const { path, problem } = writeReport({ outcome: 'failed' }, join(temp, 'missing', 'report.json'));
    expect(readFileSync(path, 'utf8')).toContain('failed');
    expect(problem).toContain(path);
  });

  it('is replaced by the temporary directory for the diagnostics, with a note', () => {
    writeFileSync(join(temp, 'file'), '');
    const directory = EvidenceDirectory.make(join(temp, 'file'), 'run');
    directory.write(['a.log'], 'a log', 'text');
    expect(readFileSync(join(directory.path, 'a.log'), 'utf8')).toBe('text');
    expect(directory.notes.join()).toContain(directory.path);
  });

  it('is replaced for the rest of the diagnostics if their directory is removed during the run', () => {
    const directory = EvidenceDirectory.make(join(temp, 'mine'), 'run');
    directory.write(['a.log'], 'a log', 'text');
    rmSync(directory.path, { recursive: true });
    writeFileSync(directory.path, 'not a directory');
    directory.write(['b.log'], 'a log', 'more');
    expect(readFileSync(join(directory.path, 'b.log'), 'utf8')).toBe('more');
    expect(directory.notes).toHaveLength(1);
  });
});
