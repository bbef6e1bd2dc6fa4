// A service of Milvus as a component.
import { describe, expect, it } from '@jest/globals';
import { isUp, isWell, readComponent } from '../../../src/core/compose/components.js';
import type { ContainerSeen } from '../../../src/core/compose/containers.js';
import type { Health } from '../../../src/core/compose/seen.js';
import { containerSeen, NEW, OLD, serviceSeen } from '../../fakes/containers.js';

const ok: Health = { state: 'ok', because: '' };
const notYet: Health = { state: 'not-yet', because: 'its port is not open' };
const unknown: Health = { state: 'unknown', because: '' };

describe('a container', () => {
  it.each<[ContainerSeen['state'], boolean]>([
    ['running', true],
    ['restarting', true],
    ['paused', true],
    ['created', false],
    ['removing', false],
    ['exited', false],
    ['dead', false],
  ])('that is %s is there to stay or is not', (state, expected) => {
    expect(isUp(containerSeen({ state }))).toBe(expected);
  });

  it.each<[string, Partial<ContainerSeen>, Health | undefined, boolean]>([
    ['answers', { health: 'unhealthy' }, ok, true],
    ['does not answer, though Docker says healthy', { health: 'healthy' }, notYet, false],
    ['nobody could ask and Docker calls healthy', { health: 'healthy' }, unknown, true],
    ['nobody asked and has no health check', { health: 'none' }, undefined, true],
    ['nobody asked and Docker still waits for', { health: 'starting' }, undefined, false],
    ['answered before it ended', { state: 'exited' }, ok, false],
    ['is paused', { state: 'paused' }, ok, false],
  ])('that %s is well or is not', (_, said, health, expected) => {
    expect(isWell(containerSeen(said), health)).toBe(expected);
  });
});

describe('the component of a service', () => {
  it('counts the containers that are there, the new ones and the ones that are well', () => {
    const containers = [
      containerSeen({ id: 'a', image: NEW }),
      containerSeen({ id: 'b', image: OLD }),
      containerSeen({ id: 'c', image: OLD, state: 'exited', exitCode: 0 }),
      containerSeen({ id: 'd', image: OLD, state: 'removing' }),
    ];
    const seen = readComponent(serviceSeen({ image: NEW, containers }), { a: notYet, b: ok });
    expect(seen).toMatchObject({ wanted: 2, updated: 1, ready: 1, available: 1, outdated: 1, terminating: 1, templateImage: NEW, podImages: [NEW, OLD] });
    expect(seen.pods?.map((each) => each.isNew)).toEqual([true, false]);
    expect(seen.waiting).toEqual([{ pod: 'milvus-standalone', reason: 'NotReady', message: 'its port is not open' }]);
  });

  it.each<[string, Partial<ContainerSeen>, string]>([
    ['ended badly', { state: 'exited', exitCode: 134 }, 'Exited'],
    ['was killed for its memory', { state: 'exited', exitCode: 137, oomKilled: true }, 'OOMKilled'],
    ['is started again and again', { state: 'restarting', exitCode: 1 }, 'Restarting'],
    ['fails its health check', { health: 'unhealthy', healthSaid: 'curl: refused' }, 'Unhealthy'],
  ])('tells that a container %s', (_, said, reason) => {
    expect(readComponent(serviceSeen({ containers: [containerSeen(said)] }), {}).waiting.map((each) => each.reason)).toEqual([reason]);
  });

  it('tells nothing of one that was ended by hand', () => {
    expect(readComponent(serviceSeen({ containers: [containerSeen({ state: 'exited', exitCode: 0 })] }), {}).waiting).toEqual([]);
  });

  it('is another one once a container was started again, so that a backup of before no longer counts', () => {
    const at = (startedAt: string): number | undefined => readComponent(serviceSeen({ containers: [containerSeen({ startedAt })] }), {}).generation;
    expect(at('2026-01-01T00:00:01.000Z')).not.toBe(at('2026-01-01T00:00:00.000Z'));
    expect(readComponent(serviceSeen({ containers: [] }), {}).generation).toBe(0);
  });

  it('says that a container is paused', () => {
    expect(readComponent(serviceSeen({ containers: [containerSeen({ state: 'paused' })] }), {}).paused).toBe(true);
  });

  it('takes the first address that a container has', () => {
    const containers = [containerSeen({ networks: { late: '', milvus: '172.18.0.9' } })];
    expect(readComponent(serviceSeen({ containers }), {}).pods?.[0]?.address).toBe('172.18.0.9');
  });
});
