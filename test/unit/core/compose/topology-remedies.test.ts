// Remedies for the topology of a cluster in Docker Compose, with its services and commands.
import { describe, expect, it } from '@jest/globals';
import { planProjectUpgrade } from '../../../../src/core/compose/plan.js';
import { findProjectRoute } from '../../../../src/core/compose/route.js';
import type { ServiceObservation } from '../../../../src/core/compose/observation.js';
import { composeConfig } from '../../../support/configs.js';
import {
  containerObservation,
  observationOfProject,
  projectObservation,
  serviceObservation,
} from '../../../support/containers.js';

function service(name: string, role: string, release: string): ServiceObservation {
  const image = `milvusdb/milvus:v${release}`;
  return serviceObservation({
    name,
    role,
    image,
    containers: [containerObservation({ id: name, service: name, image })],
  });
}

/** The remedy of `topology-first` for services with these roles; the name of a service is `m-<role>`. */
function remedyFor(roles: readonly string[], release: string, target: string): string {
  const project = projectObservation({ services: roles.map((role) => service(`m-${role}`, role, release)) });
  const [config, observation] = [composeConfig({ 'target-version': target }), observationOfProject(project)];
  const route = findProjectRoute(config, observation);
  if (!route) throw new Error('the running version is unknown');
  const { failedChecks } = planProjectUpgrade(config, observation, route);
  return failedChecks.find(({ id }) => id === 'topology-first')?.remedy ?? '';
}

describe('the remedy of topology-first', () => {
  it('names the coordinators to stop and the service to add before 2.6', () => {
    const remedy = remedyFor(['rootcoord', 'datacoord', 'querycoord', 'indexcoord', 'proxy'], '2.5.27', '2.6.15');
    expect(remedy).toContain('docker compose stop m-rootcoord m-datacoord m-querycoord m-indexcoord');
    expect(remedy).toContain('command: milvus run mixcoord');
    expect(remedy).not.toMatch(/streamingnode|Coordinator\.enabled|Deployment/);
  });

  it('names the streaming node to add and the index nodes to stop before 3.0', () => {
    const remedy = remedyFor(['mixcoord', 'proxy', 'indexnode'], '2.6.20', '3.0.0');
    expect(remedy).toContain('command: milvus run streamingnode');
    expect(remedy).toContain('docker compose stop m-indexnode');
    expect(remedy).not.toMatch(/mixcoord|indexNode\.enabled|Deployment/);
  });
});
