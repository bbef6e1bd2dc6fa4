// A Milvus service as a component.
import { describe, expect, it } from '@jest/globals';
import { isUp, isWell, readComponent } from '../../../../src/core/compose/components.js';
import type { ContainerObservation } from '../../../../src/core/compose/containers.js';
import type { Health } from '../../../../src/core/compose/observation.js';
import { containerObservation, NEW, OLD, serviceObservation } from '../../../support/containers.js';

const ok: Health = { state: 'ok', reason: '' };
const notYet: Health = { state: 'not-yet', reason: 'its port is not open' };
const unknown: Health = { state: 'unknown', reason: '' };

describe('a container', () => {
  it.each<[ContainerObservation['state'], boolean]>([
    ['running', true],
    ['restarting', true],
    ['paused', true],
    ['created', false],
    ['removing', false],
    ['exited', false],
    ['dead', false],
  ])('in the state %s counts as up: %s', (state, expected) => {
    expect(isUp(containerObservation({ state }))).toBe(expected);
  });

  it.each<[string, Partial<ContainerObservation>, Health | undefined, boolean]>([
    ['responds', { health: 'unhealthy' }, ok, true],
    ['does not respond, although Docker reports it as healthy', { health: 'healthy' }, notYet, false],
    ['has an unknown health, and Docker reports it as healthy', { health: 'healthy' }, unknown, true],
    ['was not queried and has no health check', { health: 'none' }, undefined, true],
    ['was not queried, and its health check is starting', { health: 'starting' }, undefined, false],
    ['responded before it exited', { state: 'exited' }, ok, false],
    ['is paused', { state: 'paused' }, ok, false],
  ])('that %s is evaluated by its state, response and health check', (_, said, health, expected) => {
    expect(isWell(containerObservation(said), health)).toBe(expected);
  });
});

describe('the component of a service', () => {
  it('counts the existing, the new and the healthy containers', () => {
    const containers = [
      containerObservation({ id: 'a', image: NEW }),
      containerObservation({ id: 'b', image: OLD }),
      containerObservation({ id: 'c', image: OLD, state: 'exited', exitCode: 0 }),
      containerObservation({ id: 'd', image: OLD, state: 'removing' }),
    ];
    const observation = readComponent(serviceObservation({ image: NEW, containers }), { a: notYet, b: ok });
    expect(observation).toMatchObject({
      desired: 2,
      updated: 1,
      ready: 1,
      available: 1,
      outdated: 1,
      terminating: 1,
      templateImage: NEW,
      podImages: [NEW, OLD],
    });
    expect(observation.pods?.map((pod) => pod.isNew)).toEqual([true, false]);
    expect(observation.waiting).toEqual([
      { pod: 'milvus-standalone', reason: 'NotReady', message: 'its port is not open' },
    ]);
  });

  it.each<[string, Partial<ContainerObservation>, string]>([
    ['exited with an error', { state: 'exited', exitCode: 134 }, 'Exited'],
    ['was OOM-killed', { state: 'exited', exitCode: 137, oomKilled: true }, 'OOMKilled'],
    ['restarts repeatedly', { state: 'restarting', exitCode: 1 }, 'Restarting'],
    ['fails its health check', { health: 'unhealthy', healthOutput: 'curl: refused' }, 'Unhealthy'],
  ])('reports that a container %s', (_, said, reason) => {
    expect(
      readComponent(serviceObservation({ containers: [containerObservation(said)] }), {}).waiting.map(
        (entry) => entry.reason,
      ),
    ).toEqual([reason]);
  });

  it('does not report a container that was stopped manually', () => {
    expect(
      readComponent(serviceObservation({ containers: [containerObservation({ state: 'exited', exitCode: 0 })] }), {})
        .waiting,
    ).toEqual([]);
  });

  it('has another generation once a container was started again, so that an earlier backup is no longer valid', () => {
    const at = (startedAt: string): number | undefined =>
      readComponent(serviceObservation({ containers: [containerObservation({ startedAt })] }), {}).generation;
    expect(at('2026-01-01T00:00:01.000Z')).not.toBe(at('2026-01-01T00:00:00.000Z'));
    expect(readComponent(serviceObservation({ containers: [] }), {}).generation).toBe(0);
  });

  it('reports that a container is paused', () => {
    expect(
      readComponent(serviceObservation({ containers: [containerObservation({ state: 'paused' })] }), {}).paused,
    ).toBe(true);
  });

  it('uses the first address of a container', () => {
    const containers = [containerObservation({ networks: { late: '', milvus: '172.18.0.9' } })];
    expect(readComponent(serviceObservation({ containers }), {}).pods?.[0]?.address).toBe('172.18.0.9');
  });
});
