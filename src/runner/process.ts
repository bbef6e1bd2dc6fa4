// Starts programs: the only place that does. Words go as an array, never through a shell; the exit code alone decides; no program runs for ever.
// Programs are spawned here and not through @actions/exec, because that leaves its child as an orphan when the job is cancelled.
import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Cause } from '../core/causes.js';
import { UpgradeError } from '../core/errors.js';

export type Command = readonly [program: string, ...words: string[]];

export interface ProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** After so long the program is asked to end (SIGTERM), and killed after a time of grace. */
  readonly timeoutSeconds?: number;
  /** How long a program may take to end when it is asked to. */
  readonly graceSeconds?: number;
  /** Written to its standard input, which is empty otherwise. */
  readonly input?: string;
  /** In place of `input`: writes to its standard input while it runs; returns what ends that. */
  readonly feed?: (write: (text: string) => void) => () => void;
}

/** How a program came to its end: `by-itself` also where it failed, or was killed by someone else. */
export type Ending = 'by-itself' | 'cancelled' | 'timed-out';

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  readonly ending: Ending;
}

/**
 * Helm marks its release failed within this, which is why it may outlast a cancel. After a cancel the runner sends SIGINT, 7.5 s later SIGTERM, and kills the whole
 * tree 2.5 s after that (actions/runner ProcessInvoker.cs): what is left of its ten seconds is for the lock, the report and the summary.
 */
export const HELM_GRACE_SECONDS = 7;
/** Any other program leaves nothing that the next run does not find: a cancel ends the run within 2 s. */
const GRACE_SECONDS = 1;
const SHORT_SECONDS = 120;

/** Runs a program that ends soon and changes nothing; its output is returned, not shown. */
export function runShort(command: Command, options: ProcessOptions): Promise<Finished> {
  return runLong(command, { timeoutSeconds: SHORT_SECONDS, ...options });
}

/**
 * Runs a program that may take long or must not be torn: SIGINT or SIGTERM to us, or a time-out, reach it as SIGTERM, and its end is awaited.
 * Windows has no signals: there the program ends at once and cleans up nothing, and the next run finds what it left.
 */
export function runLong(command: Command, options: ProcessOptions): Promise<Finished> {
  const [program, ...words] = command;
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const { env, input, feed } = options;
    const child = spawn(program, words, { env, stdio: [input === undefined && !feed ? 'ignore' : 'pipe', 'pipe', 'pipe'], windowsHide: true });
    // Who does not read to the end is judged by the exit code all the same.
    child.stdin?.on('error', () => undefined);
    if (!feed) child.stdin?.end(input);
    const endFeed = feed?.((text) => child.stdin?.write(text));
    const texts = collect(child);
    const limits = limit(child, options);
    child.on('error', (error) => {
      limits.lift();
      endFeed?.();
      reject(notStarted(program, error));
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
 * Starts a program that lives beside us and speaks over its pipes. It has to end by itself when its input does, which is how it learns that we died.
 * Ctrl-C on a terminal does not reach it: the caller ends it, in an order of its own. Why it could not be started comes as `error`; whether or not anybody listens, `close` follows.
 */
export function startProgram([program, ...words]: Command, { env }: Pick<ProcessOptions, 'env'>): ChildProcessWithoutNullStreams {
  // A process group of its own; on Windows that would open a window.
  const child = spawn(program, words, { env, stdio: 'pipe', windowsHide: true, detached: process.platform !== 'win32' });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  return child;
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

/** Ends the program when its time is up or the run is cancelled; says afterwards which of them it was. */
function limit(child: ChildProcess, { signal, timeoutSeconds, graceSeconds = GRACE_SECONDS }: ProcessOptions): { lift: () => void; ending: () => Ending } {
  let ending: Ending = 'by-itself';
  const timers: NodeJS.Timeout[] = [];
  const end = (why: Ending): void => {
    // The second reason does not prolong the grace of the first.
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

/** Also lets go of its pipes: a grandchild that holds them would keep us waiting for ever. */
function kill(child: ChildProcess): void {
  child.kill('SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/** The program's output, or an error that quotes its last lines, with the cause where the caller read one from them. */
export function outputOf(command: Command, finished: Finished, cause: Cause | null = null): string {
  if (finished.exitCode === 0) return finished.stdout;
  const name = command.slice(0, 3).join(' ');
  const words = lastLines(finished.stderr || finished.stdout, 6) || 'it said nothing';
  throw new UpgradeError({
    code: finished.ending === 'cancelled' ? 'cancelled' : 'command-failed',
    what: `${name} ${HOW[finished.ending](finished)}`,
    why: cause ? `${cause.code}: ${words}` : words,
    remedy: `${cause ? `${cause.hint} ` : ''}What runs was left as it is. Mend the cause and run the action again.`,
    causes: cause ? [cause] : [],
  });
}

const HOW: Readonly<Record<Ending, (finished: Finished) => string>> = {
  'by-itself': ({ exitCode }) => `exited with ${exitCode}`,
  cancelled: ({ exitCode }) => `was ended because the run was cancelled (it exited with ${exitCode})`,
  'timed-out': ({ exitCode, seconds }) => `was ended after ${seconds.toFixed(0)} s, which is too long (it exited with ${exitCode})`,
};

function notStarted(program: string, error: Error): UpgradeError {
  const remedy = 'Check that the program is there, fits this machine, and may be run.';
  return new UpgradeError({ code: 'tool-missing', what: `${program} could not be started`, why: error.message, remedy }, { cause: error });
}

function lastLines(text: string, count: number): string {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-count)
    .join(' / ');
}
