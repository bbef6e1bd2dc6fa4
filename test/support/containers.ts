// Builders for containers, services and projects: a healthy Milvus 2.2.12, with the overrides of a test.
import type { ContainerObservation } from '../../src/core/compose/containers.js';
import type { ComposeObservation, ProjectObservation, ServiceObservation } from '../../src/core/compose/observation.js';
import { readComponent } from '../../src/core/compose/components.js';
import { findCauses } from '../../src/core/compose/causes.js';
import { milvusServices } from '../../src/core/compose/observation.js';
import { topologyOf } from '../../src/core/model/milvus-configuration.js';
import { SecretValues } from '../../src/core/model/values.js';
import { composeObservation } from './observations.js';

export const OLD = 'milvusdb/milvus:v2.2.12';
export const NEW = 'milvusdb/milvus:v2.2.16';

export function containerObservation(overrides: Partial<ContainerObservation> = {}): ContainerObservation {
  return {
    id: 'c1',
    name: 'milvus-standalone',
    service: 'standalone',
    number: 1,
    image: OLD,
    imageId: 'sha256:1',
    state: 'running',
    health: 'healthy',
    healthOutput: '',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '',
    exitCode: 0,
    oomKilled: false,
    restarts: 0,
    networks: { milvus: '172.18.0.4' },
    mounts: [],
    environment: new SecretValues({}),
    labels: {},
    setup: { entrypoint: [], command: ['milvus', 'run', 'standalone'], networkMode: 'milvus' },
    ...overrides,
  };
}

export function serviceObservation(overrides: Partial<ServiceObservation> = {}): ServiceObservation {
  return {
    name: 'standalone',
    role: 'standalone',
    image: OLD,
    containerName: '',
    environment: new SecretValues({}),
    mounts: {},
    writes: [],
    dependsOn: [],
    graceSeconds: 10,
    setup: {
      entrypoint: null,
      command: ['milvus', 'run', 'standalone'],
      networkMode: '',
      networks: ['milvus'],
      user: '',
      build: '',
    },
    containers: [containerObservation()],
    ...overrides,
  };
}

export function projectObservation(overrides: Partial<ProjectObservation> = {}): ProjectObservation {
  return {
    name: 'milvus',
    directory: '/srv/milvus',
    files: [],
    environment: new SecretValues({}),
    services: [serviceObservation()],
    upgradeState: null,
    health: {},
    answer: { state: 'unknown', reason: '' },
    started: [],
    lastOutput: {},
    ...overrides,
  };
}

/** An observation of the project. */
export function observationOfProject(
  project: ProjectObservation,
  overrides: Partial<ComposeObservation> = {},
): ComposeObservation {
  const components = milvusServices(project).map((service) => readComponent(service, project.health));
  return composeObservation(project, {
    components,
    causes: findCauses(project),
    topology: topologyOf(components),
    ...overrides,
  });
}
