// Runs one unit of tests in a Jest process and returns its figures.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { failuresOf } from './failures.mjs';

const JEST = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];

/**
 * Resolves with { passed, failed, failures, seconds, files, leftOut }; never rejects. `files` has the seconds of each
 * test file, `leftOut` the titles of cases that this tier omits. A unit that runs no test has failed.
 */
export async function runJest({ args, env = {} }) {
  const folder = mkdtempSync(join(tmpdir(), 'jest-'));
  const output = join(folder, 'result.json');
  const leftOut = join(folder, 'left-out.jsonl');
  const startedAt = Date.now();
  const child = spawn(process.execPath, [...JEST, '--json', `--outputFile=${output}`, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, LEFT_OUT_FILE: leftOut, ...env },
  });
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  const figures = {
    ...figuresOf(readJson(output), exitCode),
    leftOut: readLines(leftOut),
    seconds: (Date.now() - startedAt) / 1000,
  };
  rmSync(folder, { recursive: true, force: true });
  return figures;
}

function figuresOf(result, exitCode) {
  if (!result)
    return { passed: 0, failed: 1, failures: [`Jest ended with exit code ${exitCode} and no result`], files: [] };
  const failures = result.testResults.flatMap(failuresOf);
  const missing = result.numTotalTests === 0 ? ['no test was run'] : [];
  // A file that cannot be loaded has no failed test, but counts as a failure.
  const failed =
    Math.max(result.numFailedTests + result.numRuntimeErrorTestSuites, exitCode === 0 ? 0 : 1) + missing.length;
  const files = result.testResults.map(({ name, startTime, endTime }) => ({
    name: relative('.', name),
    seconds: (endTime - startTime) / 1000,
  }));
  return { passed: result.numPassedTests, failed, failures: [...failures, ...missing], files };
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function readLines(path) {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}
