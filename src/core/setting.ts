// A value that the plan itself brings in, and why. Never one of the user's.

export interface Setting {
  readonly path: string;
  readonly value: unknown;
  readonly why: string;
  readonly source: string;
}
