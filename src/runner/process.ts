// Starts programs: the only place that does. Words go as an array, never through a shell; the exit code alone decides.
// Long ones are spawned here and not through @actions/exec, because that leaves its child as an orphan when the job is cancelled.
import { spawn } from 'node:child_process';
import { getExecOutput } from '@actions/exec';
import type { Cause } from '../core/causes.js';
import { UpgradeError } from '../core/errors.js';

export type Command = readonly [program: string, ...words: string[]];

export interface ProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** After so long the program is asked to end (SIGTERM), and killed ten seconds later. */
  readonly timeoutSeconds?: number;
}

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** A signalled program has this long to clean up: Helm marks its release failed within it. The runner itself allows ten seconds after a cancel. */
const GRACE_MILLISECONDS = 10_000;

/** Runs a program that ends soon and changes nothing; its output is returned, not shown. */
export async function runShort(command: Command, options: ProcessOptions): Promise<Finished> {
  const [program, ...words] = command;
  const startedAt = performance.now();
  const result = await getExecOutput(program, words, { env: { ...options.env }, silent: true, ignoreReturnCode: true });
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr, seconds: (performance.now() - startedAt) / 1000 };
}

/** Runs a program that may take long or must not be torn: a cancel or a time-out reaches it as SIGTERM, and its end is awaited. */
export function runLong(command: Command, options: ProcessOptions): Promise<Finished> {
  const [program, ...words] = command;
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { env: options.env, stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      texts.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      texts.stderr += text;
    });
    const timers: NodeJS.Timeout[] = [];
    const end = (): void => {
      child.kill('SIGTERM');
      timers.push(setTimeout(() => child.kill('SIGKILL'), GRACE_MILLISECONDS));
    };
    if (options.timeoutSeconds !== undefined) timers.push(setTimeout(end, options.timeoutSeconds * 1000));
    options.signal?.addEventListener('abort', end, { once: true });
    if (options.signal?.aborted) end();
    const tidy = (): void => {
      timers.forEach(clearTimeout);
      options.signal?.removeEventListener('abort', end);
    };
    child.on('error', (error) => {
      tidy();
      reject(error);
    });
    child.on('close', (code, signal) => {
      tidy();
      resolve({ exitCode: code ?? (signal === 'SIGKILL' ? 137 : 143), ...texts, seconds: (performance.now() - startedAt) / 1000 });
    });
  });
}

/** The program's output, or an error that quotes its last lines, with the cause where the caller read one from them. */
export function outputOf(command: Command, finished: Finished, cause: Cause | null = null): string {
  if (finished.exitCode === 0) return finished.stdout;
  const words = lastLines(finished.stderr || finished.stdout, 6) || 'it said nothing';
  throw new UpgradeError({
    code: 'command-failed',
    what: `${command.slice(0, 3).join(' ')} exited with ${finished.exitCode}`,
    why: cause ? `${cause.code}: ${words}` : words,
    remedy: `${cause ? `${cause.hint} ` : ''}What runs was left as it is. Mend the cause and run the action again.`,
    causes: cause ? [cause] : [],
  });
}

function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-count)
    .join(' / ');
}
