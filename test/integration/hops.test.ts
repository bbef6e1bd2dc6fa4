// Runs of several upgrades on a Helm release.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Event } from '../../src/core/model/event.js';
import type { HelmPlan } from '../../src/core/helm/step.js';
import { readReport } from '../../src/core/report/read-report.js';
import { renderOutputs } from '../../src/core/report/outputs.js';
import { renderSummary } from '../../src/core/report/summary/summary.js';
import { clusterOf, completedHops, threeHops } from '../support/hops.js';
import { FakeMilvus } from '../support/fake-milvus.js';
import { inputs } from '../support/inputs.js';
import { ofType, runOn, type RunResult } from '../support/tools.js';
import { subject } from '../support/events.js';

const HOPS = ['2.2.12 → 2.2.16', '2.2.16 → 2.3.22', '2.3.22 → 2.4.24'];
const UPGRADES = [
  'helm-upgrade/my@2.2.16+chart-4.0.34',
  'helm-upgrade/my@2.3.22+chart-4.1.28',
  'helm-upgrade/my@2.4.24+chart-4.2.19',
];
const imageOf = (release: string): string => `milvusdb/milvus:v${release}`;
/** The report, with the events that the session adds. */
function reportOf({ events, outcome, problem }: RunResult): ReturnType<typeof readReport> {
  const at = events.at(-1)?.at ?? '';
  const failed: readonly Event[] = problem ? [{ at, type: 'failed', problem }] : [];
  const ended: readonly Event[] = outcome === 'killed' ? [] : [{ at, type: 'ended', outcome }];
  return readReport([...events, ...failed, ...ended], { ...subject, targetVersion: '2.4.24' });
}
const hopResults = (result: RunResult): string[] => reportOf(result).hops.map((hop) => hop.result);

