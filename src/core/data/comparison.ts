// The result of comparing two inventories: what differs, what could not be verified, and what was not part of the
// comparison. Data only.

export interface Difference {
  /** Such as `collection facts`, or `access control`. */
  readonly where: string;
  readonly what: string;
  /**
   * True for what may still return while Milvus loads its collections after a restart: loaded state, rows and search
   * results.
   */
  readonly mayRecover: boolean;
}

export type DataState = 'verified' | 'differs' | 'not-verified';

export interface CollectionResult {
  readonly name: string;
  readonly rowsBefore: number | null;
  readonly rowsAfter: number | null;
  /** What was compared, such as `schema`, `rows` and `search`. */
  readonly compared: readonly string[];
  readonly state: DataState | 'saved';
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** What was read before and could not be compared now. */
  readonly unverified: readonly Difference[];
  /** What was not part of the comparison, with the reason. */
  readonly limits: readonly string[];
  readonly collections: readonly CollectionResult[];
}

export function stateOf({ differences, unverified }: Pick<Comparison, 'differences' | 'unverified'>): DataState {
  if (differences.length > 0) return 'differs';
  return unverified.length > 0 ? 'not-verified' : 'verified';
}

/** True if every difference may disappear while Milvus loads its collections. */
export function mayRecover({ differences, unverified }: Comparison): boolean {
  const open = [...differences, ...unverified];
  return open.length > 0 && open.every((difference) => difference.mayRecover);
}

export function describeDifference({ where, what }: Difference): string {
  return `${where}: ${what}`;
}
