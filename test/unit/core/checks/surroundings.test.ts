// The checks of replicas, autoscalers, disruption budgets, quotas and nodes.
import { describe, expect, it } from '@jest/globals';
import { evaluateAutoscalers } from '../../../../src/core/checks/autoscaling.js';
import { evaluateDisruptionBudgets } from '../../../../src/core/checks/disruption.js';
import { evaluateNodeRoom, type NodeRoom } from '../../../../src/core/checks/node-room.js';
import { evaluateQuotas } from '../../../../src/core/checks/quota.js';
import { evaluateReplicas } from '../../../../src/core/checks/replicas.js';
import { workload } from '../../../support/objects.js';

const GI = 1024 ** 3;

describe('the check autoscaler', () => {
  const hpa = { name: 'q', target: 'my-milvus-querynode', least: 1, most: 9, scaledObject: '' };
  it.each([
    ['no autoscaler', [], 'pass', 'no autoscaler'],
    ['an autoscaler of another Deployment', [{ ...hpa, target: 'web' }], 'pass', ''],
    ['an HPA', [hpa], 'warn', 'my-milvus-querynode (HPA q, 1 to 9)'],
    ['an autoscaler of KEDA', [{ ...hpa, scaledObject: 'so' }], 'warn', 'KEDA ScaledObject so'],
  ])('returns the expected result for %s', (_, found, state, words) => {
    const [finding] = evaluateAutoscalers(found, [workload('querynode')]);
    expect(finding?.state).toBe(state);
    expect(finding?.reason).toContain(words);
  });

  it('reports a conflict only if the chart also sets a replica count', () => {
    expect(evaluateAutoscalers([hpa], [workload('querynode', { replicas: 2 })])[0]?.reason).toContain(
      'overwrite each other',
    );
    expect(evaluateAutoscalers([hpa], [workload('querynode', { replicas: null })])[0]?.reason).not.toContain(
      'overwrite each other',
    );
  });
});

describe('the check disruption-budget', () => {
  it.each([
    [{ name: 'b', roles: ['proxy'], allowed: 0 }, 'warn'],
    [{ name: 'b', roles: ['proxy'], allowed: 1 }, 'pass'],
    [{ name: 'etcd', roles: [], allowed: 0 }, 'pass'],
  ])('evaluates %j as %s', (budget, state) => {
    expect(evaluateDisruptionBudgets([budget])[0]?.state).toBe(state);
  });

  it('reports that it blocks node drains but not the upgrade', () => {
    expect(evaluateDisruptionBudgets([{ name: 'b', roles: ['proxy'], allowed: 0 }])[0]?.reason).toMatch(
      /do not block the upgrade, but they block node drains/,
    );
  });
});

describe('the check replicas', () => {
  it.each([
    [workload('proxy', { replicas: 2 }), {}, 'pass', ''],
    [workload('proxy'), {}, 'warn', 'only one pod: proxy'],
    [
      workload('rootcoord', { strategy: { type: 'Recreate' } }),
      {},
      'warn',
      'the old pod terminates before the new one starts for rootcoord',
    ],
    [workload('querynode', { replicas: 0 }), {}, 'warn', 'no pod: querynode'],
    [
      workload('mixcoord', { replicas: 2 }),
      { mixCoordinator: { activeStandby: { enabled: false } } },
      'warn',
      'without active-standby: mixcoord',
    ],
    [workload('mixcoord', { replicas: 2 }), { mixCoordinator: { activeStandby: { enabled: true } } }, 'pass', ''],
    [workload('mixcoord', { replicas: 2 }), {}, 'pass', ''],
  ])('evaluates the replicas of case %#', (given, computed, state, words) => {
    const [finding] = evaluateReplicas([given], {}, computed);
    expect(finding?.state).toBe(state);
    expect(finding?.reason).toContain(words);
  });

  it('uses the current count if an autoscaler sets it', () => {
    expect(evaluateReplicas([workload('proxy', { replicas: null })], { 'my-milvus-proxy': 3 }, {})[0]?.state).toBe(
      'pass',
    );
  });
});

