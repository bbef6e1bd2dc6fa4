// Helm values as plain data: merge as Helm does, read and write by path, compare. Also the wrapper that prevents them
// from being printed.
import { getRecord, isRecord, type JsonRecord } from '../lib/json.js';
import { own } from '../lib/own.js';

export type Values = JsonRecord;

/** Values that may contain passwords. Printing, serializing or inspecting it shows only the names of the keys. */
export class SecretValues {
  readonly #values: Values;
  constructor(values: Values) {
    this.#values = values;
  }
  /** The actual values: for Helm's values file and for comparisons, never for a message. */
  reveal(): Values {
    return this.#values;
  }
  toJSON(): { readonly keys: readonly string[] } {
    return { keys: leafPaths(this.#values) };
  }
  toString(): string {
    return `values of ${leafPaths(this.#values).join(', ') || 'nothing'}`;
  }
}

/**
 * Merges `over` over `base` as Helm does: records are merged, everything else is replaced, and null removes a key
 * (helm.sh/docs/chart_template_guide/values_files).
 */
export function mergeValues(base: Values, over: Values): Values {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    merged.set(key, isRecord(value) ? mergeValues(getRecord(merged.get(key)), value) : value);
  }
  // Keys such as "__proto__" become own properties as well.
  return Object.fromEntries(merged);
}

/** The computed values of a chart: its defaults merged with user-supplied values, without keys that are set to null. */
export function computeValues(defaults: Values, given: Values): Values {
  return withoutNulls(mergeValues(defaults, given));
}

function withoutNulls(values: Values): Values {
  const kept = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(kept.map(([key, value]) => [key, isRecord(value) ? withoutNulls(value) : value]));
}

/** A record with only `value` at `a.b.c`. */
export function valuesAtPath(path: string, value: unknown): Values {
  return path.split('.').reduceRight<unknown>((below, key) => ({ [key]: below }), value) as Values;
}

/** True if merging `wanted` over `present` would change nothing. */
export function holds(present: Values, desired: Values): boolean {
  return Object.entries(desired).every(([key, value]) => {
    const there = own(present, key);
    if (value === null) return there === undefined || there === null;
    return isRecord(value) ? isRecord(there) && holds(there, value) : isSame(there, value);
  });
}

/** True if both have the same values; null and absent are equal. */
export function equalValues(first: Values, other: Values): boolean {
  return holds(first, other) && holds(other, first);
}

/** Deep equality that ignores the order of keys: Helm stores values sorted by key, also in lists. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => isSame(item, b[at]));
  if (!isRecord(a) || !isRecord(b)) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

/** The dotted paths of every leaf, for messages that name values without showing them. */
export function leafPaths(values: Values, prefix = ''): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const path = prefix ? `${prefix}.${key}` : key;
    return isRecord(value) && Object.keys(value).length > 0 ? leafPaths(value, path) : [path];
  });
}
