// Runs programs that are short, local and read-only, such as `helm version`, with @actions/exec. Everything else
// belongs to process.ts: docs/decisions/0005-a-wrapper-around-spawn.md.
import { delimiter, resolve } from 'node:path';
import { getExecOutput } from '@actions/exec';
import { which } from '@actions/io';
import { UpgradeError } from '../core/model/error.js';
import { catchingStart } from './exec-start.js';
import { notStarted, type Command, type Finished } from './process.js';
import { within } from './within.js';

export interface ProbeOptions {
  /** The whole environment of the program; its PATH is searched for the program. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
}

/** A version is a few words; of anything longer only the beginning is kept. */
const MAX_CHARACTERS = 64 << 10;
/** What is known about a program that did not end in time, with the exit code that a shell reports after SIGKILL. */
const NOT_ENDED = { exitCode: 137, stdout: '', stderr: '' } as const;

/**
 * Returns the output of the program, which is not printed. Throws `tool-missing` if it cannot be started.
 * @actions/exec can neither end a program nor return a part of its output (actions/toolkit#1469): at the time limit,
 * and when the run is cancelled, the wait ends. The program does not keep this process alive at the end of the run,
 * which calls `process.exit`.
 */
export async function runProbe(command: Command, options: ProbeOptions): Promise<Finished> {
  const [program, ...args] = command;
  const { env, signal, timeoutSeconds } = options;
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  if (signal.aborted) return { ...NOT_ENDED, seconds: 0, ending: 'cancelled' };
  const path = await find(program, env);
  // Quotes, because exec splits its first argument at spaces.
  const running = catchingStart(() => getExecOutput(`"${path}"`, args, { env, silent: true, ignoreReturnCode: true }));
  const bounded = within(
    running.catch((error: unknown) => {
      throw notStarted(program, error instanceof Error ? error.message : String(error), error);
    }),
    { seconds: timeoutSeconds, signal },
  );
  try {
    return { ...shorten(await bounded), seconds: seconds(), ending: 'by-itself' };
  } catch (error) {
    if (error instanceof UpgradeError) throw error;
    return { ...NOT_ENDED, seconds: seconds(), ending: options.signal.aborted ? 'cancelled' : 'timed-out' };
  }
}

function shorten(output: Awaited<ReturnType<typeof getExecOutput>>): typeof output {
  return {
    // Null, against its type, if a signal ended the program.
    exitCode: (output.exitCode as number | null) ?? NOT_ENDED.exitCode,
    stdout: output.stdout.slice(0, MAX_CHARACTERS),
    stderr: output.stderr.slice(0, MAX_CHARACTERS),
  };
}

/** @actions/exec would search the PATH of this process, not that of `env`. */
async function find(program: string, env: ProbeOptions['env']): Promise<string> {
  const isPath = /[\\/]/.test(program);
  // Windows writes "Path".
  const directories = Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
  const candidates = isPath
    ? [resolve(program)]
    : directories
        .split(delimiter)
        .filter((directory) => directory !== '')
        .map((directory) => resolve(directory, program));
  for (const candidate of candidates) {
    const path = await which(candidate);
    if (path !== '') return path;
  }
  throw notStarted(
    program,
    isPath ? 'it does not exist or is not executable' : 'PATH contains no executable of this name',
  );
}
