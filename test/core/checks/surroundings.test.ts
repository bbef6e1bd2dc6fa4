// The checks about replicas and what surrounds Milvus: autoscalers, disruption budgets, quotas, nodes.
import { describe, expect, it } from '@jest/globals';
import { evaluateAutoscalers } from '../../../src/core/checks/autoscaling.js';
import { evaluateDisruptionBudgets } from '../../../src/core/checks/disruption.js';
import { evaluateNodeRoom, type NodeRoom } from '../../../src/core/checks/node-room.js';
import { evaluateQuotas } from '../../../src/core/checks/quota.js';
import { evaluateReplicas } from '../../../src/core/checks/replicas.js';
import { workload } from '../../fakes/objects.js';

const GI = 1024 ** 3;

describe('autoscaler', () => {
  const hpa = { name: 'q', target: 'my-milvus-querynode', least: 1, most: 9, scaledObject: '' };
  it.each([
    ['none', [], 'pass', 'no autoscaler'],
    ['one of something else', [{ ...hpa, target: 'web' }], 'pass', ''],
    ['an HPA', [hpa], 'warn', 'my-milvus-querynode (HPA q, 1 to 9)'],
    ['one of KEDA', [{ ...hpa, scaledObject: 'so' }], 'warn', 'KEDA ScaledObject so'],
  ])('%s', (_, found, state, words) => {
    const [evaluated] = evaluateAutoscalers(found, [workload('querynode')]);
    expect(evaluated?.state).toBe(state);
    expect(evaluated?.reason).toContain(words);
  });

  it('tells of the fight only where the chart writes a count too', () => {
    expect(evaluateAutoscalers([hpa], [workload('querynode', { replicas: 2 })])[0]?.reason).toContain('in turn');
    expect(evaluateAutoscalers([hpa], [workload('querynode', { replicas: null })])[0]?.reason).not.toContain('in turn');
  });
});

describe('disruption-budget', () => {
  it.each([
    [{ name: 'b', roles: ['proxy'], allowed: 0 }, 'warn'],
    [{ name: 'b', roles: ['proxy'], allowed: 1 }, 'pass'],
    [{ name: 'etcd', roles: [], allowed: 0 }, 'pass'],
  ])('%j: %s', (budget, state) => {
    expect(evaluateDisruptionBudgets([budget])[0]?.state).toBe(state);
  });

  it('says what it holds up, and that it is not the upgrade', () => {
    expect(evaluateDisruptionBudgets([{ name: 'b', roles: ['proxy'], allowed: 0 }])[0]?.reason).toMatch(/do not hold up the upgrade itself, but draining/);
  });
});

describe('replicas', () => {
  it.each([
    [workload('proxy', { replicas: 2 }), {}, 'pass', ''],
    [workload('proxy'), {}, 'warn', 'one pod only: proxy'],
    [workload('rootcoord', { strategy: { type: 'Recreate' } }), {}, 'warn', 'the old pod ends before the new one starts for rootcoord'],
    [workload('querynode', { replicas: 0 }), {}, 'warn', 'no pod at all: querynode'],
    [workload('mixcoord', { replicas: 2 }), { mixCoordinator: { activeStandby: { enabled: false } } }, 'warn', 'without active-standby: mixcoord'],
    [workload('mixcoord', { replicas: 2 }), { mixCoordinator: { activeStandby: { enabled: true } } }, 'pass', ''],
    [workload('mixcoord', { replicas: 2 }), {}, 'pass', ''],
  ])('%#', (given, computed, state, words) => {
    const [evaluated] = evaluateReplicas([given], {}, computed);
    expect(evaluated?.state).toBe(state);
    expect(evaluated?.reason).toContain(words);
  });

  it('takes the live count where an autoscaler has it', () => {
    expect(evaluateReplicas([workload('proxy', { replicas: null })], { 'my-milvus-proxy': 3 }, {})[0]?.state).toBe('pass');
  });
});

