// Selects the cases of a lab test for this tier. `npm test` runs one case of every kind; `npm run test:full` runs every
// case. Omitted cases are reported to the runner of the tests, which prints them (test/tiers/report.mjs).
import { appendFileSync } from 'node:fs';
import { it } from '@jest/globals';

export interface Tiered {
  /** The case runs in `npm run test:full` only: a case of the same kind runs in `npm test`. */
  readonly full?: boolean;
}

/** Without the runner of the tests, every case runs. */
const isFull = process.env.LAB_TIER !== 'core';
/** LAB_ONLY='disk|kill' runs the cases whose title matches, in any tier. */
const only = process.env.LAB_ONLY ? new RegExp(process.env.LAB_ONLY) : null;

function reportLeftOut(title: string): void {
  if (process.env.LEFT_OUT_FILE) appendFileSync(process.env.LEFT_OUT_FILE, `${JSON.stringify(title)}\n`);
}

/** The cases of this tier, in order. */
export function casesOf<T extends Tiered>(cases: readonly T[], titleOf: (item: T) => string): readonly T[] {
  if (only) return cases.filter((item) => only.test(titleOf(item)));
  return cases.filter((item) => {
    const runs = isFull || item.full !== true;
    if (!runs) reportLeftOut(titleOf(item));
    return runs;
  });
}

/** An `it` of the full tier. */
export function itFull(title: string, run: () => Promise<void> | void, timeout?: number): void {
  if (isFull || only) it(title, run, timeout);
  else reportLeftOut(title);
}

/** The rows for an `it.each`: the first one in `npm test`, all of them in the full tier. */
export function rowsOf<Row>(rows: readonly Row[]): readonly Row[] {
  if (isFull || only) return rows;
  for (const row of rows.slice(1)) reportLeftOut(JSON.stringify(row));
  return rows.slice(0, 1);
}
