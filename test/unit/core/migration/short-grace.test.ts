import { describe, expect, it } from '@jest/globals';
import type { MilvusPod } from '../../../../src/core/model/component.js';
import { podsToShorten } from '../../../../src/core/migration/short-grace.js';
import { component } from '../../../support/events.js';

const pod = (name: string, more: Partial<MilvusPod> = {}): MilvusPod => ({
  ...{ name, address: '10.0.0.1', isNew: true, ready: false, readySince: '', terminating: true, graceSeconds: 30 },
  ...more,
});
const stopping = (role: string, ...pods: MilvusPod[]): ReturnType<typeof component> =>
  component(role, { desired: 0, pods });
const names = (...components: ReturnType<typeof component>[]): string[] =>
  podsToShorten({ components }).map(({ name }) => name);

describe('the pods of a stopping Milvus that get a short grace period', () => {
  it('are those of proxies, query nodes and index nodes', () => {
    const roles = [
      'proxy',
      'querynode',
      'indexnode',
      'datanode',
      'streamingnode',
      'rootcoord',
      'mixcoord',
      'standalone',
    ];
    expect(names(...roles.map((role) => stopping(role, pod(role))))).toEqual(['proxy', 'querynode', 'indexnode']);
  });

  it.each<[string, Partial<MilvusPod>]>([
    ['are not removed yet', { terminating: false, graceSeconds: undefined as never }],
    ['have ended', { ended: true }],
    ['have a short grace period already', { graceSeconds: 5 }],
    ['are removed by force', { graceSeconds: 0 }],
  ])('are not those that %s', (_, more) => {
    expect(names(stopping('querynode', pod('q', more)))).toEqual([]);
  });

  it('are not those of a Deployment that was not stopped', () => {
    expect(names(component('querynode', { desired: 1, pods: [pod('q')] }))).toEqual([]);
  });
});
