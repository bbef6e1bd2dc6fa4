import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

const temp = mkdtempSync(join(tmpdir(), 'post-'));
afterAll(() => rmSync(temp, { recursive: true }));

/** Runs the post step as the runner does after main.ts saved this folder, and says whether it is still there. */
function survives(directory: string): boolean {
  mkdirSync(directory, { recursive: true });
  execFileSync(process.execPath, ['dist/post.js'], { env: { RUNNER_TEMP: temp, STATE_folder: directory } });
  return existsSync(directory);
}

describe('the post step', () => {
  it('removes the private folder that a killed run left', () => {
    expect(survives(join(temp, 'milvus-upgrade-Ab3xYz'))).toBe(false);
  });

  it.each([join(temp, 'something-else'), join(temp, 'deeper', 'milvus-upgrade-Ab3xYz'), join(temp, 'milvus-upgrade-Ab3xYz', '..', 'kept')])(
    'leaves %s alone, which is none of ours',
    (directory) => {
      expect(survives(directory)).toBe(true);
    },
  );

  it('has nothing to do after a run that opened no cluster', () => {
    expect(() => execFileSync(process.execPath, ['dist/post.js'], { env: { RUNNER_TEMP: temp } })).not.toThrow();
  });
});
