// The release of a lock is repeated while the API server cannot answer, within a few seconds.
import { toProblem } from '../../core/model/error.js';

/** The time for all attempts. One of them gets half of it, so that it can be repeated. */
const LIMIT_MILLISECONDS = 10_000;
/** After a cancellation, the runner has only seconds left. */
const CANCELLED_LIMIT_MILLISECONDS = 1_000;
const PAUSE_MILLISECONDS = 500;

/**
 * Repeats `attempt(milliseconds)`, which returns true when the lock is free, until it does so. Throws its error if that
 * is permanent, or if no time is left.
 */
export async function releaseWithinLimit(
  signal: AbortSignal,
  attempt: (milliseconds: number) => Promise<boolean>,
): Promise<void> {
  const limit = signal.aborted ? CANCELLED_LIMIT_MILLISECONDS : LIMIT_MILLISECONDS;
  const until = performance.now() + limit;
  for (;;) {
    try {
      if (await attempt(limit / 2)) return;
    } catch (error) {
      const isPermanent = toProblem(error).code !== 'cluster-unreachable';
      if (isPermanent || performance.now() + PAUSE_MILLISECONDS >= until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
}
