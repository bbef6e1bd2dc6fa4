// Keeps a run going when its output stream fails, and ends it in order after an uncaught error.
import { toProblem, endSentence } from '../core/model/error.js';
import { oneLine, shorten } from '../core/lib/escape.js';
import { isStartError } from './exec-start.js';

/** Signals that cancel a run; SIGHUP is sent when the terminal closes. */
export const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A closed pipe or a full disk of the log must not interrupt an upgrade. */
export function ignoreOutputErrors(streams: readonly NodeJS.WritableStream[] = [process.stdout, process.stderr]): void {
  for (const stream of streams) stream.on('error', () => undefined);
}

/** How long a run may take to release its lock after a crash. */
const GRACE_MILLISECONDS = 60_000;

/**
 * After an uncaught error: prints one short message, since the stack trace would show a whole line of the bundle, and
 * cancels the run. Returns a function that reports whether that happened.
 */
export function endOnCrash(cancel: AbortController, print: (text: string) => void): () => boolean {
  let crashed = false;
  const crash = (error: unknown): void => {
    if (crashed) return;
    crashed = true;
    print(describeCrash(error));
    cancel.abort();
    setTimeout(() => process.exit(1), GRACE_MILLISECONDS).unref();
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', (error) => (isStartError(error) ? undefined : crash(error)));
  return () => crashed;
}

/** Describes the error in one line: what failed, and what to do. */
export function describeCrash(error: unknown): string {
  const { code, what, why, remedy } = toProblem(error);
  return `${what} (${code}): ${endSentence(shorten(oneLine(why), 500))} ${remedy}`;
}
