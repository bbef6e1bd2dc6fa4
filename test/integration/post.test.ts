import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

const temp = mkdtempSync(join(tmpdir(), 'post-'));
afterAll(() => rmSync(temp, { recursive: true }));

/**
 * Runs the post step as the runner does after main.ts saved this directory; returns whether the directory still exists.
 */
function survives(directory: string): boolean {
  mkdirSync(directory, { recursive: true });
  execFileSync(process.execPath, ['dist/post.js'], { env: { RUNNER_TEMP: temp, STATE_folder: directory } });
  return existsSync(directory);
}

describe('the post step', () => {
  it('removes the private directory that a killed run has left', () => {
    expect(survives(join(temp, 'milvus-upgrade-Ab3xYz'))).toBe(false);
  });

  it.each([
    join(temp, 'something-else'),
    join(temp, 'deeper', 'milvus-upgrade-Ab3xYz'),
    join(temp, 'milvus-upgrade-Ab3xYz', '..', 'kept'),
  ])('does not remove %s, which is not a directory of this action', (directory) => {
    expect(survives(directory)).toBe(true);
  });

  it('does nothing after a run that did not connect to a cluster', () => {
    expect(() => execFileSync(process.execPath, ['dist/post.js'], { env: { RUNNER_TEMP: temp } })).not.toThrow();
  });
});