describe('a run of three upgrades', () => {
  it('completes one after the other under one lock', async () => {
    const cluster = clusterOf('2.2.12');
    const result = await runOn(cluster, threeHops());
    expect({ outcome: result.outcome, problem: result.problem }).toEqual({ outcome: 'succeeded', problem: null });
    expect(cluster.applied).toEqual(UPGRADES);
    expect(cluster.taken).toEqual(['acquireLock', 'close']);
    expect(completedHops(result)).toEqual(HOPS);
    expect(new Set(Object.values(cluster.images()))).toEqual(new Set([imageOf('2.4.24')]));
  });

  it('has nothing to do when it is run again', async () => {
    const cluster = clusterOf('2.2.12');
    await runOn(cluster, threeHops({ 'source-version': '2.2.12' }));
    const again = await runOn(cluster, threeHops({ 'source-version': '2.2.12' }));
    expect(again.outcome).toBe('unchanged');
    expect(cluster.applied).toEqual(UPGRADES);
  });

  it('ends as unchanged if another run completes the path before the lock is acquired', async () => {
    const cluster = clusterOf('2.2.12');
    const acquireLock = cluster.acquireLock.bind(cluster);
    cluster.acquireLock = async () => {
      cluster.acquireLock = acquireLock;
      await runOn(cluster, threeHops());
    };
    const result = await runOn(cluster, threeHops());
    expect(result.outcome).toBe('unchanged');
    expect(cluster.applied).toEqual(UPGRADES);
  });

  it('is planned with every hop, and nothing is changed', async () => {
    const cluster = clusterOf('2.2.12');
    const result = await runOn(cluster, threeHops({ operation: 'plan' }));
    expect(result.outcome).toBe('planned');
    expect([cluster.applied, cluster.taken]).toEqual([[], ['close']]);
    const report = reportOf(result);
    expect(
      report.hops.map(({ from, to, strategy, chart, rollback, result: state }) => [
        from,
        to,
        strategy,
        chart,
        rollback,
        state,
      ]),
    ).toEqual([
      ['2.2.12', '2.2.16', 'helm-upgrade', { from: '4.0.29', to: '4.0.34' }, 'available', 'planned'],
      ['2.2.16', '2.3.22', 'helm-upgrade', { from: '4.0.34', to: '4.1.28' }, 'blocked', 'planned'],
      ['2.3.22', '2.4.24', 'helm-upgrade', { from: '4.1.28', to: '4.2.19' }, 'blocked', 'planned'],
    ]);
    expect(report.hops.map(({ image }) => image)).toEqual(['2.2.16', '2.3.22', '2.4.24'].map(imageOf));
    const { hops, plan } = renderOutputs(report, '');
    expect(JSON.parse(hops)).toEqual(['2.2.16', '2.3.22', '2.4.24']);
    expect((JSON.parse(plan) as { plans: { to: string }[] }).plans.map(({ to }) => to)).toEqual(JSON.parse(hops));
  });

  it('is refused with hops: one, which reports the path', async () => {
    const cluster = clusterOf('2.2.12');
    const result = await runOn(cluster, threeHops({ hops: 'one' }));
    expect(result.outcome).toBe('refused');
    expect(ofType(result, 'plan-refused')[0]?.failedChecks).toContainEqual(
      expect.objectContaining({ id: 'stop-first', remedy: 'Upgrade to 2.2.16, then 2.3.22, then 2.4.24.' }),
    );
    expect(cluster.applied).toEqual([]);
  });

  it('reports the failed checks of every hop at once, before anything is changed', async () => {
    const cluster = clusterOf('2.2.12', {
      charts: [
        { version: '4.0.34', appVersion: '2.2.14' },
        { version: '4.0.29', appVersion: '2.2.12' },
      ],
    });
    cluster.status = 'failed';
    const result = await runOn(cluster, threeHops({ strategy: 'migrate' }));
    expect(result.outcome).toBe('refused');
    const found = ofType(result, 'plan-refused')[0]?.failedChecks.map(({ id, reason }) => `${id} ${reason}`) ?? [];
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^release-failed 2\.2\.12 → 2\.2\.16: /),
        expect.stringMatching(/^strategy-does-not-fit 2\.2\.12 → 2\.2\.16: /),
        expect.stringMatching(/^strategy-does-not-fit 2\.2\.16 → 2\.3\.22: /),
        expect.stringMatching(/^strategy-does-not-fit 2\.3\.22 → 2\.4\.24: /),
      ]),
    );
    expect(found.filter((text) => text.startsWith('release-failed'))).toHaveLength(1);
    expect([cluster.applied, cluster.taken]).toEqual([[], ['close']]);
  });

  it('is refused if a later hop has no chart', async () => {
    const cluster = clusterOf('2.2.12', {
      charts: [
        { version: '4.1.28', appVersion: '2.3.13' },
        { version: '4.0.34', appVersion: '2.2.14' },
        { version: '4.0.29', appVersion: '2.2.12' },
      ],
    });
    // The chart 4.1.28 was made for 2.3 and also runs 2.4: a chart for 2.5 is missing.
    const result = await runOn(cluster, threeHops({ 'target-version': '2.6.25' }));
    expect(result.outcome).toBe('refused');
    expect(ofType(result, 'plan-refused')[0]?.failedChecks).toContainEqual(
      expect.objectContaining({ id: 'chart-not-found', reason: expect.stringMatching(/^2\.4\.24 → 2\.5\.27: /) }),
    );
    expect(cluster.applied).toEqual([]);
  });

  it('probes the image of every hop before the first change', async () => {
    const cluster = clusterOf('2.2.12');
    const probed: string[] = [];
    const probe = ({ image }: Pick<HelmPlan, 'image'>): ReturnType<typeof cluster.probeImages> => {
      probed.push(`${image} after ${cluster.applied.length} changes`);
      return Promise.resolve({ checks: [], failedChecks: [], changes: [] });
    };
    Object.assign(cluster, { probeImages: probe });
    await runOn(cluster, threeHops());
    expect(probed.slice(0, 3)).toEqual(['2.2.16', '2.3.22', '2.4.24'].map((to) => `${imageOf(to)} after 0 changes`));
  });
});

