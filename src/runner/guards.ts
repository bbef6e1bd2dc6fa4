// Keeps a run alive when its output breaks, and ends it in order when the code fails where nobody waits for it.
import { toProblem, endSentence } from '../core/errors.js';
import { oneLine, shorten } from '../core/escape.js';

/** Signals that ask a run to end; SIGHUP comes when the terminal closes. */
export const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A closed pipe or a full disk under the log must not end an upgrade in the middle. */
export function ignoreOutputErrors(streams: readonly NodeJS.WritableStream[] = [process.stdout, process.stderr]): void {
  for (const stream of streams) stream.on('error', () => undefined);
}

/** How long a run may take to release its lock after a crash. */
const GRACE_MILLISECONDS = 60_000;

/** Prints one short message instead of the stack, which would show a whole line of the bundle, and ends the run as a cancel does. Returns whether that happened. */
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
  process.on('unhandledRejection', crash);
  return () => crashed;
}

/** One line: what failed, and what to do. */
export function describeCrash(error: unknown): string {
  const { code, what, why, remedy } = toProblem(error);
  return `${what} (${code}): ${endSentence(shorten(oneLine(why), 500))} ${remedy}`;
}
