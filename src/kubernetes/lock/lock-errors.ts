// Errors of a run that waits for its lock, or whose program was ended because the lock was no longer valid.
import { causeOfError } from '../../core/model/cause.js';
import { toProblem, UpgradeError } from '../../core/model/error.js';

export function cancelledWhile(why: string, remedy: string): UpgradeError {
  const causes = [causeOfError('CANCELLED', why, new Date().toISOString())];
  return new UpgradeError({ code: 'cancelled', what: 'The run was cancelled', why, remedy, causes });
}

/**
 * For a program that was ended in time while this run still held the lock: an ordinary failure, after which the release
 * may be rolled back.
 */
export function interrupted(cause: unknown): UpgradeError {
  const { what, why } = toProblem(cause);
  const remedy =
    'Check that the runner can connect to the API server and run the action again: it resumes from the current state.';
  const reason = `it was ended because the lock could not be renewed in time; the lock has been renewed since: ${why}`;
  return new UpgradeError({ code: 'command-failed', what, why: reason, remedy }, { cause });
}