describe('a failing second hop', () => {
  it('ends the run there, and the next run resumes it', async () => {
    const cluster = clusterOf('2.2.12');
    cluster.breakImage(imageOf('2.3.22'));
    const result = await runOn(cluster, threeHops());
    expect(result.outcome).toBe('failed');
    expect(result.problem).toMatchObject({
      code: 'step-timed-out',
      what: expect.stringMatching(/^Hop 2 of 3 \(2\.2\.16 → 2\.3\.22\): /),
      remedy: expect.stringContaining('Complete before it, and not repeated: 2.2.12 → 2.2.16.'),
    });
    expect(hopResults(result)).toEqual(['complete', 'failed', 'not-started']);
    expect(cluster.applied).toEqual(UPGRADES.slice(0, 2));

    cluster.mendImage(imageOf('2.3.22'));
    const again = await runOn(cluster, threeHops());
    expect(again.outcome).toBe('succeeded');
    expect(completedHops(again)).toEqual(HOPS.slice(1));
    expect(cluster.applied).toEqual(UPGRADES);
  });

  it('that is refused when it is planned again leaves the version of the first hop', async () => {
    const cluster = clusterOf('2.2.12');
    const wait = cluster.waitForChange.bind(cluster);
    // Another user pauses a Deployment while the first hop completes.
    cluster.waitForChange = async (within): Promise<void> => {
      await wait(within);
      if (cluster.applied.length === 1 && cluster.clock >= 3000) cluster.pause('proxy');
    };
    const result = await runOn(cluster, threeHops());
    expect(result.outcome).toBe('refused');
    expect(ofType(result, 'plan-refused')[0]?.failedChecks).toMatchObject([
      { id: 'deployment-paused', reason: expect.stringMatching(/^2\.2\.16 → 2\.3\.22: /) },
    ]);
    expect(hopResults(result)).toEqual(['complete', 'refused', 'not-started']);
    expect(cluster.applied).toEqual(UPGRADES.slice(0, 1));
  });
});

describe('a run of three upgrades that is killed', () => {
  it.each(['helm-upgrade', 'rolling'])(
    'with the strategy %s at any observation ends with the same result when it is run again',
    async (strategy) => {
      let outcome: RunResult['outcome'] = 'killed';
      let look = 0;
      for (look = 1; outcome === 'killed'; look += strategy === 'rolling' ? 13 : 2) {
        const cluster = clusterOf('2.2.12');
        const raw = threeHops({ strategy, 'source-version': '2.2.12' });
        cluster.killAt = look;
        outcome = (await runOn(cluster, raw)).outcome;
        cluster.killAt = Number.POSITIVE_INFINITY;
        const again = await runOn(cluster, raw);
        const end = {
          look,
          outcome: again.outcome,
          problem: again.problem,
          applied: cluster.applied.filter((id) => id.startsWith('helm-')),
        };
        expect(end).toEqual({
          look,
          outcome: expect.stringMatching(/^(succeeded|unchanged)$/),
          problem: null,
          applied: UPGRADES,
        });
        expect(new Set(Object.values(cluster.images()))).toEqual(new Set([imageOf('2.4.24')]));
      }
      expect(look).toBeGreaterThan(15);
    },
  );

  it('in Helm resumes the hop to its own version', async () => {
    const cluster = clusterOf('2.2.16', { chartVersion: '4.0.34' });
    cluster.tornIn = 'helm-upgrade';
    expect((await runOn(cluster, threeHops())).outcome).toBe('killed');
    cluster.tornIn = null;
    const again = await runOn(cluster, threeHops());
    expect({ outcome: again.outcome, problem: again.problem }).toEqual({ outcome: 'succeeded', problem: null });
    expect(completedHops(again)).toEqual(HOPS.slice(1));
    expect(cluster.applied).toEqual([UPGRADES[1], UPGRADES[1], UPGRADES[2]]);
  });
});

