// Reads unknown data, such as parsed JSON and YAML, without trusting its shape: a value of another type counts as
// missing. Pure.
import { own } from './own.js';

export type JsonRecord = { readonly [key: string]: unknown };

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The record; an empty one for anything else. */
export function getRecord(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}

/** The list; an empty one for anything else. */
export function getList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The records of a list, without its other items. */
export function getRecords(value: unknown): JsonRecord[] {
  return getList(value).filter(isRecord);
}

/** A string, or a number as text, because YAML has no quotes around numbers; empty for anything else. */
export function getString(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The value at `a.b.c`; undefined if any part is missing. */
export function valueAt(record: JsonRecord, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (isRecord(at) ? own(at, key) : undefined), record);
}

export function recordAt(record: JsonRecord, path: string): JsonRecord {
  return getRecord(valueAt(record, path));
}

export function recordsAt(record: JsonRecord, path: string): JsonRecord[] {
  return getRecords(valueAt(record, path));
}

export function stringAt(record: JsonRecord, path: string): string {
  return getString(valueAt(record, path));
}

/** Null if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The record in a JSON text; an empty one if the text is not a record. */
export function parseJsonRecord(text: string): JsonRecord {
  return getRecord(parseJson(text));
}
