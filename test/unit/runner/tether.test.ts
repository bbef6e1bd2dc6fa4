import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runLong, type Command } from '../../../src/runner/process.js';
import { feedOf, tethered, type Remaining } from '../../../src/runner/tether.js';

let directory: string;
let script: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tether-'));
  script = join(directory, 'helm.sh');
  // Runs until SIGTERM and then records it, as Helm does.
  writeFileSync(
    script,
    `trap 'echo ended >"${directory}/ended"; exit 9' TERM\necho "$@" >"${directory}/begun"\nwhile :; do sleep 0.05; done`,
  );
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const env = { PATH: process.env.PATH ?? '' };
const run = (command: Command, remaining: Remaining): ReturnType<typeof runLong> =>
  runLong(tethered(command), { env, feed: feedOf(remaining) });
const once =
  (milliseconds: number): Remaining =>
  (listener) => {
    listener(milliseconds);
    return () => undefined;
  };
const isThere = (name: string): boolean => existsSync(join(directory, name));
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a tethered program', () => {
  it('passes on its arguments, output and exit code unchanged', async () => {
    const finished = await run(
      ['sh', '-c', 'echo "$1"; echo "$2" >&2; exit 3', 'sh', '--timeout', 'a b'],
      once(60_000),
    );
    expect(finished).toMatchObject({ exitCode: 3, stdout: '--timeout\n', stderr: 'a b\n' });
  });

  it('is terminated when its time limit is not extended in time', async () => {
    const finished = await run(['sh', script], once(300));
    expect(finished.exitCode).toBe(9);
    expect(isThere('ended')).toBe(true);
  });

  it('keeps running as long as its time limit is extended', async () => {
    let renewals = 0;
    const remaining: Remaining = (listener) => {
      listener(600);
      const timer = setInterval(() => ((renewals += 1) <= 5 ? listener(600) : undefined), 200);
      return () => clearInterval(timer);
    };
    const finished = await run(['sh', script], remaining);
    expect(finished.seconds).toBeGreaterThan(1.2);
    expect(finished.exitCode).toBe(9);
  });

  it('is terminated by a cancel like any other program', async () => {
    const cancel = new AbortController();
    const running = runLong(tethered(['sh', script]), { env, feed: feedOf(once(60_000)), signal: cancel.signal });
    await until(() => isThere('begun'));
    cancel.abort();
    expect(await running).toMatchObject({ exitCode: 9, ending: 'cancelled' });
  });

  it.each([
    ['is suspended for longer than the lock is valid', 'SIGSTOP' as const, 1_000],
    ['is killed', 'SIGKILL' as const, 60_000],
  ])('is terminated when the run that started it %s', async (_, signal, milliseconds) => {
    const [program, ...words] = tethered(['sh', script]);
    // Imitates the run: it holds the input of the tether.
    const parent = spawn(process.execPath, [
      '-e',
      `const c = require('node:child_process').spawn(process.argv[1], process.argv.slice(2), { stdio: ['pipe', 'ignore', 'ignore'] }); c.stdin.write('${milliseconds}\\n'); setInterval(() => undefined, 1000);`,
      '--',
      program,
      ...words,
    ]);
    await until(() => isThere('begun'));
    parent.kill(signal);
    await until(() => isThere('ended'));
    expect(readFileSync(join(directory, 'ended'), 'utf8')).toBe('ended\n');
    parent.kill('SIGKILL');
  });
});