describe('stop-at', () => {
  it('ends the run after its hop, and later runs continue', async () => {
    const cluster = clusterOf('2.2.12');
    const result = await runOn(cluster, threeHops({ 'stop-at': '2.3.22' }));
    expect(result.outcome).toBe('succeeded');
    expect(cluster.applied).toEqual(UPGRADES.slice(0, 2));
    expect((await runOn(cluster, threeHops({ 'stop-at': '2.3.22' }))).outcome).toBe('unchanged');
    expect((await runOn(cluster, threeHops({ 'stop-at': '2.4.24' }))).outcome).toBe('succeeded');
    expect(cluster.applied).toEqual(UPGRADES);
  });

  it('that is not on the path is refused with the path', async () => {
    const cluster = clusterOf('2.2.12');
    const result = await runOn(cluster, threeHops({ 'stop-at': '2.3.5' }));
    expect(result.outcome).toBe('refused');
    expect(ofType(result, 'plan-refused')[0]?.failedChecks).toMatchObject([
      { id: 'stop-at-not-on-path', remedy: 'Set stop-at to one of 2.2.16, 2.3.22, 2.4.24, or leave it out.' },
    ]);
  });

  it('has one job per version: each run makes one hop', async () => {
    const cluster = clusterOf('2.2.12');
    for (const at of ['2.2.16', '2.3.22', '2.4.24']) {
      const before = cluster.applied.length;
      expect((await runOn(cluster, threeHops({ 'stop-at': at }))).outcome).toBe('succeeded');
      expect(cluster.applied).toHaveLength(before + 1);
    }
  });
});

describe('inputs that belong to the target', () => {
  it('are not used for intermediate versions', async () => {
    const cluster = clusterOf('2.2.12');
    const raw = threeHops({ image: 'registry.example.com/milvus:v2.4.24', 'chart-version': '4.2.19' });
    const result = await runOn(cluster, raw);
    expect(result.outcome).toBe('succeeded');
    expect(reportOf(result).hops.map(({ image }) => image)).toEqual(
      ['2.2.16', '2.3.22', '2.4.24'].map((to) => `registry.example.com/milvus:v${to}`),
    );
    expect(cluster.applied).toEqual(UPGRADES);
  });

  it('with a digest have no image for intermediate versions', async () => {
    const image = `milvusdb/milvus:v2.4.24@sha256:${'a'.repeat(64)}`;
    const result = await runOn(clusterOf('2.2.12'), threeHops({ image }));
    expect(ofType(result, 'plan-refused')[0]?.failedChecks.map(({ id }) => id)).toContain('image-needed');
  });
});

it('a path of one hop is one upgrade, without events of hops', async () => {
  const result = await runOn(clusterOf('2.2.12'), inputs());
  expect(result.outcome).toBe('succeeded');
  expect(result.events.filter(({ type }) => type.startsWith('hop-') || type === 'path-planned')).toEqual([]);
  expect(renderOutputs(reportOf(result), '').hops).toBe('["2.2.16"]');
});

describe('the summary of a run of three upgrades', () => {
  const golden = new URL('../golden/summary-hops.md', import.meta.url).pathname;

  it('matches its golden file; update it with npm run fix', async () => {
    const milvus = await new FakeMilvus().listen();
    const cluster = Object.assign(clusterOf('2.2.12'), { milvus });
    const result = await runOn(cluster, threeHops());
    milvus.close();
    expect(reportOf(result).hops.map(({ data }) => data)).toEqual(Array(3).fill({ state: 'verified', rows: 7 }));
    const summary = renderSummary(reportOf(result));
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, summary);
    expect(summary).toBe(readFileSync(golden, 'utf8'));
  });
});
