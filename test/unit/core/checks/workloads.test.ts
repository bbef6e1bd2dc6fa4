import { describe, expect, it } from '@jest/globals';
import { evaluateQuotas } from '../../../../src/core/checks/quota.js';
import { asRolled, evaluateOneByOne, surgeOf, unavailableOf } from '../../../../src/core/checks/workloads.js';
import { workload } from '../../../support/objects.js';

describe('the capacity for a rolling upgrade', () => {
  const written = [
    workload('rootcoord', { strategy: { type: 'Recreate' } }),
    workload('querynode', { replicas: 4, strategy: { rollingUpdate: { maxUnavailable: 2 } } }),
  ];

  it('is one additional pod, with no unavailable pod, whatever the chart sets', () => {
    for (const each of asRolled(written))
      expect([surgeOf(each, each.replicas ?? 0), unavailableOf(each, each.replicas ?? 0)]).toEqual([1, 0]);
  });

  it.each([
    [1, 1],
    [2, 2],
    [5, 1],
  ])('is for %i proxies %i additional pods', (replicas, more) => {
    const [proxy] = asRolled([workload('proxy', { replicas })]);
    expect(surgeOf(proxy!, replicas)).toBe(more);
  });

  it('is needed for one Deployment at a time: a quota with one free pod is sufficient, one without is not', () => {
    const quota = (used: number) => [{ name: 'pods', hard: { pods: 6 }, used: { pods: used } }];
    const evaluated = (used: number): string[] =>
      evaluateOneByOne(asRolled(written), (workloads) => evaluateQuotas(quota(used), workloads)).map(
        ({ state }) => state,
      );
    expect(evaluated(5)).toEqual(['pass']);
    expect(evaluated(6)).toEqual(['fail']);
  });
});
