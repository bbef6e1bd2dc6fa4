// Why containers do not come through.
import { describe, expect, it } from '@jest/globals';
import { findCauses } from '../../../src/core/compose/causes.js';
import type { ContainerObservation } from '../../../src/core/compose/containers.js';
import { containerObservation, projectObservation, serviceObservation } from '../../fakes/containers.js';

const causes = (said: Partial<ContainerObservation>, started = ['standalone']): ReturnType<typeof findCauses> =>
  findCauses(
    projectObservation({ started, services: [serviceObservation({ containers: [containerObservation(said)] })], lastOutput: { c1: 'panic: no etcd' } }),
  );

describe('the cause of a container that', () => {
  it.each<[string, Partial<ContainerObservation>, string, boolean]>([
    ['has ended', { state: 'exited', exitCode: 134 }, 'CRASH_LOOP', true],
    ['has ended without an error', { state: 'exited' }, 'CRASH_LOOP', true],
    ['was killed for its memory', { state: 'exited', exitCode: 137, oomKilled: true }, 'OOM_KILLED', true],
    ['restarts for the first time', { state: 'restarting', restarts: 1 }, 'CRASH_LOOP', false],
    ['restarts for the third time', { state: 'restarting', restarts: 3 }, 'CRASH_LOOP', true],
    ['runs after a restart', { restarts: 2 }, 'CRASH_LOOP', false],
    ['fails its health check', { health: 'unhealthy', healthSaid: 'curl: refused' }, 'PROBE_FAILING', false],
  ])('%s is told', (_, said, code, certain) => {
    expect(causes(said)).toMatchObject([{ code, certain, deployment: 'standalone', pod: 'milvus-standalone' }]);
  });

  it.each<[string, Partial<ContainerObservation>]>([
    ['runs', {}],
    ['was only made', { state: 'created' }],
    ['is starting', { health: 'starting' }],
  ])('%s is none', (_, said) => {
    expect(causes(said)).toEqual([]);
  });

  it('ended before this run began is none', () => {
    expect(causes({ state: 'exited', exitCode: 1 }, [])).toEqual([]);
  });

  it('is no Milvus is none', () => {
    const service = serviceObservation({ role: '', containers: [containerObservation({ state: 'exited', exitCode: 1 })] });
    expect(findCauses(projectObservation({ started: ['standalone'], services: [service] }))).toEqual([]);
  });

  it('has said something comes with its last words, and with a hint for Compose', () => {
    const [cause] = causes({ state: 'restarting', restarts: 2, exitCode: 1 });
    expect(cause?.evidence).toBe('it ended with exit code 1, 2 restarts: panic: no etcd');
    expect(cause?.hint).toContain('docker compose logs');
  });
});
