// What a check of the preflight found, and how findings become checks and refusals. Pure.
import type { Preflight } from '../preflight.js';

/** One answer of one check. `waivable` says whether `skip-checks` may go on over a `fail`; it means nothing for the other states. */
export interface Finding {
  readonly id: string;
  readonly state: 'pass' | 'warn' | 'fail';
  readonly because: string;
  /** What to do about it; empty where there is nothing to do. */
  readonly remedy: string;
  /** Where the rule comes from, or who gave the answer. */
  readonly source: string;
  readonly waivable: boolean;
}

/** Turns findings into what the run is told: a failed check is a refusal as well, unless it was waived. */
export function conclude(findings: readonly Finding[], skipChecks: readonly string[]): Pick<Preflight, 'checks' | 'refusals'> {
  const isWaived = (each: Finding): boolean => each.state === 'fail' && each.waivable && skipChecks.includes(each.id);
  return {
    checks: findings.map((each) => {
      const { id, because, source, remedy } = each;
      return { id, state: isWaived(each) ? 'waived' : each.state, because, source, ...(remedy === '' ? {} : { remedy }) };
    }),
    refusals: findings
      .filter((each) => each.state === 'fail' && !isWaived(each))
      .map(({ id, because, remedy, source, waivable }) => ({ code: id, because, remedy, source, waivable })),
  };
}

export function pass(id: string, because: string, source: string): Finding {
  return { id, state: 'pass', because, remedy: '', source, waivable: false };
}

export function warn(id: string, because: string, remedy: string, source: string): Finding {
  return { id, state: 'warn', because, remedy, source, waivable: false };
}

/** For a question that the cluster did not answer: nothing speaks against the upgrade, but nobody looked. */
export function notAsked(id: string, why: string, remedy: string): Finding {
  return warn(id, `not asked: ${why}`, remedy, 'the answer of the API server');
}

/** The first few of many, and how many more there are. */
export function someOf(items: readonly string[], most = 8): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}
