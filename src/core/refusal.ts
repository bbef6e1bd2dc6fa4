// A "no" that a rule says. Refusals are values: all of them are collected and told at once.

/** One rule that speaks against the upgrade. `code` is also the id with which `skip-checks` waives it, where `waivable` says it may be. */
export interface FailedCheck {
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
  /** Where the rule comes from: a documentation page, a chart, an issue. */
  readonly source: string;
  readonly skippable: boolean;
}

/** A rule that was asked about: `pass`, `warn` or `fail` of its own, `waived` where a refusal was skipped on demand. */
export interface Check {
  readonly id: string;
  readonly state: 'pass' | 'warn' | 'fail' | 'skipped';
  readonly reason: string;
  readonly source: string;
  /** What to do about it; left out where there is nothing to do. */
  readonly remedy?: string;
}

/** Splits refusals into those that stand and those that `skip-checks` waived, told as checks. */
export function applySkips(failedChecks: readonly FailedCheck[], skipChecks: readonly string[]): { standing: FailedCheck[]; skipped: Check[] } {
  const isSkipped = (each: FailedCheck): boolean => each.skippable && skipChecks.includes(each.code);
  return {
    standing: failedChecks.filter((each) => !isSkipped(each)),
    skipped: failedChecks.filter(isSkipped).map(({ code, reason, source }) => ({ id: code, state: 'skipped', reason, source })),
  };
}
