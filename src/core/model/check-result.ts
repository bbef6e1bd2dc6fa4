// The results of checks, as values: all of them are collected and reported together.

/**
 * The result of one check. A `fail` refuses the run; `skipped` is a failed check that the user skipped with
 * `skip-checks`.
 */
export interface CheckResult {
  /** Also the ID for `skip-checks`, if `skippable` is true. */
  readonly id: string;
  /** skipped: the check failed and was skipped with skip-checks. */
  readonly state: 'pass' | 'warn' | 'fail' | 'skipped';
  readonly reason: string;
  /** What to do about it; empty if no action is needed. */
  readonly remedy: string;
  /** Where the rule comes from (a documentation page, a chart, an issue), or which system returned the answer. */
  readonly source: string;
  /** True if `skip-checks` can skip a `fail`; it has no meaning for the other states. */
  readonly skippable: boolean;
}

/** The same results; a failed check that can be skipped and is in `skipChecks` is `skipped`. */
export function applySkips(results: readonly CheckResult[], skipChecks: readonly string[]): CheckResult[] {
  return results.map((result) =>
    result.state === 'fail' && result.skippable && skipChecks.includes(result.id)
      ? { ...result, state: 'skipped', remedy: '' }
      : result,
  );
}

export function isSkipped({ state }: CheckResult): boolean {
  return state === 'skipped';
}

/** The results that refuse the run. */
export function failedChecks(results: readonly CheckResult[]): CheckResult[] {
  return results.filter(({ state }) => state === 'fail');
}
