// The patches that must not run again after a newer patch of the same minor version. Rows only; paths.ts reads them.
import type { MessageQueue } from '../model/shared-observation.js';
import type { VersionRange } from './charts.js';

interface BlockedPatchRow {
  readonly older: VersionRange;
  readonly queues: readonly MessageQueue[];
  readonly why: string;
  readonly source: string;
}

export const BLOCKED_PATCHES: readonly BlockedPatchRow[] = [
  {
    older: { from: '3.0.0', before: '3.0.1' },
    queues: ['woodpecker'],
    why: 'with Woodpecker, 3.0.0 has ready pods after a newer 3.0, but count and query time out',
    source: 'milvus-io/milvus#52341; milvus-io/milvus#52903; milvus-io/milvus#52904',
  },
];
