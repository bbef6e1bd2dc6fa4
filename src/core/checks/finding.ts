// What a check of the preflight found, and how findings become checks and refusals. Pure.
import type { Preflight } from '../preflight.js';

/** One answer of one check. `waivable` says whether `skip-checks` may go on over a `fail`; it means nothing for the other states. */
export interface Finding {
  readonly id: string;
  readonly state: 'pass' | 'warn' | 'fail';
  readonly reason: string;
  /** What to do about it; empty where there is nothing to do. */
  readonly remedy: string;
  /** Where the rule comes from, or who gave the answer. */
  readonly source: string;
  readonly skippable: boolean;
}

/** Turns findings into what the run is told: a failed check is a refusal as well, unless it was waived. */
export function conclude(findings: readonly Finding[], skipChecks: readonly string[]): Pick<Preflight, 'checks' | 'failedChecks'> {
  const isSkipped = (each: Finding): boolean => each.state === 'fail' && each.skippable && skipChecks.includes(each.id);
  return {
    checks: findings.map((each) => {
      const { id, reason, source, remedy } = each;
      return { id, state: isSkipped(each) ? 'skipped' : each.state, reason, source, ...(remedy === '' ? {} : { remedy }) };
    }),
    failedChecks: findings
      .filter((each) => each.state === 'fail' && !isSkipped(each))
      .map(({ id, reason, remedy, source, skippable }) => ({ code: id, reason, remedy, source, skippable })),
  };
}

export function pass(id: string, reason: string, source: string): Finding {
  return { id, state: 'pass', reason, remedy: '', source, skippable: false };
}

export function warn(id: string, reason: string, remedy: string, source: string): Finding {
  return { id, state: 'warn', reason, remedy, source, skippable: false };
}

/** For a question that the cluster did not answer: nothing speaks against the upgrade, but nobody looked. */
export function notChecked(id: string, why: string, remedy: string): Finding {
  return warn(id, `not asked: ${why}`, remedy, 'the answer of the API server');
}

/** The first few of many, and how many more there are. */
export function someOf(items: readonly string[], most = 8): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}
