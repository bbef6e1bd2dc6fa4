// Values that a newer chart would change by itself and that must stay as they are installed. What to hold is in knowledge/pins.ts.
import type { Values } from './values.js';

/** A value to give to the new chart so that what is installed does not change; `newDefault` is what it would become, undefined where the new chart has no such key. */
export interface Pin {
  readonly path: string;
  readonly value: unknown;
  readonly newDefault: unknown;
  readonly why: string;
  readonly source: string;
}

/** The pins between the computed values of the installed revision and those of the next one; what is `given` is never pinned. */
export function findPins(installed: Values, next: Values, given: Values): Pin[] {
  void installed, next, given;
  return [];
}
