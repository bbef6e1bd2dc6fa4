// Failed checks, as values: all of them are collected and reported together.

/** One failed check. `code` is also the ID for `skip-checks`, if `waivable` is true. */
export interface FailedCheck {
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
  /** The source of the check: a documentation page, a chart, an issue. */
  readonly source: string;
  readonly skippable: boolean;
}

/** The result of a check: `pass`, `warn`, `fail`, or `waived` if it failed and was skipped with `skip-checks`. */
export interface Check {
  readonly id: string;
  readonly state: 'pass' | 'warn' | 'fail' | 'skipped';
  readonly reason: string;
  readonly source: string;
  /** What to do about it; absent if there is nothing to do. */
  readonly remedy?: string;
}

/** Splits failed checks into those that remain and those that `skip-checks` skips. */
export function applySkips(failedChecks: readonly FailedCheck[], skipChecks: readonly string[]): { standing: FailedCheck[]; skipped: Check[] } {
  const isSkipped = (failedCheck: FailedCheck): boolean => failedCheck.skippable && skipChecks.includes(failedCheck.code);
  return {
    standing: failedChecks.filter((failedCheck) => !isSkipped(failedCheck)),
    skipped: failedChecks.filter(isSkipped).map(({ code, reason, source }) => ({ id: code, state: 'skipped', reason, source })),
  };
}
