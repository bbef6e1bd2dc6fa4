import { describe, expect, it } from '@jest/globals';
import { evaluateQuotas } from '../../src/core/checks/quota.js';
import { asRolled, evaluateOneByOne, surgeOf, unavailableOf } from '../../src/core/workloads.js';
import { workload } from '../fakes/objects.js';

describe('what a rolling upgrade needs room for', () => {
  const written = [
    workload('rootcoord', { strategy: { type: 'Recreate' } }),
    workload('querynode', { replicas: 4, strategy: { rollingUpdate: { maxUnavailable: 2 } } }),
  ];

  it('is one pod more, and none missing, whatever the chart writes', () => {
    for (const each of asRolled(written)) expect([surgeOf(each, each.replicas ?? 0), unavailableOf(each, each.replicas ?? 0)]).toEqual([1, 0]);
  });

  it.each([
    [1, 1],
    [2, 2],
    [5, 1],
  ])('is, for %i proxies, %i more', (replicas, more) => {
    const [proxy] = asRolled([workload('proxy', { replicas })]);
    expect(surgeOf(proxy!, replicas)).toBe(more);
  });

  it('is asked for one Deployment after the other: a quota that has one pod left is enough, one that has none is not', () => {
    const quota = (used: number) => [{ name: 'pods', hard: { pods: 6 }, used: { pods: used } }];
    const evaluated = (used: number): string[] => evaluateOneByOne(asRolled(written), (each) => evaluateQuotas(quota(used), each)).map(({ state }) => state);
    expect(evaluated(5)).toEqual(['pass']);
    expect(evaluated(6)).toEqual(['fail']);
  });
});
