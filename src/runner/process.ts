// Starts every program that can hang or has to end with the run. Arguments are passed as an array, never through a
// shell; only the exit code decides; every program has a time limit. @actions/exec would leave its child process as an
// orphan when the job is cancelled; probe.ts uses it for short reads.
import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams, type SpawnOptions } from 'node:child_process';
import type { Cause } from '../core/model/cause.js';
import { UpgradeError } from '../core/model/error.js';

export type Command = readonly [program: string, ...words: string[]];

export interface ProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** After this time the program receives SIGTERM; after the grace period it is killed. */
  readonly timeoutSeconds?: number;
  /** The grace period: how long a program may take to exit after SIGTERM. */
  readonly graceSeconds?: number;
  /** Written to its standard input, which is empty otherwise. */
  readonly input?: string;
  /** Instead of `input`: writes to its standard input while it runs; returns a function that stops it. */
  readonly feed?: (write: (text: string) => void) => () => void;
}

/** How a program ended: `by-itself` also if it failed or was killed by another process. */
export type Ending = 'by-itself' | 'cancelled' | 'timed-out';

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  readonly ending: Ending;
}

/**
 * After SIGTERM, Helm needs up to this time to mark its release as failed, so it may outlast a cancel. After a cancel
 * the runner sends SIGINT, 7.5 s later SIGTERM, and kills the process tree 2.5 s after that (actions/runner
 * ProcessInvoker.cs): the rest of these ten seconds is for the lock, the report and the summary.
 */
export const HELM_GRACE_SECONDS = 7;
/** The next run can handle whatever any other program leaves, so a cancel ends the run within 2 s. */
const GRACE_SECONDS = 1;
const SHORT_SECONDS = 120;

/** Runs a short program that changes nothing; its output is returned, not printed. */
export function runShort(command: Command, options: ProcessOptions): Promise<Finished> {
  return runLong(command, { timeoutSeconds: SHORT_SECONDS, ...options });
}

/**
 * Runs a program that may take long or must not be interrupted. A cancel or a timeout sends it SIGTERM, and its end is
 * awaited. Windows has no signals: there the program ends immediately without cleanup, and the next run handles what it
 * left.
 */
export function runLong(command: Command, options: ProcessOptions): Promise<Finished> {
  const [program] = command;
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const { env, input, feed } = options;
    const child = start(command, {
      env,
      stdio: [input === undefined && !feed ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    // A program that does not read all of its input is evaluated by its exit code like any other.
    child.stdin?.on('error', () => undefined);
    if (!feed) child.stdin?.end(input);
    const endFeed = feed?.((text) => child.stdin?.write(text));
    const texts = collect(child);
    const limits = limit(child, options);
    child.on('error', (error) => {
      limits.lift();
      endFeed?.();
      reject(notStarted(program, error.message, error));
    });
    child.on('close', (code, signal) => {
      limits.lift();
      endFeed?.();
      const exitCode = code ?? (signal === 'SIGKILL' ? 137 : 143);
      resolve({ exitCode, ...texts, seconds: (performance.now() - startedAt) / 1000, ending: limits.ending() });
    });
  });
}

/**
 * Starts a program that runs in parallel and communicates over its pipes. It has to exit when its input ends, which is
 * also how it detects that this process died. Ctrl-C on a terminal does not reach it: the caller ends it. A failed
 * start is emitted as `error`, which needs no listener; `close` always follows.
 */
export function startProgram(command: Command, { env }: Pick<ProcessOptions, 'env'>): ChildProcessWithoutNullStreams {
  // A process group of its own. On Windows, `detached` would open a window.
  const detached = process.platform !== 'win32';
  const child = start(command, { env, stdio: 'pipe', windowsHide: true, detached }) as ChildProcessWithoutNullStreams;
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  return child;
}

/** `spawn` throws some of its errors and emits the others (exec-start.ts). */
function start([program, ...args]: Command, options: SpawnOptions): ChildProcess {
  try {
    return spawn(program, args, options);
  } catch (error) {
    throw notStarted(program, error instanceof Error ? error.message : String(error), error);
  }
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  return texts;
}

/** Ends the program at its time limit or when the run is cancelled; `ending` returns which of them it was. */
function limit(
  child: ChildProcess,
  { signal, timeoutSeconds, graceSeconds = GRACE_SECONDS }: ProcessOptions,
): { lift: () => void; ending: () => Ending } {
  let ending: Ending = 'by-itself';
  const timers: NodeJS.Timeout[] = [];
  const end = (why: Ending): void => {
    // A second reason does not extend the grace period of the first.
    if (ending !== 'by-itself') return;
    ending = why;
    child.kill('SIGTERM');
    timers.push(setTimeout(() => kill(child), graceSeconds * 1000));
  };
  const cancel = (): void => end('cancelled');
  if (timeoutSeconds !== undefined) timers.push(setTimeout(() => end('timed-out'), timeoutSeconds * 1000));
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  const lift = (): void => {
    timers.forEach(clearTimeout);
    signal?.removeEventListener('abort', cancel);
  };
  return { lift, ending: () => ending };
}

/** Also closes its pipes: a grandchild process that holds them would block forever. */
function kill(child: ChildProcess): void {
  child.kill('SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/**
 * Returns the output of the program, or throws an error with its last lines, and with the cause if the caller found
 * one.
 */
export function outputOf(command: Command, finished: Finished, cause: Cause | null = null): string {
  if (finished.exitCode === 0) return finished.stdout;
  const name = command.slice(0, 3).join(' ');
  const args = lastLines(finished.stderr || finished.stdout, 6) || 'it printed nothing';
  throw new UpgradeError({
    code: finished.ending === 'cancelled' ? 'cancelled' : 'command-failed',
    what: `${name} ${HOW[finished.ending](finished)}`,
    why: cause ? `${cause.code}: ${args}` : args,
    remedy: `${cause ? `${cause.hint} ` : ''}The installation was left in its current state. Fix the cause and run the action again.`,
    causes: cause ? [cause] : [],
  });
}

const HOW: Readonly<Record<Ending, (finished: Finished) => string>> = {
  'by-itself': ({ exitCode }) => `exited with ${exitCode}`,
  cancelled: ({ exitCode }) => `was terminated because the run was cancelled (exit code ${exitCode})`,
  'timed-out': ({ exitCode, seconds }) =>
    `timed out after ${seconds.toFixed(0)} s and was terminated (exit code ${exitCode})`,
};

export function notStarted(program: string, why: string, cause?: unknown): UpgradeError {
  const remedy = 'Check that the program exists, is built for this machine, and is executable.';
  return new UpgradeError({ code: 'tool-missing', what: `${program} could not be started`, why, remedy }, { cause });
}

function lastLines(text: string, count: number): string {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-count)
    .join(' / ');
}
