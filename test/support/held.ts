// The annotations that a rolling upgrade writes on a Deployment, for tests.
import type { PauseRecord, PauseState } from '../../src/core/rolling/pause-record.js';

export function heldFor(to: string, state: PauseState, earlier: PauseRecord | null = null): PauseRecord {
  const at = '2026-01-01T00:00:00.000Z';
  const before = {
    paused: false,
    minReadySeconds: 0,
    strategy: { type: 'Recreate' },
    resourcePolicy: '',
    replicas: 1,
    image: 'milvusdb/milvus:v2.2.12',
    revision: 1,
  };
  return {
    state,
    to,
    run: 'acme.milvus.42.1',
    since: at,
    changedAt: at,
    before,
    ...(earlier ? { before: earlier.before } : {}),
  };
}
