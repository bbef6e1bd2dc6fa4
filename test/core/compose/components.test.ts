// A service of Milvus as a component.
import { describe, expect, it } from '@jest/globals';
import { isUp, isWell, readComponent } from '../../../src/core/compose/components.js';
import type { ContainerObservation } from '../../../src/core/compose/containers.js';
import type { Health } from '../../../src/core/compose/seen.js';
import { containerObservation, NEW, OLD, serviceObservation } from '../../fakes/containers.js';

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
  ])('that is %s is there to stay or is not', (state, expected) => {
    expect(isUp(containerObservation({ state }))).toBe(expected);
  });

  it.each<[string, Partial<ContainerObservation>, Health | undefined, boolean]>([
    ['answers', { health: 'unhealthy' }, ok, true],
    ['does not answer, though Docker says healthy', { health: 'healthy' }, notYet, false],
    ['nobody could ask and Docker calls healthy', { health: 'healthy' }, unknown, true],
    ['nobody asked and has no health check', { health: 'none' }, undefined, true],
    ['nobody asked and Docker still waits for', { health: 'starting' }, undefined, false],
    ['answered before it ended', { state: 'exited' }, ok, false],
    ['is paused', { state: 'paused' }, ok, false],
  ])('that %s is well or is not', (_, said, health, expected) => {
    expect(isWell(containerObservation(said), health)).toBe(expected);
  });
});

describe('the component of a service', () => {
  it('counts the containers that are there, the new ones and the ones that are well', () => {
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
    expect(observation.pods?.map((each) => each.isNew)).toEqual([true, false]);
    expect(observation.waiting).toEqual([{ pod: 'milvus-standalone', reason: 'NotReady', message: 'its port is not open' }]);
  });

  it.each<[string, Partial<ContainerObservation>, string]>([
    ['ended badly', { state: 'exited', exitCode: 134 }, 'Exited'],
    ['was killed for its memory', { state: 'exited', exitCode: 137, oomKilled: true }, 'OOMKilled'],
    ['is started again and again', { state: 'restarting', exitCode: 1 }, 'Restarting'],
    ['fails its health check', { health: 'unhealthy', healthSaid: 'curl: refused' }, 'Unhealthy'],
  ])('tells that a container %s', (_, said, reason) => {
    expect(readComponent(serviceObservation({ containers: [containerObservation(said)] }), {}).waiting.map((each) => each.reason)).toEqual([reason]);
  });

  it('tells nothing of one that was ended by hand', () => {
    expect(readComponent(serviceObservation({ containers: [containerObservation({ state: 'exited', exitCode: 0 })] }), {}).waiting).toEqual([]);
  });

  it('is another one once a container was started again, so that a backup of before no longer counts', () => {
    const at = (startedAt: string): number | undefined =>
      readComponent(serviceObservation({ containers: [containerObservation({ startedAt })] }), {}).generation;
    expect(at('2026-01-01T00:00:01.000Z')).not.toBe(at('2026-01-01T00:00:00.000Z'));
    expect(readComponent(serviceObservation({ containers: [] }), {}).generation).toBe(0);
  });

  it('says that a container is paused', () => {
    expect(readComponent(serviceObservation({ containers: [containerObservation({ state: 'paused' })] }), {}).paused).toBe(true);
  });

  it('takes the first address that a container has', () => {
    const containers = [containerObservation({ networks: { late: '', milvus: '172.18.0.9' } })];
    expect(readComponent(serviceObservation({ containers }), {}).pods?.[0]?.address).toBe('172.18.0.9');
  });
});
