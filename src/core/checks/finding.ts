// Findings of the preflight checks, and their conversion to check results and failed checks. Pure.
import type { Preflight } from '../model/preflight.js';

/** One result of one check. `waivable` is true if `skip-checks` can skip a `fail`; it has no meaning for the other states. */
export interface Finding {
  readonly id: string;
  readonly state: 'pass' | 'warn' | 'fail';
  readonly reason: string;
  /** What to do about it; empty if no action is needed. */
  readonly remedy: string;
  /** Where the rule comes from, or which system returned the answer. */
  readonly source: string;
  readonly skippable: boolean;
}

/** Converts findings to check results; a `fail` refuses the run unless it is skipped. */
export function conclude(findings: readonly Finding[], skipChecks: readonly string[]): Pick<Preflight, 'checks' | 'failedChecks'> {
  const isSkipped = (finding: Finding): boolean => finding.state === 'fail' && finding.skippable && skipChecks.includes(finding.id);
  return {
    checks: findings.map((finding) => {
      const { id, reason, source, remedy } = finding;
      return { id, state: isSkipped(finding) ? 'skipped' : finding.state, reason, source, ...(remedy === '' ? {} : { remedy }) };
    }),
    failedChecks: findings
      .filter((finding) => finding.state === 'fail' && !isSkipped(finding))
      .map(({ id, reason, remedy, source, skippable }) => ({ code: id, reason, remedy, source, skippable })),
  };
}

export function pass(id: string, reason: string, source: string): Finding {
  return { id, state: 'pass', reason, remedy: '', source, skippable: false };
}

export function warn(id: string, reason: string, remedy: string, source: string): Finding {
  return { id, state: 'warn', reason, remedy, source, skippable: false };
}

/** For a query that the cluster did not answer: no problem was found, but the check is incomplete. */
export function notChecked(id: string, why: string, remedy: string): Finding {
  return warn(id, `not checked: ${why}`, remedy, 'the answer of the API server');
}

/** Lists the first items and the number of the remaining ones. */
export function someOf(items: readonly string[], most = 8): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}
