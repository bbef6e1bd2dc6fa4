// The result of a verification of data, as the report contains it. Pure.
import { describeDifference, stateOf, type CollectionResult, type Comparison, type DataState } from './comparison.js';
import { nameCollection, wasRead, type Inventory } from './inventory.js';

/**
 * What the data was compared with: the state before the upgrade, the state in which this run found an upgrade that an
 * earlier run had begun, or the inventory of the input.
 */
export type Baseline = 'before-upgrade' | 'resumed-upgrade' | 'saved-inventory';

/** Whether the data in Milvus is the same as before. */
export interface DataResult {
  /** saved: the data was read, and there was nothing to compare it with. */
  readonly state: DataState | 'saved';
  /** Why the data was not verified, in one sentence; empty otherwise. */
  readonly reason: string;
  /** The API of Milvus that was used; empty if none answered. */
  readonly api: string;
  /** What is missing or has changed. */
  readonly differences: readonly string[];
  /** What was read before and could not be compared. */
  readonly unverified: readonly string[];
  /** What was not part of the comparison, with the reason. */
  readonly limits: readonly string[];
  readonly collections: readonly CollectionResult[];
  /** Absent if nothing was compared. */
  readonly baseline?: Baseline;
}

const NOTHING = { reason: '', api: '', differences: [], unverified: [], limits: [], collections: [] } as const;
const MAX_NAMED = 3;
const EARLIER_RUN =
  'what changed before this run: an earlier run had begun the upgrade, and the input inventory does not have the inventory that it saved';

export function notVerified(reason: string): DataResult {
  return { ...NOTHING, state: 'not-verified', reason };
}

export function compared(after: Inventory, comparison: Comparison, baseline: Baseline): DataResult {
  const unverified = comparison.unverified.map(describeDifference);
  const state = stateOf(comparison);
  return {
    state,
    reason: state === 'not-verified' ? listed(unverified) : '',
    api: after.api,
    differences: comparison.differences.map(describeDifference),
    unverified,
    limits: baseline === 'resumed-upgrade' ? [EARLIER_RUN, ...comparison.limits] : comparison.limits,
    collections: comparison.collections,
    baseline,
  };
}

/** The result of an inventory that is only saved. */
export function saved(inventory: Inventory): DataResult {
  const collections = inventory.collections.map((collection): CollectionResult => {
    const rows = wasRead(collection.rows) ? collection.rows.value.count : null;
    return { name: nameCollection(collection), rowsBefore: null, rowsAfter: rows, compared: [], state: 'saved' };
  });
  return { ...NOTHING, state: 'saved', api: inventory.api, collections };
}

/** The first entries, and the number of the others. */
export function listed(entries: readonly string[]): string {
  const more = entries.length - MAX_NAMED;
  return `${entries.slice(0, MAX_NAMED).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
