// Why containers do not become ready.
import { describe, expect, it } from '@jest/globals';
import { findCauses } from '../../../../src/core/compose/causes.js';
import type { ContainerObservation } from '../../../../src/core/compose/containers.js';
import { containerObservation, projectObservation, serviceObservation } from '../../../support/containers.js';

const causes = (said: Partial<ContainerObservation>, started = ['standalone']): ReturnType<typeof findCauses> =>
  findCauses(
    projectObservation({
      started,
      services: [serviceObservation({ containers: [containerObservation(said)] })],
      lastOutput: { c1: 'panic: no etcd' },
    }),
  );

describe('a container that', () => {
  it.each<[string, Partial<ContainerObservation>, string, boolean]>([
    ['exited with an error', { state: 'exited', exitCode: 134 }, 'CRASH_LOOP', true],
    ['exited without an error', { state: 'exited' }, 'CRASH_LOOP', true],
    ['was OOM-killed', { state: 'exited', exitCode: 137, oomKilled: true }, 'OOM_KILLED', true],
    ['restarts for the first time', { state: 'restarting', restarts: 1 }, 'CRASH_LOOP', false],
    ['restarts for the third time', { state: 'restarting', restarts: 3 }, 'CRASH_LOOP', true],
    ['runs after a restart', { restarts: 2 }, 'CRASH_LOOP', false],
    ['fails its health check', { health: 'unhealthy', healthOutput: 'curl: refused' }, 'PROBE_FAILING', false],
  ])('%s has a cause', (_, said, code, certain) => {
    expect(causes(said)).toMatchObject([{ code, certain, deployment: 'standalone', pod: 'milvus-standalone' }]);
  });

  it.each<[string, Partial<ContainerObservation>]>([
    ['runs', {}],
    ['was created and not started', { state: 'created' }],
    ['is starting', { health: 'starting' }],
  ])('%s has no cause', (_, said) => {
    expect(causes(said)).toEqual([]);
  });

  it('exited before this run began has no cause', () => {
    expect(causes({ state: 'exited', exitCode: 1 }, [])).toEqual([]);
  });

  it('is not part of Milvus has no cause', () => {
    const service = serviceObservation({
      role: '',
      containers: [containerObservation({ state: 'exited', exitCode: 1 })],
    });
    expect(findCauses(projectObservation({ started: ['standalone'], services: [service] }))).toEqual([]);
  });

  it('has printed a log has a cause with its last lines and a hint for Compose', () => {
    const [cause] = causes({ state: 'restarting', restarts: 2, exitCode: 1 });
    expect(cause?.evidence).toBe('it exited with code 1, 2 restarts: panic: no etcd');
    expect(cause?.hint).toContain('docker compose logs');
  });
});
