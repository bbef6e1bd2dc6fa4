// A value that the plan sets automatically, and why. Never a user-supplied value.

export interface Setting {
  readonly path: string;
  readonly value: unknown;
  readonly why: string;
  readonly source: string;
}

/**
 * The purpose of the settings of a plan, as the predicate of a sentence. Except in a rolling upgrade, they replace
 * values that a newer chart no longer supports.
 */
export function settingsFor(strategy: string): string {
  return strategy === 'rolling' ? 'set for the rolling upgrade' : 'carried over into the new chart';
}
