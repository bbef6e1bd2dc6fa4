// Real programs and real processes.
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { outputOf, type Command } from '../../../src/runner/process.js';
import { runProbe } from '../../../src/runner/probe.js';

let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'probe-')), 'with a space');
  mkdirSync(directory);
});
afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }));

const signal = new AbortController().signal;
const options = (written: object = {}) => ({ env: { PATH: directory }, signal, timeoutSeconds: 10, ...written });

function program(text: string): Command {
  writeFileSync(join(directory, 'helm'), `#!/bin/sh\n${text}\n`);
  chmodSync(join(directory, 'helm'), 0o755);
  return ['helm', 'version', '--template', '{{.Version}} "$(id)"'];
}

/** In a process of its own, which an unhandled rejection ends. */
function outputOfScript(text: string): string {
  const [source, script] = [join(directory, 'script.ts'), join(directory, 'script.mjs')];
  const from = (file: string): string => JSON.stringify(resolve('src/runner', file));
  writeFileSync(
    source,
    `import { runProbe } from ${from('probe.ts')};
     import { endOnCrash } from ${from('guards.ts')};
     const helm = ${JSON.stringify(join(directory, 'helm'))};
     const options = { env: {}, signal: new AbortController().signal, timeoutSeconds: 5 };
     ${text}`,
  );
  // For packages in CommonJS.
  const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  const flags = [
    `--banner:js=${banner}`,
    '--bundle',
    '--platform=node',
    '--format=esm',
    '--log-level=error',
    `--outfile=${script}`,
  ];
  execFileSync('node_modules/.bin/esbuild', [source, ...flags]);
  return execFileSync(process.execPath, [script], { encoding: 'utf8', timeout: 15_000 });
}

describe('a probe', () => {
  it('returns the output and the exit code of the program, and prints nothing', async () => {
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      const finished = await runProbe(program('echo v3.21.4; echo careful >&2; exit 3'), options());
      expect(finished).toMatchObject({ exitCode: 3, stdout: 'v3.21.4\n', stderr: 'careful\n', ending: 'by-itself' });
      // An abandoned download of another test in this process may print.
      expect(write.mock.calls.join()).not.toMatch(/v3\.21\.4|careful|\[command\]/);
    } finally {
      write.mockRestore();
    }
  });

  it('passes its arguments unchanged, without a shell', async () => {
    expect((await runProbe(program('for word in "$@"; do echo "<$word>"; done'), options())).stdout).toBe(
      '<version>\n<--template>\n<{{.Version}} "$(id)">\n',
    );
  });

  it('finds the program on the PATH of the given environment, and passes only that environment', async () => {
    process.env.PROBE_SECRET = 'hunter2';
    try {
      expect((await runProbe(program('echo "<$PROBE_SECRET>"'), options())).stdout).toBe('<>\n');
    } finally {
      delete process.env.PROBE_SECRET;
    }
  });

  it('accepts the path of a program', async () => {
    program('echo here');
    expect((await runProbe([join(directory, 'helm')], options({ env: {} }))).stdout).toBe('here\n');
  });

  it('keeps only the beginning of a long output', async () => {
    expect(
      (
        await runProbe(
          program('i=0; while [ $i -lt 2000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done'),
          options(),
        )
      ).stdout,
    ).toHaveLength(65_536);
  });

  it('reports a program that another process killed as failed', async () => {
    expect(await runProbe(program('kill -9 $$'), options())).toMatchObject({ exitCode: 137, ending: 'by-itself' });
  });

  it.each([['helm'], ['/no/such/program']])('reports %s as missing if it cannot be started', async (name) => {
    await expect(runProbe([name, 'version'], options())).rejects.toMatchObject({
      code: 'tool-missing',
      what: `${name} could not be started`,
    });
  });
});

describe('a probe that hangs', () => {
  // The program ends soon after the test: nothing waits for it.
  const hanging = (): Command => program('exec /bin/sleep 2');

  it('does not hold the run longer than its time limit', async () => {
    const command = hanging();
    const finished = await runProbe(command, options({ timeoutSeconds: 0.2 }));
    expect(finished).toMatchObject({ ending: 'timed-out' });
    expect(finished.seconds).toBeLessThan(1.5);
    expect(() => outputOf(command, finished)).toThrow(expect.objectContaining({ code: 'command-failed' }));
  });

  it('does not hold a cancelled run', async () => {
    const command = hanging();
    const finished = await runProbe(command, options({ signal: AbortSignal.timeout(200) }));
    expect(finished.seconds).toBeLessThan(1.5);
    expect(() => outputOf(command, finished)).toThrow(expect.objectContaining({ code: 'cancelled' }));
  });

  it('does not keep the process alive after the run', () => {
    // The program sleeps for longer than the script may take.
    program('exec /bin/sleep 20');
    const script = `
      const { ending } = await runProbe([helm], { ...options, timeoutSeconds: 0.2 });
      console.log(ending);
      process.exit(0);`;
    expect(outputOfScript(script)).toBe('timed-out\n');
  });

  it('is not started after a cancel', async () => {
    expect(await runProbe(['/no/such/program'], options({ signal: AbortSignal.abort() }))).toMatchObject({
      ending: 'cancelled',
    });
  });
});

describe('a program that cannot be started', () => {
  it('is reported as missing if spawn throws the error, and is not a crash', () => {
    program('echo never');
    // A program that is open for writing cannot be started: Node throws ETXTBSY, and ENOEXEC on musl and Windows.
    const file = openSync(join(directory, 'helm'), 'r+');
    const script = `
      const cancel = new AbortController();
      const crashed = endOnCrash(cancel, console.log);
      const { code, why } = await runProbe([helm], { ...options, signal: cancel.signal }).catch((error) => error);
      console.log(code, why, crashed());
      process.exit(0);`;
    try {
      expect(outputOfScript(script)).toBe('tool-missing spawn ETXTBSY false\n');
    } finally {
      closeSync(file);
    }
  });

  it('fails with its exit code if the system runs it as a script, as glibc does for another architecture', async () => {
    const command = program('');
    const header = '7f454c460201010000000000000000000200b700';
    writeFileSync(join(directory, 'helm'), Buffer.concat([Buffer.from(header, 'hex'), Buffer.alloc(64, 9)]));
    const finished = await runProbe(command, options());
    expect(() => outputOf(command, finished)).toThrow(expect.objectContaining({ code: 'command-failed' }));
  });
});
