import { describe, expect, it } from '@jest/globals';
import { FakeCluster } from '../../../support/fake-cluster.js';
import { inputs } from '../../../support/inputs.js';
import { ofType, runOn, type RunResult } from '../../../support/tools.js';

const SEPARATE = {
  cluster: { enabled: true },
  mixCoordinator: { enabled: false },
  rootCoordinator: { enabled: true },
  queryCoordinator: { enabled: true },
  indexCoordinator: { enabled: true },
  dataCoordinator: { enabled: true },
};
const MOVE = [
  'mixCoordinator.enabled=true',
  ...['root', 'query', 'index', 'data'].map((name) => `${name}Coordinator.enabled=false`),
];

function planFor(target: string, set: readonly string[]): Promise<RunResult> {
  const cluster = new FakeCluster('2.4.24', {
    topology: 'separate-coordinators',
    chartVersion: '4.2.20',
    messageQueue: 'kafka',
    values: SEPARATE,
    charts: [
      { version: '4.2.20', appVersion: '2.4.16' },
      { version: '4.2.58', appVersion: '2.5.16' },
    ],
  });
  return runOn(cluster, inputs({ operation: 'plan', strategy: 'auto', 'target-version': target, set: set.join('\n') }));
}

const failedChecksOf = (result: RunResult): string[] =>
  ofType(result, 'plan-refused').flatMap(({ failedChecks }) => failedChecks.map(({ id }) => id));

describe('an upgrade that moves from separate coordinators to the mixed coordinator', () => {
  it('is planned with the values that topology-first names', async () => {
    expect(failedChecksOf(await planFor('2.5.27', MOVE))).toEqual([]);
  });

  it('removes the old coordinators when the new one serves, and before it replaces a node', async () => {
    const steps = ofType(await planFor('2.5.27', MOVE), 'plan-created')[0]?.plan.steps.map(({ id }) => id);
    expect(steps).toEqual([
      'pause/my@2.5.27',
      'helm-upgrade/my@2.5.27+chart-4.2.58',
      'resume/indexnode@2.5.27',
      'resume/mixcoord@2.5.27',
      'prune/rootcoord@2.5.27',
      'prune/datacoord@2.5.27',
      'prune/indexcoord@2.5.27',
      'prune/querycoord@2.5.27',
      'drain/mixcoord@2.5.27',
      'resume/querynode@2.5.27',
      'resume/datanode@2.5.27',
      'resume/proxy@2.5.27',
      'drain/proxy@2.5.27',
      'restore-settings/my@2.5.27',
      'wait-ready/my@2.5.27',
    ]);
  });

  it.each([
    ['one of the values is missing', '2.5.27', MOVE.slice(0, 4)],
    ['the target is older than the documented one', '2.5.10', MOVE],
  ])('is refused if %s', async (_, target, set) => {
    expect(failedChecksOf(await planFor(target, set))).toContain('topology-would-change');
  });

  it('names all values of the move if only some are set', async () => {
    const [refused] = ofType(await planFor('2.5.27', MOVE.slice(0, 4)), 'plan-refused');
    expect(refused?.failedChecks[0]?.remedy).toBe(
      `Leave mixCoordinator.enabled unchanged. Or set all values of the documented change, in a cluster: ${MOVE.join(', ')}.`,
    );
  });

  it('allows streaming nodes within 2.6, which 3.0 needs', async () => {
    const cluster = new FakeCluster('2.6.16', {
      topology: 'mixcoord',
      chartVersion: '5.0.19',
      messageQueue: 'kafka',
      values: { ...SEPARATE, ...{ mixCoordinator: { enabled: true }, indexNode: { enabled: true } } },
      charts: [{ version: '5.0.19', appVersion: '2.6.15' }],
    });
    const set = [...MOVE, 'streaming.enabled=true', 'indexNode.enabled=false'].join('\n');
    const result = await runOn(
      cluster,
      inputs({ operation: 'plan', strategy: 'auto', 'target-version': '2.6.22', set }),
    );
    expect(failedChecksOf(result)).toEqual([]);
  });
});
