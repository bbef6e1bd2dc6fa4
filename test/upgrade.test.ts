import { describe, expect, it } from '@jest/globals';
import { FakeCluster } from './fakes/fake-cluster.js';
import { inputs } from './fakes/inputs.js';
import { ofType, runOn } from './fakes/tools.js';

const image = 'milvusdb/milvus:v2.2.16';

describe('a release whose Deployments have all 0 replicas', () => {
  it.each(['2.2.16', '2.2.12'])('is not upgraded to %s, since nothing could show that it serves', async (target) => {
    const cluster = new FakeCluster('2.2.12');
    cluster.scaleToZero();
    const told = await runOn(cluster, inputs({ 'target-version': target }));
    expect(told.outcome).toBe('refused');
    expect(ofType(told, 'plan-refused')[0]?.failedChecks.map((each) => each.code)).toEqual(['milvus-stopped']);
    expect(cluster.applied).toEqual([]);
  });

  it('is not verified', async () => {
    const cluster = new FakeCluster('2.2.16');
    cluster.scaleToZero();
    const told = await runOn(cluster, inputs({ operation: 'verify' }));
    expect(told.problem?.why).toBe('Milvus is stopped: all 8 Deployments have 0 replicas');
  });

  it('is not reported as upgraded where somebody stopped it during the upgrade', async () => {
    const cluster = new FakeCluster('2.2.12');
    const apply = cluster.apply.bind(cluster);
    cluster.apply = async (step): Promise<void> => apply(step).then(() => cluster.scaleToZero());
    const told = await runOn(cluster, inputs());
    expect(told.outcome).toBe('failed');
    expect(told.problem?.why).toBe('Milvus is stopped: all 8 Deployments have 0 replicas');
  });
});

