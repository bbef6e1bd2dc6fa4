// The shape of the collection of the write probe.

export const PROBE_KEY = 'id';
export const PROBE_VECTOR = 'vector';
export const PROBE_DIMENSION = 4;
export const PROBE_METRIC = 'L2';

export interface ProbeRow {
  readonly id: number;
  /** Has PROBE_DIMENSION numbers. */
  readonly vector: readonly number[];
}
