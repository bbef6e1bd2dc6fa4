// The observation of each platform: a settled installation, with the overrides of a test.
import type { ComposeObservation, ProjectObservation } from '../../src/core/compose/observation.js';
import type { HelmObservation } from '../../src/core/helm/observation.js';
import type { SharedObservation } from '../../src/core/model/shared-observation.js';

const SETTLED: Omit<SharedObservation, 'migration'> = {
  takenAt: '2026-01-01T00:00:00.000Z',
  components: [],
  causes: [],
  topology: 'separate-coordinators',
  messageQueue: 'kafka',
  metastore: 'etcd',
  etcd: { endpoints: ['etcd:2379'], rootPath: 'by-dev' },
};

export function helmObservation(over: Partial<HelmObservation> = {}): HelmObservation {
  return { ...SETTLED, release: null, ...over, platform: 'helm' };
}

export function composeObservation(
  project: ProjectObservation,
  over: Partial<ComposeObservation> = {},
): ComposeObservation {
  return { ...SETTLED, topology: 'standalone', messageQueue: 'rocksmq', project, ...over, platform: 'compose' };
}
