// Assertions on the namespace after a rolling upgrade.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { get, helm, kubectl, type Place } from './place.js';

/** Asserts that every live object matches the newest revision of Helm, and that nothing is paused. */
export function expectNoDrift(place: Pick<Place, 'namespace' | 'env'>): void {
  const directory = mkdtempSync(join(tmpdir(), 'manifest-'));
  try {
    const manifest = join(directory, 'manifest.yaml');
    writeFileSync(manifest, helm(place, 'get', 'manifest', 'my'));
    // Exits with 1 if anything differs.
    expect(kubectl(place, '-n', place.namespace, 'diff', '-f', manifest)).toBe('');
  } finally {
    rmSync(directory, { recursive: true });
  }
  expect(
    get(
      place,
      'deployments',
      '{.metadata.annotations.milvus-upgrade/rolling}{.metadata.annotations.helm\\.sh/resource-policy}{.spec.paused}',
    ),
  ).toBe('');
  expect(get(place, 'deployments', '{.spec.minReadySeconds}')).toBe('');
}

/** Ready pods of each Milvus Deployment. */
export function serving(place: Place): number[] {
  return get(place, 'deployments', '{.status.readyReplicas}', '-l', 'component').split('\n').map(Number);
}
