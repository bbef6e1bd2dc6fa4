// Makes the results of checks, and concludes what a preflight returns. Pure.
import { applySkips, failedChecks, type CheckResult } from '../model/check-result.js';
import type { Preflight } from '../model/preflight.js';

/** All results, and those that refuse the run. */
export function conclude(
  results: readonly CheckResult[],
  skipChecks: readonly string[],
): Pick<Preflight, 'checks' | 'failedChecks'> {
  const checks = applySkips(results, skipChecks);
  return { checks, failedChecks: failedChecks(checks) };
}

export function pass(id: string, reason: string, source: string): CheckResult {
  return { id, state: 'pass', reason, remedy: '', source, skippable: false };
}

export function warn(id: string, reason: string, remedy: string, source: string): CheckResult {
  return { id, state: 'warn', reason, remedy, source, skippable: false };
}

/** A failed check that cannot be skipped. */
export function fail(id: string, reason: string, remedy: string, source: string): CheckResult {
  return { id, state: 'fail', reason, remedy, source, skippable: false };
}

/** A failed check that the user can skip with `skip-checks`. */
export function failSkippable(id: string, reason: string, remedy: string, source: string): CheckResult {
  return { ...fail(id, reason, remedy, source), skippable: true };
}

/** For a query that the cluster did not answer: no problem was found, but the check is incomplete. */
export function notChecked(id: string, why: string, remedy: string): CheckResult {
  return warn(id, `not checked: ${why}`, remedy, 'the answer of the API server');
}

/** Lists the first items and the number of the remaining ones. */
export function someOf(items: readonly string[], most = 8): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}
