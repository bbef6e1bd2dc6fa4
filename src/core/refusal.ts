// A "no" that a rule says. Refusals are values: all of them are collected and told at once.

/** One rule that speaks against the upgrade. `code` is also the id with which `skip-checks` waives it, where `waivable` says it may be. */
export interface Refusal {
  readonly code: string;
  readonly because: string;
  readonly remedy: string;
  /** Where the rule comes from: a documentation page, a chart, an issue. */
  readonly source: string;
  readonly waivable: boolean;
}

/** A rule that was asked about: `pass`, `warn` or `fail` of its own, `waived` where a refusal was skipped on demand. */
export interface Check {
  readonly id: string;
  readonly state: 'pass' | 'warn' | 'fail' | 'waived';
  readonly because: string;
  readonly source: string;
  /** What to do about it; left out where there is nothing to do. */
  readonly remedy?: string;
}

/** Splits refusals into those that stand and those that `skip-checks` waived, told as checks. */
export function waive(refusals: readonly Refusal[], skipChecks: readonly string[]): { standing: Refusal[]; waived: Check[] } {
  const isWaived = (each: Refusal): boolean => each.waivable && skipChecks.includes(each.code);
  return {
    standing: refusals.filter((each) => !isWaived(each)),
    waived: refusals.filter(isWaived).map(({ code, because, source }) => ({ id: code, state: 'waived', because, source })),
  };
}
