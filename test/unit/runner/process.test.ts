import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { UpgradeError } from '../../../src/core/model/error.js';
import { outputOf, runLong, runShort, startProgram, type Command } from '../../../src/runner/process.js';

const env = { PATH: process.env.PATH ?? '' };
const node = (script: string, ...words: string[]): Command => [process.execPath, '-e', script, ...words];

describe.each([
  ['a short program', runShort],
  ['a long program', runLong],
])('%s', (_, run) => {
  it('receives its arguments unchanged, without a shell', async () => {
    const finished = await run(node('process.stdout.write(process.argv[1])', '$(id); a b*'), { env });
    expect(finished).toMatchObject({ exitCode: 0, stdout: '$(id); a b*' });
  });

  it('is evaluated by its exit code, not by its output on stderr', async () => {
    const warned = node('console.error("warning")');
    expect(outputOf(warned, await run(warned, { env }))).toBe('');
    const failed = node('console.error("no such chart"); process.exit(3)');
    const finished = await run(failed, { env });
    expect(() => outputOf(failed, finished)).toThrow(/exited with 3.*no such chart/);
  });

  it('reads the given standard input, which is empty by default', async () => {
    const cat: Command = ['/bin/cat'];
    expect(await run(cat, { env, input: 'two\nlines' })).toMatchObject({ exitCode: 0, stdout: 'two\nlines' });
    expect(await run(cat, { env })).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('may leave its standard input unread', async () => {
    expect(await run(['/bin/sh', '-c', 'exit 3'], { env, input: 'x'.repeat(1 << 20) })).toMatchObject({ exitCode: 3 });
  });

  it('inherits only the given environment', async () => {
    const finished = await run(node('process.stdout.write(String(process.env.SECRET_OF_THIS_PROCESS))'), { env });
    expect(finished.stdout).toBe('undefined');
  });
});

describe.each([
  ['a short program', runShort],
  ['a long program', runLong],
])('%s that keeps running', (_, run) => {
  // Shells, because Node.js takes longer to start than these tests wait.
  const shell = (script: string): Command => ['/bin/sh', '-c', script];
  const goOn = 'echo started; while :; do sleep 0.05; done';
  const obedient = shell(`trap 'echo cleaned up; exit 7' TERM; ${goOn}`);
  const deaf = shell(`trap '' TERM; ${goOn}`);

  it('receives SIGTERM when the run is cancelled, and its end is awaited', async () => {
    const cancel = new AbortController();
    const running = run(obedient, { env, signal: cancel.signal });
    setTimeout(() => cancel.abort(), 300);
    expect(await running).toMatchObject({ exitCode: 7, stdout: 'started\ncleaned up\n', ending: 'cancelled' });
  });

  it('does not keep running when the run was cancelled before it started', async () => {
    const finished = await run(deaf, { env, signal: AbortSignal.abort(), graceSeconds: 0.3 });
    expect(finished).toMatchObject({ ending: 'cancelled' });
    expect(finished.exitCode).toBeGreaterThan(0);
  });

  it('receives SIGTERM at its time limit, and the error reports the timeout', async () => {
    const finished = await run(obedient, { env, timeoutSeconds: 0.3 });
    expect(finished).toMatchObject({ exitCode: 7, ending: 'timed-out' });
    expect(() => outputOf(obedient, finished)).toThrow(/timed out after 0 s and was terminated.*cleaned up/);
  });

  it('is killed if it ignores SIGTERM', async () => {
    expect(await run(deaf, { env, timeoutSeconds: 0.3, graceSeconds: 0.3 })).toMatchObject({
      exitCode: 137,
      stdout: 'started\n',
      ending: 'timed-out',
    });
  });

  it('does not get a longer grace period from a cancel after its timeout', async () => {
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 500);
    const finished = await run(deaf, { env, signal: cancel.signal, timeoutSeconds: 0.3, graceSeconds: 0.5 });
    expect(finished).toMatchObject({ ending: 'timed-out' });
    expect(finished.seconds).toBeLessThan(1.3);
  });

  it('does not block the run if a child process keeps its pipes open', async () => {
    const parent = shell(`trap '' TERM; sleep 8 & ${goOn}`);
    const finished = await run(parent, { env, timeoutSeconds: 0.5, graceSeconds: 0.3 });
    expect(finished.seconds).toBeLessThan(5);
  });

  it('fails with the code cancelled after a cancel, so that nothing is rolled back', async () => {
    const finished = await run(obedient, { env, signal: AbortSignal.timeout(300) });
    expect(() => outputOf(obedient, finished)).toThrow(expect.objectContaining({ code: 'cancelled' }));
  });

  it('returns its output if it exits with 0 after SIGTERM', async () => {
    const tidy = shell(`trap 'echo whole; exit 0' TERM; while :; do sleep 0.05; done`);
    expect(outputOf(tidy, await run(tidy, { env, signal: AbortSignal.timeout(300) }))).toBe('whole\n');
  });
});

describe('a program', () => {
  it.each([
    ['that does not exist', '/no/such/program', 'ENOENT'],
    ['that is not executable', './package.json', 'EACCES'],
  ])('%s is reported with its name', async (_, program, why) => {
    await expect(runLong([program], { env })).rejects.toThrow(why);
    await expect(runShort([program], { env })).rejects.toMatchObject({
      code: 'tool-missing',
      what: `${program} could not be started`,
    });
  });

  it('that fails throws an UpgradeError with the code command-failed', () => {
    const finished = { exitCode: 1, stdout: '', stderr: '', seconds: 0, ending: 'by-itself' } as const;
    expect(() => outputOf(['helm', 'upgrade'], finished)).toThrow(UpgradeError);
    expect(() => outputOf(['helm', 'upgrade'], finished)).toThrow(expect.objectContaining({ code: 'command-failed' }));
  });

  it('that was killed by another process has the exit code that a shell reports', async () => {
    expect(await runLong(node('process.kill(process.pid, "SIGKILL")'), { env })).toMatchObject({
      exitCode: 137,
      ending: 'by-itself',
    });
  });

  it('has its last lines quoted in one line, so that none of them begins a line of the log', async () => {
    const sly = node('console.error("first\\n::add-mask::a\\r::set-output name=x::y"); process.exit(1)');
    const finished = await runShort(sly, { env });
    expect(() => outputOf(sly, finished)).toThrow('first / ::add-mask::a / ::set-output name=x::y');
  });
});

describe('a program that runs in parallel', () => {
  it('communicates over its pipes and exits when its input ends', async () => {
    const child = startProgram(['/bin/sh', '-c', 'echo ready; cat; exit 5'], { env });
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    expect(first.toString()).toBe('ready\n');
    child.stdin.end('bye');
    const [answer] = (await once(child.stdout, 'data')) as [Buffer];
    expect(answer.toString()).toBe('bye');
    expect(await once(child, 'close')).toEqual([5, null]);
  });

  it('that does not exist ends without an uncaught error', async () => {
    const child = startProgram(['/no/such/program'], { env });
    child.stdin.write('hello');
    child.stdout.resume();
    child.stderr.resume();
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).not.toBe(0);
  });
});
