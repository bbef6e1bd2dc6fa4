// What a test of a rolling upgrade asks of its place afterwards.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { get, helm, kubectl, type Place } from './place.js';

/** Every live object is as Helm's newest revision has it, and nothing is held. */
export function expectNoDrift(place: Pick<Place, 'namespace' | 'env'>): void {
  const directory = mkdtempSync(join(tmpdir(), 'manifest-'));
  try {
    const manifest = join(directory, 'manifest.yaml');
    writeFileSync(manifest, helm(place, 'get', 'manifest', 'my'));
    // Exits with 1 where anything differs.
    expect(kubectl(place, '-n', place.namespace, 'diff', '-f', manifest)).toBe('');
  } finally {
    rmSync(directory, { recursive: true });
  }
  expect(get(place, 'deployments', '{.metadata.annotations.milvus-upgrade/rolling}{.metadata.annotations.helm\\.sh/resource-policy}{.spec.paused}')).toBe('');
  expect(get(place, 'deployments', '{.spec.minReadySeconds}')).toBe('');
}

/** Ready pods of each Milvus Deployment. */
export function serving(place: Place): number[] {
  return get(place, 'deployments', '{.status.readyReplicas}', '-l', 'component').split('\n').map(Number);
}
