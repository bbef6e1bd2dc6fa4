// A value that the plan itself brings in, and why. Never one of the user's.

export interface Setting {
  readonly path: string;
  readonly value: unknown;
  readonly why: string;
  readonly source: string;
}

/** What values of a plan are there for, in a sentence about them. Outside of a rolling upgrade they are those that a newer chart no longer knows. */
export function settingsFor(strategy: string): string {
  return strategy === 'rolling' ? 'set for the rolling upgrade' : 'carried over into the new chart';
}
