// A release of a chart that has Milvus as a dependency, upgraded with that chart.
import { describe, expect, it } from '@jest/globals';
import { evaluateMilvusChart } from '../../../../src/core/checks/milvus-chart.js';
import { readChart } from '../../../../src/core/helm/chart-file.js';
import { chartChangesOf } from '../../../../src/core/platforms/registry.js';
import { FakeCluster, type FakeOptions } from '../../../support/fake-cluster.js';
import { inputs } from '../../../support/inputs.js';
import { deployment, object } from '../../../support/objects.js';
import { ofType, runOn, type RunResult } from '../../../support/tools.js';

const STACK: FakeOptions = {
  topology: 'mixcoord',
  chartName: 'stack',
  chartVersion: '1.1.0',
  dependency: { key: 'vectors', version: '~4.2.0', rendered: '4.2.37' },
  values: { web: { replicas: 2 }, vectors: { cluster: { enabled: true }, proxy: { replicas: 2 } } },
  charts: [{ name: 'stack', version: '1.1.0', appVersion: '7', dependencies: { vectors: '~4.2.0', redis: '1.0.0' } }],
};

function runFor(options: FakeOptions = {}, given: Parameters<typeof inputs>[0] = {}, from = '2.5.4') {
  const cluster = new FakeCluster(from, { ...STACK, ...options });
  const result = runOn(cluster, inputs({ strategy: 'auto', 'target-version': '2.5.16', ...given }));
  return { cluster, result };
}

const failedChecksOf = (result: RunResult): string[] =>
  ofType(result, 'plan-refused').flatMap(({ failedChecks }) => failedChecks.map(({ id }) => id));

describe('the upgrade of a release of an umbrella chart with this chart', () => {
  it('sets values only below the key of Milvus, and keeps all others', async () => {
    const { cluster, result } = runFor();
    expect((await result).outcome).toBe('succeeded');
    expect(cluster.userValues()).toMatchObject({
      web: { replicas: 2 },
      vectors: {
        cluster: { enabled: true },
        proxy: { replicas: 2 },
        image: { all: { repository: 'milvusdb/milvus', tag: 'v2.5.16' } },
      },
    });
    expect(Object.keys(cluster.userValues()).sort()).toEqual(['image', 'vectors', 'web']);
    expect(cluster.userValues().image).toMatchObject({ all: { tag: 'v2.5.4' } });
  });

  it('is a rolling upgrade for the topology that runs, with the chart of the release', async () => {
    const { plan } = ofType(await runFor({}, { operation: 'plan' }).result, 'plan-created')[0]!;
    const { chart, settings } = chartChangesOf(plan);
    expect(plan.strategy).toBe('rolling');
    expect(chart).toMatchObject({ from: '1.1.0', to: '1.1.0' });
    expect(plan.steps.find((step) => step.kind === 'helm-upgrade')).toMatchObject({
      id: 'helm-upgrade/my@2.5.16+chart-1.1.0',
      chartVersion: '1.1.0',
      milvusChart: '4.2.37',
    });
    expect(plan.steps.flatMap((step) => (step.kind === 'resume' ? [step.role] : []))).toEqual([
      'indexnode',
      'mixcoord',
      'querynode',
      'datanode',
      'proxy',
    ]);
    expect(settings.map(({ path }) => path)).toContain('vectors.mixCoordinator.activeStandby.enabled');
  });

  it('takes the values of the run as values of the whole chart', async () => {
    const { cluster, result } = runFor({}, { set: 'web.replicas=3\nvectors.proxy.replicas=4' });
    expect((await result).outcome).toBe('succeeded');
    expect(cluster.userValues()).toMatchObject({ web: { replicas: 3 }, vectors: { proxy: { replicas: 4 } } });
  });

  it('changes nothing when it is run again', async () => {
    const { cluster, result } = runFor();
    await result;
    const again = await runOn(cluster, inputs({ strategy: 'auto', 'target-version': '2.5.16' }));
    expect(again.outcome).toBe('unchanged');
  });

  it('reads the topology below the key', async () => {
    const set = 'vectors.cluster.enabled=false\nvectors.mixCoordinator.enabled=false';
    expect(failedChecksOf(await runFor({}, { set }).result)).toContain('topology-would-change');
  });

  it('is refused if the chart of Milvus in it does not support the target', async () => {
    const found = failedChecksOf(await runFor({}, { 'target-version': '2.6.22' }, '2.5.27').result);
    expect(found).toContain('chart-does-not-fit');
  });

  it.each<[string, FakeOptions, string]>([
    ['has another version of Milvus', { charts: [{ ...STACK.charts![0]!, dependencies: { vectors: '~5.0.0' } }] }, ''],
    ['has no Milvus', { charts: [{ ...STACK.charts![0]!, dependencies: {} }] }, ''],
    ['has another name', { charts: [{ ...STACK.charts![0]!, name: 'other' }] }, ''],
    ['does not have the version of `chart-version`', {}, '2.0.0'],
    ['cannot be compared with what runs', { dependency: { key: 'vectors', version: '~4.2.0' } }, ''],
  ])('is refused if the chart %s', async (_, options, chartVersion) => {
    const given = chartVersion ? { 'chart-version': chartVersion } : {};
    const { cluster, result } = runFor(options, given);
    expect(failedChecksOf(await result)).toEqual(['umbrella-chart']);
    expect(cluster.applied).toEqual([]);
  });

  it('is refused for a metadata migration', async () => {
    const { result } = runFor({}, { 'target-version': '2.2.16' }, '2.1.4');
    expect(failedChecksOf(await result)).toEqual(['umbrella-chart']);
  });
});

describe('the check of the chart of Milvus in an umbrella chart', () => {
  const labeled = (chart: string) => {
    const made = deployment('proxy');
    const labels = { component: 'proxy', 'app.kubernetes.io/instance': 'my', 'helm.sh/chart': chart };
    return { ...made, metadata: { ...made.metadata, labels } };
  };
  const evaluate = (chart: string) =>
    evaluateMilvusChart([labeled(chart), object('Service', 'a')], { release: 'my', milvusChart: '4.2.37' });

  it('fails if another version would be rendered, and is not skippable', () => {
    expect(evaluate('vectors-4.2.58')).toMatchObject([
      { id: 'umbrella-chart', state: 'fail', skippable: false, reason: expect.stringContaining('vectors-4.2.58') },
    ]);
  });

  it('passes if the version stays', () => {
    expect(evaluate('vectors-4.2.37')).toMatchObject([{ state: 'pass' }]);
  });

  it('does not exist without an umbrella chart', () => {
    expect(evaluateMilvusChart([labeled('milvus-4.2.58')], { release: 'my', milvusChart: undefined })).toEqual([]);
  });
});

describe('a Chart.yaml', () => {
  it('lists its dependencies by alias or name', () => {
    const dependencies = [
      { name: 'milvus', alias: 'vectors', version: '~4.2.0' },
      { name: 'redis', version: '1.0.0' },
    ];
    expect(readChart({ name: 'stack', version: '1.1.0', appVersion: 7, dependencies })).toEqual({
      name: 'stack',
      version: '1.1.0',
      appVersion: '7',
      dependencies: { vectors: '~4.2.0', redis: '1.0.0' },
    });
    expect(readChart(null).dependencies).toEqual({});
  });
});
