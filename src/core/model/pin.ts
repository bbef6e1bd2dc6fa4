// A value that the plan keeps, because a newer chart would change it.

/** A value for the new chart that keeps the installed value; `newDefault` is the value that it would get otherwise. */
export interface Pin {
  readonly path: string;
  readonly value: unknown;
  readonly newDefault: unknown;
  readonly why: string;
  readonly source: string;
}
