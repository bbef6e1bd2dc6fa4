// Releases that were not installed with the Milvus chart itself.
import { describe, expect, it } from '@jest/globals';
import type { CatalogueEntry } from '../../../../src/core/helm/chart-question.js';
import { FakeCluster, type FakeOptions } from '../../../support/fake-cluster.js';
import { inputs } from '../../../support/inputs.js';
import { ofType, runOn, type RunResult } from '../../../support/tools.js';

const failedChecksOf = (result: RunResult): readonly { id: string; reason: string; remedy: string }[] =>
  ofType(result, 'plan-refused')[0]?.failedChecks ?? [];
const named = (name: string): CatalogueEntry[] => [{ name, version: '4.0.34', appVersion: '2.2.14' }];

describe('a release of an umbrella chart', () => {
  const umbrella: FakeOptions = {
    chartName: 'stack',
    chartVersion: '1.1.0',
    dependency: { key: 'milvus', version: '4.2.37' },
    charts: named('milvus'),
  };

  it('is refused before any change, for this reason only, whatever is skipped', async () => {
    const cluster = new FakeCluster('2.2.12', umbrella);
    const codes = 'umbrella-chart,chart-name-differs,chart-does-not-fit,chart-downgrade';
    const result = await runOn(cluster, inputs({ set: 'cluster.enabled=false', 'skip-checks': codes }));
    expect(result.outcome).toBe('refused');
    expect(failedChecksOf(result)).toEqual([
      expect.objectContaining({
        id: 'umbrella-chart',
        reason:
          'release my was installed with the chart stack 1.1.0, of which Milvus is a dependency (`milvus` 4.2.37). An upgrade with the Milvus chart would delete the other objects of stack and ignore the values below `milvus`',
        remedy:
          'Set `chart` to stack 1.1.0 (a directory, an archive or an OCI reference): this action then sets only values below `milvus`. Or upgrade it with its own chart: `helm upgrade my CHART --namespace default --reset-then-reuse-values --set milvus.image.all.repository=milvusdb/milvus,milvus.image.all.tag=v2.2.16`, where CHART is stack 1.1.0.',
      }),
    ]);
    expect(cluster.applied).toEqual([]);
    expect(cluster.taken).toEqual(['close']);
  });

  it.each([
    ['is also named milvus', { chartName: 'milvus' }],
    ['is the chart of the input `chart`', { charts: named('stack') }],
    ['has another name for Milvus', { dependency: { key: 'data.vectors', version: '' } }],
  ])('is refused if it %s', async (_, more) => {
    const result = await runOn(new FakeCluster('2.2.12', { ...umbrella, ...more }), inputs());
    expect(failedChecksOf(result).map((failedCheck) => failedCheck.id)).toEqual(['umbrella-chart']);
  });

  it.each([
    ['an older version', '2.2.16', '2.2.12'],
    ['another minor version', '2.2.12', '2.3.5'],
    ['a version that requires a migration', '2.1.4', '2.2.16'],
  ])('gets no command to copy for %s', async (_, from, target) => {
    const [failedCheck] = failedChecksOf(
      await runOn(new FakeCluster(from, umbrella), inputs({ 'target-version': target, hops: 'one' })),
    );
    expect(failedCheck?.remedy).not.toContain('--set');
    expect(failedCheck?.remedy).toContain('docs/upgrade-paths.md');
  });

  it('can be verified', async () => {
    expect((await runOn(new FakeCluster('2.2.16', umbrella), inputs({ operation: 'verify' }))).outcome).toBe(
      'succeeded',
    );
  });
});

describe('a release of a chart with another name', () => {
  it.each([
    ['acme-milvus', 'milvus', ''],
    ['acme-milvus', 'milvus', 'chart-name-differs'],
    ['milvus', 'acme-milvus', ''],
  ])('installed with %s is refused for the chart %s with skip-checks "%s"', async (installed, offered, skipped) => {
    const cluster = new FakeCluster('2.2.12', { chartName: installed, charts: named(offered) });
    const result = await runOn(cluster, inputs({ 'skip-checks': skipped }));
    expect(failedChecksOf(result).map((failedCheck) => failedCheck.id)).toEqual(['chart-name-differs']);
    expect(cluster.applied).toEqual([]);
  });

  it('is upgraded if `chart` is the chart that it was installed with', async () => {
    const cluster = new FakeCluster('2.2.12', { chartName: 'acme-milvus', charts: named('acme-milvus') });
    expect((await runOn(cluster, inputs())).outcome).toBe('succeeded');
  });

  it('is upgraded from the Milvus chart to a copy of it if the check is skipped', async () => {
    const cluster = new FakeCluster('2.2.12', { charts: named('acme-milvus') });
    expect((await runOn(cluster, inputs({ 'skip-checks': 'chart-name-differs' }))).outcome).toBe('succeeded');
  });
});
