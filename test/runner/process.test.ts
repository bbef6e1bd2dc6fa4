import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { UpgradeError } from '../../src/core/errors.js';
import { outputOf, runLong, runShort, startProgram, type Command } from '../../src/runner/process.js';

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

  it('reads what it is given, and nothing where it is given nothing', async () => {
    const cat: Command = ['/bin/cat'];
    expect(await run(cat, { env, input: 'two\nlines' })).toMatchObject({ exitCode: 0, stdout: 'two\nlines' });
    expect(await run(cat, { env })).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('may leave unread what it is given', async () => {
    expect(await run(['/bin/sh', '-c', 'exit 3'], { env, input: 'x'.repeat(1 << 20) })).toMatchObject({ exitCode: 3 });
  });

  it('has the environment that it is given and nothing else', async () => {
    const finished = await run(node('process.stdout.write(String(process.env.SECRET_OF_OURS))'), { env });
    expect(finished.stdout).toBe('undefined');
  });
});

describe.each([
  ['a short program', runShort],
  ['a long program', runLong],
])('%s that goes on', (_, run) => {
  // Shells, since Node takes longer to start than these tests wait.
  const shell = (script: string): Command => ['/bin/sh', '-c', script];
  const goOn = 'echo started; while :; do sleep 0.05; done';
  const obedient = shell(`trap 'echo cleaned up; exit 7' TERM; ${goOn}`);
  const deaf = shell(`trap '' TERM; ${goOn}`);

  it('is asked to end when the run is cancelled, and its end is awaited', async () => {
    const cancel = new AbortController();
    const running = run(obedient, { env, signal: cancel.signal });
    setTimeout(() => cancel.abort(), 300);
    expect(await running).toMatchObject({ exitCode: 7, stdout: 'started\ncleaned up\n', ending: 'cancelled' });
  });

  it('is not left running when the run was cancelled before it began', async () => {
    const finished = await run(deaf, { env, signal: AbortSignal.abort(), graceSeconds: 0.3 });
    expect(finished).toMatchObject({ ending: 'cancelled' });
    expect(finished.exitCode).toBeGreaterThan(0);
  });

  it('is asked to end when its time is up, and the error says so', async () => {
    const finished = await run(obedient, { env, timeoutSeconds: 0.3 });
    expect(finished).toMatchObject({ exitCode: 7, ending: 'timed-out' });
    expect(() => outputOf(obedient, finished)).toThrow(/was ended after 0 s, which is too long.*cleaned up/);
  });

  it('is killed when it does not listen', async () => {
    expect(await run(deaf, { env, timeoutSeconds: 0.3, graceSeconds: 0.3 })).toMatchObject({ exitCode: 137, stdout: 'started\n', ending: 'timed-out' });
  });

  it('is given no more time by a cancel that follows its time-out', async () => {
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 500);
    const finished = await run(deaf, { env, signal: cancel.signal, timeoutSeconds: 0.3, graceSeconds: 0.5 });
    expect(finished).toMatchObject({ ending: 'timed-out' });
    expect(finished.seconds).toBeLessThan(1.3);
  });

  it('is not waited for by the pipes that a child of its own holds open', async () => {
    const parent = shell(`trap '' TERM; sleep 8 & ${goOn}`);
    const finished = await run(parent, { env, timeoutSeconds: 0.5, graceSeconds: 0.3 });
    expect(finished.seconds).toBeLessThan(5);
  });

  it('that was cancelled fails as cancelled, so that nothing is rolled back for it', async () => {
    const finished = await run(obedient, { env, signal: AbortSignal.timeout(300) });
    expect(() => outputOf(obedient, finished)).toThrow(expect.objectContaining({ code: 'cancelled' }));
  });

  it('that ended well although it was asked to end has its output taken', async () => {
    const tidy = shell(`trap 'echo whole; exit 0' TERM; while :; do sleep 0.05; done`);
    expect(outputOf(tidy, await run(tidy, { env, signal: AbortSignal.timeout(300) }))).toBe('whole\n');
  });
});

describe('a program', () => {
  it.each([
    ['that is not there', '/no/such/program', 'ENOENT'],
    ['that may not be run', './package.json', 'EACCES'],
  ])('%s is told with its name', async (_, program, why) => {
    await expect(runLong([program], { env })).rejects.toThrow(why);
    await expect(runShort([program], { env })).rejects.toMatchObject({ code: 'tool-missing', what: `${program} could not be started` });
  });

  it('that fails is an UpgradeError of code command-failed', () => {
    const finished = { exitCode: 1, stdout: '', stderr: '', seconds: 0, ending: 'by-itself' } as const;
    expect(() => outputOf(['helm', 'upgrade'], finished)).toThrow(UpgradeError);
    expect(() => outputOf(['helm', 'upgrade'], finished)).toThrow(expect.objectContaining({ code: 'command-failed' }));
  });

  it('that was killed by someone else says so by its exit code, as a shell would', async () => {
    expect(await runLong(node('process.kill(process.pid, "SIGKILL")'), { env })).toMatchObject({ exitCode: 137, ending: 'by-itself' });
  });

  it('has its last lines quoted in one, so that none of them begins a line of the log', async () => {
    const sly = node('console.error("first\\n::add-mask::a\\r::set-output name=x::y"); process.exit(1)');
    const finished = await runShort(sly, { env });
    expect(() => outputOf(sly, finished)).toThrow('first / ::add-mask::a / ::set-output name=x::y');
  });
});

describe('a program beside us', () => {
  it('speaks over its pipes and goes when its input ends', async () => {
    const child = startProgram(['/bin/sh', '-c', 'echo ready; cat; exit 5'], { env });
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    expect(first.toString()).toBe('ready\n');
    child.stdin.end('bye');
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('bye');
    expect(await once(child, 'close')).toEqual([5, null]);
  });

  it('that is not there ends, and takes nobody with it', async () => {
    const child = startProgram(['/no/such/program'], { env });
    child.stdin.write('hello');
    child.stdout.resume();
    child.stderr.resume();
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).not.toBe(0);
  });
});
