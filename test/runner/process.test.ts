import { describe, expect, it } from '@jest/globals';
import { UpgradeError } from '../../src/core/errors.js';
import { outputOf, runLong, runShort, type Command } from '../../src/runner/process.js';

const env = { PATH: process.env.PATH ?? '' };
const node = (script: string, ...words: string[]): Command => [process.execPath, '-e', script, ...words];

describe.each([
  ['a short program', runShort],
  ['a long program', runLong],
])('%s', (_, run) => {
  it('gets its words as they are, through no shell', async () => {
    const finished = await run(node('process.stdout.write(process.argv[1])', '$(id); a b*'), { env });
    expect(finished).toMatchObject({ exitCode: 0, stdout: '$(id); a b*' });
  });

  it('is judged by its exit code, not by what it says on stderr', async () => {
    const warned = node('console.error("warning")');
    expect(outputOf(warned, await run(warned, { env }))).toBe('');
    const failed = node('console.error("no such chart"); process.exit(3)');
    const finished = await run(failed, { env });
    expect(() => outputOf(failed, finished)).toThrow(/exited with 3.*no such chart/);
  });

  it('has the environment that it is given and nothing else', async () => {
    const finished = await run(node('process.stdout.write(String(process.env.SECRET_OF_OURS))'), { env });
    expect(finished.stdout).toBe('undefined');
  });
});

describe('a long program', () => {
  const obedient = node('process.on("SIGTERM", () => { console.log("cleaned up"); process.exit(7); }); setInterval(() => {}, 1000); console.log("started")');

  it('is asked to end when the run is cancelled, and its end is awaited', async () => {
    const cancel = new AbortController();
    const running = runLong(obedient, { env, signal: cancel.signal });
    setTimeout(() => cancel.abort(), 300);
    expect(await running).toMatchObject({ exitCode: 7, stdout: 'started\ncleaned up\n' });
  });

  it('is asked to end when its time is up', async () => {
    expect(await runLong(obedient, { env, timeoutSeconds: 0.3 })).toMatchObject({ exitCode: 7 });
  });

  it('that does not exist is an error', async () => {
    await expect(runLong(['/no/such/program'], { env })).rejects.toThrow('ENOENT');
  });

  it('that fails is an UpgradeError of code command-failed', () => {
    expect(() => outputOf(['helm', 'upgrade'], { exitCode: 1, stdout: '', stderr: '', seconds: 0, ending: 'by-itself' })).toThrow(UpgradeError);
  });
});