describe('quota', () => {
  const quota = (left: number) => [{ name: 'small', hard: { pods: 10 }, used: { pods: 10 - left } }];
  it.each([
    ['no quota', [], [workload('proxy')], 'pass'],
    ['room for every surge pod', quota(2), [workload('proxy'), workload('querynode')], 'pass'],
    ['room for some of them', quota(1), [workload('proxy'), workload('querynode')], 'warn'],
    ['no room, and the only pod may not go before', quota(0), [workload('proxy')], 'fail'],
    ['no room, but an old pod may go before', quota(0), [workload('proxy', { replicas: 4 })], 'warn'],
    ['no room, but it is recreated', quota(0), [workload('rootcoord', { strategy: { type: 'Recreate' } })], 'pass'],
    ['no replicas', quota(0), [workload('proxy', { replicas: 0 })], 'pass'],
  ])('%s', (_, quotas, workloads, state) => {
    expect(evaluateQuotas(quotas, workloads)[0]?.state).toBe(state);
  });

  it('counts memory, and says how much is left', () => {
    const quotas = [{ name: 'small', hard: { 'requests.memory': 8 * GI }, used: { 'requests.memory': 7 * GI } }];
    const [evaluated] = evaluateQuotas(quotas, [workload('querynode', { resources: { requests: { memory: '2Gi' } } })]);
    expect(evaluated).toMatchObject({ state: 'fail', skippable: true });
    expect(evaluated?.reason).toContain('requests.memory has 1024Mi of 8192Mi left, 2048Mi needed');
  });
});

describe('node-room', () => {
  const node = (more: Partial<NodeRoom> = {}): NodeRoom => ({
    name: 'a',
    labels: {},
    taints: [],
    allocatable: { cpu: 4, memory: 8 * GI },
    taken: { cpu: 0, memory: 0 },
    ...more,
  });
  const asks = (memory: string, pod = {}) => workload('querynode', { resources: { requests: { cpu: '1', memory } }, pod });
  const tainted = { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] };
  it.each([
    ['an empty node', asks('4Gi'), [node()], 'pass'],
    ['a full node', asks('4Gi'), [node({ taken: { cpu: 1, memory: 6 * GI } })], 'warn'],
    ['a full node and an empty one', asks('4Gi'), [node({ taken: { cpu: 4, memory: 8 * GI } }), node({ name: 'b' })], 'pass'],
    ['more than any node ever has', asks('16Gi'), [node()], 'fail'],
    ['a taint that it does not tolerate', asks('1Gi'), [node(tainted)], 'fail'],
    ['a taint that it tolerates', asks('1Gi', { tolerations: [{ key: 'gpu', operator: 'Exists' }] }), [node(tainted)], 'pass'],
    ['a taint that is only a wish', asks('1Gi'), [node({ taints: [{ key: 'x', value: '', effect: 'PreferNoSchedule' }] })], 'pass'],
    ['a label that no node has', asks('1Gi', { nodeSelector: { disk: 'ssd' } }), [node()], 'fail'],
    ['a label that the node has', asks('1Gi', { nodeSelector: { disk: 'ssd' } }), [node({ labels: { disk: 'ssd' } })], 'pass'],
    ['nobody may know how full it is', asks('4Gi'), [node({ taken: null })], 'warn'],
  ])('%s', (_, given, nodes, state) => {
    expect(evaluateNodeRoom([given], nodes)[0]?.state).toBe(state);
  });

  it('has room for each of two, but not for both at once, and says how much is left', () => {
    const two = [asks('5Gi'), workload('proxy', { resources: { requests: { memory: '5Gi' } } })];
    expect(evaluateNodeRoom(two, [node()])[0]).toMatchObject({ state: 'warn', reason: expect.stringContaining('the best node a has 4 CPU and 8 GiB left') });
  });

  it('wants no room beside an old pod that goes first', () => {
    const recreated = workload('rootcoord', { strategy: { type: 'Recreate' }, resources: { requests: { memory: '4Gi' } } });
    expect(evaluateNodeRoom([recreated], [node({ taken: { cpu: 1, memory: 6 * GI } })])[0]?.state).toBe('pass');
  });
});
