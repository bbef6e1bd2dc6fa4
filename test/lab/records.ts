// The results of the lab tests in the repository. Pages are generated from them (pages.ts), and `npm run check`
// compares these pages exactly. LAB_RECORD=1 before a lab test updates its record; without it the test compares its
// results with the record.
import { readFileSync, writeFileSync } from 'node:fs';

export type RecordName = 'bad-inputs' | 'causes' | 'migration-faults' | 'compose-faults' | 'compose-readings';

const fileOf = (name: RecordName): string => `test/lab/records/${name}.json`;

export function readRecord<Row>(name: RecordName): readonly Row[] {
  return JSON.parse(readFileSync(fileOf(name), 'utf8')) as readonly Row[];
}

export const isRecording = process.env.LAB_RECORD !== undefined;

/** Writes the results of a run. The rows of cases that it left out, which `keyOf` tells apart, stay as they are. */
export function saveRecord<Row>(name: RecordName, rows: readonly Row[], keyOf: (row: Row) => string): void {
  if (!isRecording) return;
  const isNew = new Map(rows.map((row) => [keyOf(row), row]));
  const kept = readRecord<Row>(name).map((row) => {
    const known = isNew.get(keyOf(row));
    isNew.delete(keyOf(row));
    return known ?? row;
  });
  writeFileSync(fileOf(name), `${JSON.stringify([...kept, ...isNew.values()], null, 2)}\n`);
}

/**
 * Replaces what differs between runs: ports, times, addresses, and the end of long texts. The log has the full text.
 */
export function normalize(text: string): string {
  const steady = text
    .replaceAll(/\b127\.0\.0\.1:(?!1\b)\d{4,5}\b/g, '127.0.0.1:5000')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '2026-01-01T00:00:00Z')
    .replaceAll('\n', ' ');
  return steady.length > MAX_LENGTH ? `${steady.slice(0, MAX_LENGTH)}…` : steady;
}

const MAX_LENGTH = 500;
