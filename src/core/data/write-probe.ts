// The write probe: whether Milvus accepts and finds new rows, and how many queries succeed during the run. Pure.
import { fail } from '../checks/results.js';
import type { CheckResult } from '../model/check-result.js';
import { UpgradeError } from '../model/error.js';

/** Rows were written to a collection of the probe, found by a search, and dropped again. */
export interface ProbedWrite {
  /** The version that ran. */
  readonly version: string;
  /** @minimum 0 */
  readonly tookSeconds: number;
}

/** The queries that were sent twice a second from before the first change until the end of the run. */
export interface QueryCount {
  /** What was queried, for example `one row of products`. */
  readonly what: string;
  /**
   * @minimum 0
   * @asType integer
   */
  readonly calls: number;
  /**
   * @minimum 0
   * @asType integer
   */
  readonly failed: number;
  /**
   * The longest time between two successful responses.
   *
   * @minimum 0
   */
  readonly longestGapSeconds: number;
  /** Why the last one that failed did so; empty if none did. */
  readonly lastFailure: string;
}

export interface WriteProbeResult {
  readonly writes: readonly ProbedWrite[];
  /** Null if no change was made, or if the run was killed. */
  readonly queries: QueryCount | null;
}

/** Between 0 and 1; 1 if no query was sent. */
export function successRate({ calls, failed }: Pick<QueryCount, 'calls' | 'failed'>): number {
  return calls === 0 ? 1 : (calls - failed) / calls;
}

/** Rounded down, so that 100 % means that no query failed. */
export function formatRate(count: Pick<QueryCount, 'calls' | 'failed'>): string {
  return `${Math.floor(successRate(count) * 1000) / 10} %`;
}

const COLLECTION = /^milvus_upgrade_probe_[0-9a-f]{8}$/;

/** The name of the temporary collection; `id` has eight hexadecimal digits. */
export function probeCollection(id: string): string {
  return `milvus_upgrade_probe_${id}`;
}

/** Whether a write probe has created it. */
export function isProbeCollection(name: string): boolean {
  return COLLECTION.test(name);
}

/** The failed check that refuses the run before the first change. */
export function unwritable(reason: string): CheckResult {
  return fail(
    'write-probe',
    `the write probe failed before the upgrade: ${reason}`,
    'Set `milvus-token` to a user that may create and drop collections in the database `default`, and `milvus-address` if Milvus is reached at another address. Or set `write-probe: false`.',
    'the answer of Milvus',
  );
}

export function writesFailed(version: string, reason: string): UpgradeError {
  return new UpgradeError({
    code: 'write-probe-failed',
    what: `Milvus ${version} runs, but it does not accept and find new rows`,
    why: reason,
    remedy:
      'Read the logs of the proxy, the data nodes and the coordinators, and check the message queue and the object storage. The action cannot repeat the probe without an upgrade: insert and search rows with a client.',
  });
}