describe('upgrade', () => {
  it('brings every component to the target version', async () => {
    const cluster = new FakeCluster('2.2.12');
    const told = await runOn(cluster, inputs());
    expect(told.outcome).toBe('succeeded');
    expect(new Set(Object.values(cluster.images()))).toEqual(new Set([image]));
    expect(cluster.applied).toEqual(['helm-upgrade/my@2.2.16+chart-4.0.34']);
  });

  it('says there is nothing to do the second time, and touches nothing', async () => {
    const cluster = new FakeCluster('2.2.12');
    await runOn(cluster, inputs());
    const again = await runOn(cluster, inputs());
    expect(again.outcome).toBe('unchanged');
    expect(cluster.applied).toHaveLength(1);
    expect(cluster.taken).toEqual(['take', 'close', 'close']);
  });

  it('changes nothing when asked for a plan', async () => {
    const cluster = new FakeCluster('2.2.12');
    const told = await runOn(cluster, inputs({ operation: 'plan' }));
    expect(told.outcome).toBe('planned');
    expect(cluster.applied).toEqual([]);
    expect(cluster.taken).toEqual(['close']);
    expect(ofType(told, 'plan-created')[0]?.plan.steps.map((step) => step.kind)).toEqual(['helm-upgrade', 'wait-ready']);
  });

  it('waits for old pods that still terminate', async () => {
    const cluster = new FakeCluster('2.2.12');
    const told = await runOn(cluster, inputs());
    const last = ofType(told, 'step-waiting').at(-1);
    expect(last?.waitingFor).toContain('terminating');
  });

  it('keeps the image tag of the target although the user pinned another one', async () => {
    const cluster = new FakeCluster('2.2.12', { values: { cluster: { enabled: true }, image: { all: { tag: 'v2.2.12' } } } });
    await runOn(cluster, inputs());
    expect(cluster.images().proxy).toBe(image);
  });

  it('fails with the reason of Kubernetes when a Deployment is given up, and leaves the rest as it is', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.breakComponent('querynode', 'ImagePullBackOff', 'no such image');
    cluster.failComponent('querynode', 'ProgressDeadlineExceeded: it took too long');
    const told = await runOn(cluster, inputs());
    expect(told.outcome).toBe('failed');
    expect(told.problem).toMatchObject({
      code: 'step-stalled',
      why: expect.stringMatching(/querynode.*ProgressDeadlineExceeded.*ImagePullBackOff: no such image/),
    });
    expect(cluster.applied).toHaveLength(1);
  });

  it('fails at the moment at which a cause is certain, with its code, evidence and hint', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.breakComponent('querynode', 'ImagePullBackOff');
    cluster.cause('querynode', 'IMAGE_NOT_FOUND', { from: 5, certainFrom: 45 });
    const told = await runOn(cluster, inputs());
    expect(told.problem).toMatchObject({
      code: 'step-stalled',
      why: expect.stringMatching(/^IMAGE_NOT_FOUND at my-milvus-querynode.*querynode said so/),
      remedy: expect.stringContaining('Mend querynode.'),
      causes: [{ code: 'IMAGE_NOT_FOUND', certain: true, deployment: 'my-milvus-querynode' }],
    });
    expect(cluster.clock).toBeLessThan(46_000);
    expect(ofType(told, 'cause-found').map(({ at, cause }) => [at.slice(17, 19), cause.certain])).toEqual([
      ['05', false],
      ['45', true],
    ]);
  });

  it('tells a cause that heals, and goes on', async () => {
    const cluster = new FakeCluster('2.2.12', { looksToSettle: 30 });
    cluster.cause('querynode', 'UNSCHEDULABLE', { from: 2, until: 20 });
    const told = await runOn(cluster, inputs());
    expect(told.outcome).toBe('succeeded');
    expect(ofType(told, 'cause-found')).toHaveLength(1);
  });

  it('names the causes that stand when time is up', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.breakComponent('proxy', 'ImagePullBackOff');
    cluster.cause('proxy', 'IMAGE_PULL_TRANSIENT');
    const told = await runOn(cluster, inputs({ 'step-timeout': '2m' }));
    expect(told.problem).toMatchObject({
      code: 'step-timed-out',
      why: expect.stringContaining('IMAGE_PULL_TRANSIENT at my-milvus-proxy'),
      causes: [{ certain: false }],
    });
  });

  it('takes the image that runs, not the one that a run with a wrong image left in a template', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.breakComponent('querynode', 'ImagePullBackOff');
    await runOn(cluster, inputs({ image: 'wrong.example.com/milvus:v2.2.16', 'step-timeout': '2m' }));
    cluster.failComponent('querynode', 'ProgressDeadlineExceeded: no such image');
    expect((await runOn(cluster, inputs({ operation: 'plan' }))).outcome).toBe('planned');
    cluster.mendComponent('querynode');
    expect((await runOn(cluster, inputs())).outcome).toBe('succeeded');
    expect(cluster.images().querynode).toBe(image);
  });

  it('goes on where a failed run stopped once the cause is mended', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.breakComponent('querynode', 'ImagePullBackOff');
    const late = await runOn(cluster, inputs({ 'step-timeout': '2m' }));
    expect(late.problem?.code).toBe('step-timed-out');
    expect(late.problem?.why).toContain('querynode');
    cluster.mendComponent('querynode');
    const again = await runOn(cluster, inputs());
    expect(again.outcome).toBe('succeeded');
    expect(cluster.applied).toHaveLength(1);
  });

  it('says what it waits for at least every 30 s', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.breakComponent('proxy', 'ImagePullBackOff');
    const told = await runOn(cluster, inputs({ 'step-timeout': '5m' }));
    const times = told.events.filter((event) => event.type === 'step-waiting').map((event) => Date.parse(event.at));
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    expect(times.length).toBeGreaterThan(9);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(31_000);
  });

  it('ends with the whole run’s timeout when that comes first', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.breakComponent('proxy', 'ImagePullBackOff');
    const told = await runOn(cluster, inputs({ timeout: '1m' }));
    expect(told.problem?.what).toContain('timeout');
    expect(cluster.clock).toBeLessThan(70_000);
  });

  it('mends a Deployment that someone pointed elsewhere behind Helm’s back', async () => {
    const cluster = new FakeCluster('2.2.12');
    await runOn(cluster, inputs());
    cluster.setImage('querynode', 'milvusdb/milvus:v2.2.12');
    const told = await runOn(cluster, inputs());
    expect(told.outcome).toBe('succeeded');
    expect(cluster.images().querynode).toBe(image);
  });

  it('refuses a downgrade without touching anything', async () => {
    const cluster = new FakeCluster('2.2.16', { chartVersion: '4.0.34' });
    const told = await runOn(cluster, inputs({ 'target-version': '2.2.12' }));
    expect(told.outcome).toBe('refused');
    expect(ofType(told, 'plan-refused')[0]?.failedChecks.map((each) => each.code)).toContain('downgrade');
    expect(cluster.applied).toEqual([]);
  });

  it.each([
    ['2.2.12', '2.3.5', '2.2.12', 'refused'],
    ['2.2.12', '2.3.5', '2.2.16', 'refused'],
    ['2.2.16', '2.3.5', '2.3.5', 'succeeded'],
    ['2.2.12', '2.2.16', '2.2.12', 'succeeded'],
  ])('of a half-done upgrade from %s to %s is, with the target %s, %s', async (from, newest, target, outcome) => {
    const cluster = new FakeCluster(from, { chartVersion: '4.0.34' });
    cluster.setImage('rootcoord', `milvusdb/milvus:v${newest}`);
    const told = await runOn(cluster, inputs({ 'target-version': target, 'skip-checks': 'chart-downgrade' }));
    expect(told.outcome).toBe(outcome);
    if (outcome !== 'refused') return;
    expect(ofType(told, 'plan-refused')[0]?.failedChecks).toEqual([
      expect.objectContaining({
        code: 'downgrade',
        skippable: false,
        reason: expect.stringMatching(`^${target} is older than the running version ${newest}: 2.2 cannot`),
      }),
    ]);
    expect(cluster.applied).toEqual([]);
  });

  it('tells every refusal at once', async () => {
    const cluster = new FakeCluster('2.2.16', { chartVersion: '4.0.34' });
    cluster.status = 'failed';
    cluster.setImage('proxy', 'milvusdb/milvus:v2.2.16');
    const told = await runOn(cluster, inputs({ 'target-version': '2.2.12', 'source-version': '2.2.9' }));
    const codes = ofType(told, 'plan-refused')[0]?.failedChecks.map((each) => each.code) ?? [];
    expect(codes).toEqual(expect.arrayContaining(['downgrade', 'source-version-differs', 'release-failed']));
  });

  it('does what a waived refusal spoke against, and says so', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.status = 'failed';
    const told = await runOn(cluster, inputs({ 'skip-checks': 'release-failed' }));
    expect(told.outcome).toBe('succeeded');
    expect(ofType(told, 'plan-created')[0]?.plan.checks).toContainEqual(expect.objectContaining({ id: 'release-failed', state: 'skipped' }));
  });

  it('shows the way of a metadata migration', async () => {
    const cluster = new FakeCluster('2.1.4', {
      chartVersion: '3.2.18',
      charts: [
        { version: '3.2.18', appVersion: '2.1.4' },
        { version: '3.3.6', appVersion: '2.2.0' },
      ],
    });
    const told = await runOn(cluster, inputs({ strategy: 'auto', 'target-version': '2.2.0', operation: 'plan' }));
    expect(told.outcome).toBe('planned');
    const [made] = ofType(told, 'plan-created');
    expect(made?.plan.strategy).toBe('migrate');
    expect(made?.plan.hops[0]?.outline.join()).toContain('back up');
  });

  it('tells a cancel while Helm works as a cancel, not by what Helm said to it', async () => {
    const cluster = new FakeCluster('2.2.12');
    const cancel = new AbortController();
    cluster.apply = () => {
      cancel.abort();
      return Promise.reject(new Error('UPGRADE FAILED: context canceled'));
    };
    const told = await runOn(cluster, inputs(), cancel.signal);
    expect(told.problem).toMatchObject({ code: 'cancelled', causes: [{ code: 'CANCELLED', certain: true }] });
  });

  it('stops at a cancel with what it found left as it is', async () => {
    const cluster = new FakeCluster('2.2.12');
    const cancel = new AbortController();
    cancel.abort();
    const told = await runOn(cluster, inputs(), cancel.signal);
    expect(told.outcome).toBe('cancelled');
    expect(told.problem?.causes).toEqual([expect.objectContaining({ code: 'CANCELLED' })]);
  });

  it('verifies without changing anything', async () => {
    const cluster = new FakeCluster('2.2.12');
    const before = await runOn(cluster, inputs({ operation: 'verify' }));
    expect(before.problem?.why).toContain('on v2.2.12');
    await runOn(cluster, inputs());
    const after = await runOn(cluster, inputs({ operation: 'verify' }));
    expect(after.outcome).toBe('succeeded');
    expect(cluster.applied).toHaveLength(1);
  });

  it('says which inputs are bad before it opens the cluster', async () => {
    const cluster = new FakeCluster('2.2.12');
    const told = await runOn(cluster, inputs({ 'target-version': 'latest', strategy: 'fast', timeout: 'soon' }));
    expect(told.problem?.code).toBe('input-invalid');
    expect(told.problem?.why).toMatch(/strategy is "fast".*target-version is "latest".*timeout is "soon"/);
    expect(cluster.observations).toBe(0);
  });
});
