import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { makePrivateDirectory, nameRun, printLine, writeReport } from '../../../src/runner/workflow.js';

let printed = '';
const environment = { ...process.env };
let temp = '';

beforeEach(() => {
  printed = '';
  temp = mkdtempSync(join(tmpdir(), 'workflow-'));
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...environment };
  rmSync(temp, { recursive: true });
});

describe('the log on GitHub', () => {
  beforeEach(() => {
    process.env.GITHUB_ACTIONS = 'true';
  });

  it('escapes workflow commands in a text from the cluster', () => {
    printLine({ kind: 'text', text: '::set-output name=x::y\n::error::no\r##[command]x' });
    expect(printed.split('\n').filter((line) => /^\s*::|##\[/.test(line))).toEqual([]);
  });

  it('escapes the text of an annotation', () => {
    printLine({ kind: 'error', text: 'first\n::error::second', title: 'a,b:c' });
    expect(printed.trim().split('\n')).toHaveLength(1);
    expect(printed).toMatch(/^::error title=a%2Cb%3Ac::first%0A/);
  });
});

describe('the log outside of GitHub', () => {
  it('is plain text with timestamps', () => {
    delete process.env.GITHUB_ACTIONS;
    printLine({ kind: 'error', text: 'the proxy is missing' });
    expect(printed).toMatch(/^\d\d:\d\d:\d\d ERROR: the proxy is missing\n$/);
  });
});

describe('a file or directory that remains on the runner', () => {
  it('is readable by this user only', () => {
    process.env.RUNNER_TEMP = temp;
    delete process.env.GITHUB_STATE;
    expect(statSync(makePrivateDirectory()).mode & 0o777).toBe(0o700);
    const { path } = writeReport({ outcome: 'succeeded' }, '');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ outcome: 'succeeded' });
  });
});

describe('the name of a run', () => {
  it.each([
    [
      { GITHUB_REPOSITORY: 'acme/vectors', GITHUB_RUN_ID: '42', GITHUB_RUN_ATTEMPT: '2' },
      /^acme\.vectors\.42\.2\.[0-9a-f]{8}$/,
    ],
    [{ GITHUB_REPOSITORY: `acme/${'x'.repeat(90)}`, GITHUB_RUN_ID: '42' }, /x\.42\.1\.[0-9a-f]{8}$/],
  ])('identifies the workflow run and is a valid label value: %j', (env, expected) => {
    Object.assign(process.env, env);
    expect(nameRun()).toMatch(expected);
    expect(nameRun()).toMatch(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61})[A-Za-z0-9]$/);
  });
});

describe('dist/index.js with invalid inputs', () => {
  it('reports every problem, sets its outputs, and exits with code 1', () => {
    const env = {
      PATH: process.env.PATH ?? '',
      RUNNER_TEMP: temp,
      GITHUB_OUTPUT: '',
      INPUT_RELEASE: 'My',
      'INPUT_TARGET-VERSION': 'latest',
    };
    let text = '';
    try {
      execFileSync(process.execPath, ['dist/index.js'], { env, encoding: 'utf8' });
    } catch (error) {
      text = (error as { stdout: string }).stdout;
      expect((error as { status: number }).status).toBe(1);
    }
    expect(text).toMatch(/release is "My".*target-version is "latest"/);
  });
});