describe('the check quota', () => {
  const quota = (left: number) => [{ name: 'small', hard: { pods: 10 }, used: { pods: 10 - left } }];
  it.each([
    ['a namespace without a quota', [], [workload('proxy')], 'pass'],
    ['a quota for every surge pod', quota(2), [workload('proxy'), workload('querynode')], 'pass'],
    ['a quota for some of the surge pods', quota(1), [workload('proxy'), workload('querynode')], 'warn'],
    ['no quota left, and the only pod must not be removed first', quota(0), [workload('proxy')], 'fail'],
    ['no quota left, but an old pod can be removed first', quota(0), [workload('proxy', { replicas: 4 })], 'warn'],
    [
      'no quota left, but the pod is recreated',
      quota(0),
      [workload('rootcoord', { strategy: { type: 'Recreate' } })],
      'pass',
    ],
    ['no replicas', quota(0), [workload('proxy', { replicas: 0 })], 'pass'],
  ])('returns the expected result for %s', (_, quotas, workloads, state) => {
    expect(evaluateQuotas(quotas, workloads)[0]?.state).toBe(state);
  });

  it('counts memory, and reports how much is left', () => {
    const quotas = [{ name: 'small', hard: { 'requests.memory': 8 * GI }, used: { 'requests.memory': 7 * GI } }];
    const [finding] = evaluateQuotas(quotas, [workload('querynode', { resources: { requests: { memory: '2Gi' } } })]);
    expect(finding).toMatchObject({ state: 'fail', skippable: true });
    expect(finding?.reason).toContain('requests.memory has 1024Mi of 8192Mi left, 2048Mi needed');
  });
});

describe('the check node-room', () => {
  const node = (more: Partial<NodeRoom> = {}): NodeRoom => ({
    name: 'a',
    labels: {},
    taints: [],
    allocatable: { cpu: 4, memory: 8 * GI },
    taken: { cpu: 0, memory: 0 },
    ...more,
  });
  const asks = (memory: string, pod = {}) =>
    workload('querynode', { resources: { requests: { cpu: '1', memory } }, pod });
  const tainted = { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] };
  it.each([
    ['an empty node', asks('4Gi'), [node()], 'pass'],
    ['a full node', asks('4Gi'), [node({ taken: { cpu: 1, memory: 6 * GI } })], 'warn'],
    [
      'a full node and an empty node',
      asks('4Gi'),
      [node({ taken: { cpu: 4, memory: 8 * GI } }), node({ name: 'b' })],
      'pass',
    ],
    ['more than any node ever has', asks('16Gi'), [node()], 'fail'],
    ['a taint that it does not tolerate', asks('1Gi'), [node(tainted)], 'fail'],
    [
      'a taint that it tolerates',
      asks('1Gi', { tolerations: [{ key: 'gpu', operator: 'Exists' }] }),
      [node(tainted)],
      'pass',
    ],
    [
      'a taint that is only a preference',
      asks('1Gi'),
      [node({ taints: [{ key: 'x', value: '', effect: 'PreferNoSchedule' }] })],
      'pass',
    ],
    ['a label that no node has', asks('1Gi', { nodeSelector: { disk: 'ssd' } }), [node()], 'fail'],
    [
      'a label that the node has',
      asks('1Gi', { nodeSelector: { disk: 'ssd' } }),
      [node({ labels: { disk: 'ssd' } })],
      'pass',
    ],
    ['a node whose usage is unknown', asks('4Gi'), [node({ taken: null })], 'warn'],
  ])('returns the expected result for %s', (_, given, nodes, state) => {
    expect(evaluateNodeRoom([given], nodes)[0]?.state).toBe(state);
  });

  it('warns if each of two pods fits but not both at once, and reports the free resources', () => {
    const two = [asks('5Gi'), workload('proxy', { resources: { requests: { memory: '5Gi' } } })];
    expect(evaluateNodeRoom(two, [node()])[0]).toMatchObject({
      state: 'warn',
      reason: expect.stringContaining('the node with the most free memory, a, has 4 CPU and 8 GiB left'),
    });
  });

  it('needs no capacity for a pod that starts after the old pod is removed', () => {
    const recreated = workload('rootcoord', {
      strategy: { type: 'Recreate' },
      resources: { requests: { memory: '4Gi' } },
    });
    expect(evaluateNodeRoom([recreated], [node({ taken: { cpu: 1, memory: 6 * GI } })])[0]?.state).toBe('pass');
  });
});
