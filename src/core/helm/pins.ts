// Values that a newer chart would change automatically and that must keep their installed value. The values to pin are
// in knowledge/pins.ts.
import type { Pin } from '../model/pin.js';
import { PINS, type PinRow } from '../knowledge/pins.js';
import { valueAt } from '../lib/json.js';
import type { Values } from '../model/values.js';

/**
 * The pins between the computed values of the installed revision and those of the new chart.
 * `given` values (those of this run and those that the path requires) are never pinned, and neither are values that the
 * new chart does not have: they may have been renamed.
 */
export function findPins(installed: Values, next: Values, given: Values): Pin[] {
  return PINS.filter((row) => applies(row, installed) && valueAt(given, row.path) === undefined).flatMap(
    ({ path, absentMeans, why, source }) => {
      const value = valueAt(installed, path) ?? absentMeans;
      const newDefault = valueAt(next, path);
      const flips = value !== undefined && newDefault !== undefined && value !== newDefault;
      return flips ? [{ path, value, newDefault, why, source }] : [];
    },
  );
}

function applies({ when }: PinRow, installed: Values): boolean {
  return when === undefined || (valueAt(installed, when.path) === true) === when.is;
}
