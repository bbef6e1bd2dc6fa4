// Values that a newer chart would change by itself and that must stay as they are installed. What to hold is in knowledge/pins.ts.
import { PINS, type PinRow } from './knowledge/pins.js';
import { valueAt, type Values } from './values.js';

/** A value to give to the new chart, so that what is installed does not change; `newDefault` is what it would become. */
export interface Pin {
  readonly path: string;
  readonly value: unknown;
  readonly newDefault: unknown;
  readonly why: string;
  readonly source: string;
}

/**
 * The pins between the computed values of the installed revision and those that the new chart would compute.
 * What is `given` (this run's own values and what the path requires) is never pinned, and neither is what the new chart has no value for:
 * it may have been renamed.
 */
export function findPins(installed: Values, next: Values, given: Values): Pin[] {
  return PINS.filter((row) => applies(row, installed) && valueAt(given, row.path) === undefined).flatMap(({ path, absentMeans, why, source }) => {
    const value = valueAt(installed, path) ?? absentMeans;
    const newDefault = valueAt(next, path);
    const flips = value !== undefined && newDefault !== undefined && value !== newDefault;
    return flips ? [{ path, value, newDefault, why, source }] : [];
  });
}

function applies({ when }: PinRow, installed: Values): boolean {
  return when === undefined || (valueAt(installed, when.path) === true) === when.is;
}
