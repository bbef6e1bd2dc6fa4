import { describe, expect, it } from '@jest/globals';
import { FakeCluster } from '../support/fake-cluster.js';
import { inputs } from '../support/inputs.js';
import { ofType, runOn } from '../support/tools.js';

const image = 'milvusdb/milvus:v2.2.16';

describe('a release whose Deployments have all 0 replicas', () => {
  it.each(['2.2.16', '2.2.12'])('is not upgraded to %s, because no pod could show that it serves', async (target) => {
    const cluster = new FakeCluster('2.2.12');
    cluster.scaleToZero();
    const result = await runOn(cluster, inputs({ 'target-version': target }));
    expect(result.outcome).toBe('refused');
    expect(ofType(result, 'plan-refused')[0]?.failedChecks.map((failedCheck) => failedCheck.id)).toEqual([
      'milvus-stopped',
    ]);
    expect(cluster.applied).toEqual([]);
  });

  it('fails the verification', async () => {
    const cluster = new FakeCluster('2.2.16');
    cluster.scaleToZero();
    const result = await runOn(cluster, inputs({ operation: 'verify' }));
    expect(result.problem?.why).toBe('Milvus is stopped: all 8 Deployments have 0 replicas');
  });

  it('is not reported as upgraded if it was stopped during the upgrade', async () => {
    const cluster = new FakeCluster('2.2.12');
    const apply = cluster.apply.bind(cluster);
    cluster.apply = async (step): Promise<void> => apply(step).then(() => cluster.scaleToZero());
    const result = await runOn(cluster, inputs());
    expect(result.outcome).toBe('failed');
    expect(result.problem?.why).toBe('Milvus is stopped: all 8 Deployments have 0 replicas');
  });
});

describe('an upgrade', () => {
  it('brings every component to the target version', async () => {
    const cluster = new FakeCluster('2.2.12');
    const result = await runOn(cluster, inputs());
    expect(result.outcome).toBe('succeeded');
    expect(new Set(Object.values(cluster.images()))).toEqual(new Set([image]));
    expect(cluster.applied).toEqual(['helm-upgrade/my@2.2.16+chart-4.0.34']);
  });

  it('reports that there is nothing to do when it is run again, and changes nothing', async () => {
    const cluster = new FakeCluster('2.2.12');
    await runOn(cluster, inputs());
    const again = await runOn(cluster, inputs());
    expect(again.outcome).toBe('unchanged');
    expect(cluster.applied).toHaveLength(1);
    expect(cluster.taken).toEqual(['acquireLock', 'close', 'close']);
  });

  it('changes nothing with operation: plan', async () => {
    const cluster = new FakeCluster('2.2.12');
    const result = await runOn(cluster, inputs({ operation: 'plan' }));
    expect(result.outcome).toBe('planned');
    expect(cluster.applied).toEqual([]);
    expect(cluster.taken).toEqual(['close']);
    expect(ofType(result, 'plan-created')[0]?.plan.steps.map((step) => step.kind)).toEqual([
      'helm-upgrade',
      'wait-ready',
    ]);
  });

  it('waits for old pods that are still terminating', async () => {
    const cluster = new FakeCluster('2.2.12');
    const result = await runOn(cluster, inputs());
    const last = ofType(result, 'step-waiting').at(-1);
    expect(last?.waitingFor).toContain('terminating');
  });

  it('sets the image tag of the target even if the values pin another one', async () => {
    const cluster = new FakeCluster('2.2.12', {
      values: { cluster: { enabled: true }, image: { all: { tag: 'v2.2.12' } } },
    });
    await runOn(cluster, inputs());
    expect(cluster.images().proxy).toBe(image);
  });

  it('fails with the reason of Kubernetes when a Deployment exceeds its progress deadline, and changes nothing else', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.breakComponent('querynode', 'ImagePullBackOff', 'no such image');
    cluster.failComponent('querynode', 'ProgressDeadlineExceeded: it took too long');
    const result = await runOn(cluster, inputs());
    expect(result.outcome).toBe('failed');
    expect(result.problem).toMatchObject({
      code: 'step-stalled',
      why: expect.stringMatching(/querynode.*ProgressDeadlineExceeded.*ImagePullBackOff: no such image/),
    });
    expect(cluster.applied).toHaveLength(1);
  });

  it('fails as soon as a cause is certain, with its code, message and hint', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.breakComponent('querynode', 'ImagePullBackOff');
    cluster.cause('querynode', 'IMAGE_NOT_FOUND', { from: 5, certainFrom: 45 });
    const result = await runOn(cluster, inputs());
    expect(result.problem).toMatchObject({
      code: 'step-stalled',
      why: expect.stringMatching(/^IMAGE_NOT_FOUND at my-milvus-querynode.*querynode reported it/),
      remedy: expect.stringContaining('Fix querynode.'),
      causes: [{ code: 'IMAGE_NOT_FOUND', certain: true, deployment: 'my-milvus-querynode' }],
    });
    expect(cluster.clock).toBeLessThan(46_000);
    expect(ofType(result, 'cause-found').map(({ at, cause }) => [at.slice(17, 19), cause.certain])).toEqual([
      ['05', false],
      ['45', true],
    ]);
  });

  it('reports a cause that resolves, and continues', async () => {
    const cluster = new FakeCluster('2.2.12', { observationsToSettle: 30 });
    cluster.cause('querynode', 'UNSCHEDULABLE', { from: 2, until: 20 });
    const result = await runOn(cluster, inputs());
    expect(result.outcome).toBe('succeeded');
    expect(ofType(result, 'cause-found')).toHaveLength(1);
  });

  it('names the current causes when it times out', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.breakComponent('proxy', 'ImagePullBackOff');
    cluster.cause('proxy', 'IMAGE_PULL_TRANSIENT');
    const result = await runOn(cluster, inputs({ 'step-timeout': '2m' }));
    expect(result.problem).toMatchObject({
      code: 'step-timed-out',
      why: expect.stringContaining('IMAGE_PULL_TRANSIENT at my-milvus-proxy'),
      causes: [{ certain: false }],
    });
  });

  it('uses the running image as the current version, not a wrong image that an earlier run left in a template', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.breakComponent('querynode', 'ImagePullBackOff');
    await runOn(cluster, inputs({ image: 'wrong.example.com/milvus:v2.2.16', 'step-timeout': '2m' }));
    cluster.failComponent('querynode', 'ProgressDeadlineExceeded: no such image');
    expect((await runOn(cluster, inputs({ operation: 'plan' }))).outcome).toBe('planned');
    cluster.mendComponent('querynode');
    expect((await runOn(cluster, inputs())).outcome).toBe('succeeded');
    expect(cluster.images().querynode).toBe(image);
  });

  it('resumes where a failed run stopped after the cause was fixed', async () => {
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

  it('reports what it waits for at least every 30 s', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.breakComponent('proxy', 'ImagePullBackOff');
    const result = await runOn(cluster, inputs({ 'step-timeout': '5m' }));
    const times = result.events.filter((event) => event.type === 'step-waiting').map((event) => Date.parse(event.at));
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    expect(times.length).toBeGreaterThan(9);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(31_000);
  });

  it('ends at the timeout of the run if that is earlier than step-timeout', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.breakComponent('proxy', 'ImagePullBackOff');
    const result = await runOn(cluster, inputs({ timeout: '1m' }));
    expect(result.problem?.what).toContain('timeout');
    expect(cluster.clock).toBeLessThan(70_000);
  });

  it('corrects a Deployment whose image was changed without Helm', async () => {
    const cluster = new FakeCluster('2.2.12');
    await runOn(cluster, inputs());
    cluster.setImage('querynode', 'milvusdb/milvus:v2.2.12');
    const result = await runOn(cluster, inputs());
    expect(result.outcome).toBe('succeeded');
    expect(cluster.images().querynode).toBe(image);
  });

  it('refuses a downgrade and changes nothing', async () => {
    const cluster = new FakeCluster('2.2.16', { chartVersion: '4.0.34' });
    const result = await runOn(cluster, inputs({ 'target-version': '2.2.12' }));
    expect(result.outcome).toBe('refused');
    expect(ofType(result, 'plan-refused')[0]?.failedChecks.map((failedCheck) => failedCheck.id)).toContain('downgrade');
    expect(cluster.applied).toEqual([]);
  });

  it.each([
    ['2.2.12', '2.3.5', '2.2.12', 'refused'],
    ['2.2.12', '2.3.5', '2.2.16', 'refused'],
    ['2.2.16', '2.3.5', '2.3.5', 'succeeded'],
    ['2.2.12', '2.2.16', '2.2.12', 'succeeded'],
  ])('of an incomplete upgrade from %s to %s, with the target %s, is %s', async (from, newest, target, outcome) => {
    const cluster = new FakeCluster(from, { chartVersion: '4.0.34' });
    cluster.setImage('rootcoord', `milvusdb/milvus:v${newest}`);
    const result = await runOn(cluster, inputs({ 'target-version': target, 'skip-checks': 'chart-downgrade' }));
    expect(result.outcome).toBe(outcome);
    if (outcome !== 'refused') return;
    expect(ofType(result, 'plan-refused')[0]?.failedChecks).toEqual([
      expect.objectContaining({
        id: 'downgrade',
        state: 'fail',
        skippable: false,
        reason: expect.stringMatching(`^${target} is older than the running version ${newest}: 2.2 cannot`),
      }),
    ]);
    expect(cluster.applied).toEqual([]);
  });

  it('reports every failed check at once', async () => {
    const cluster = new FakeCluster('2.2.16', { chartVersion: '4.0.34' });
    cluster.status = 'failed';
    cluster.setImage('proxy', 'milvusdb/milvus:v2.2.16');
    const result = await runOn(cluster, inputs({ 'target-version': '2.2.12', 'source-version': '2.2.9' }));
    const codes = ofType(result, 'plan-refused')[0]?.failedChecks.map((failedCheck) => failedCheck.id) ?? [];
    expect(codes).toEqual(expect.arrayContaining(['downgrade', 'source-version-differs', 'release-failed']));
  });

  it('continues after a skipped check, and reports the check as skipped', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.status = 'failed';
    const result = await runOn(cluster, inputs({ 'skip-checks': 'release-failed' }));
    expect(result.outcome).toBe('succeeded');
    expect(ofType(result, 'plan-created')[0]?.plan.checks).toContainEqual(
      expect.objectContaining({ id: 'release-failed', state: 'skipped' }),
    );
  });

  it('shows the plan of a metadata migration', async () => {
    const cluster = new FakeCluster('2.1.4', {
      chartVersion: '3.2.18',
      charts: [
        { version: '3.2.18', appVersion: '2.1.4' },
        { version: '3.3.6', appVersion: '2.2.0' },
      ],
    });
    const result = await runOn(cluster, inputs({ strategy: 'auto', 'target-version': '2.2.0', operation: 'plan' }));
    expect(result.outcome).toBe('planned');
    const [made] = ofType(result, 'plan-created');
    expect(made?.plan.strategy).toBe('migrate');
    expect(made?.plan.hops[0]?.outline.join()).toContain('back up');
  });

  it('reports a cancel during a Helm upgrade as cancelled, not as a failure of Helm', async () => {
    const cluster = new FakeCluster('2.2.12');
    const cancel = new AbortController();
    cluster.apply = () => {
      cancel.abort();
      return Promise.reject(new Error('UPGRADE FAILED: context canceled'));
    };
    const result = await runOn(cluster, inputs(), cancel.signal);
    expect(result.problem).toMatchObject({ code: 'cancelled', causes: [{ code: 'CANCELLED', certain: true }] });
  });

  it('leaves the installation unchanged when it is cancelled before the first step', async () => {
    const cluster = new FakeCluster('2.2.12');
    const cancel = new AbortController();
    cancel.abort();
    const result = await runOn(cluster, inputs(), cancel.signal);
    expect(result.outcome).toBe('cancelled');
    expect(result.problem?.causes).toEqual([expect.objectContaining({ code: 'CANCELLED' })]);
  });

  it('changes nothing with operation: verify', async () => {
    const cluster = new FakeCluster('2.2.12');
    const before = await runOn(cluster, inputs({ operation: 'verify' }));
    expect(before.problem?.why).toContain('on v2.2.12');
    await runOn(cluster, inputs());
    const after = await runOn(cluster, inputs({ operation: 'verify' }));
    expect(after.outcome).toBe('succeeded');
    expect(cluster.applied).toHaveLength(1);
  });

  it('reports invalid inputs before it connects to the cluster', async () => {
    const cluster = new FakeCluster('2.2.12');
    const result = await runOn(cluster, inputs({ 'target-version': 'latest', strategy: 'fast', timeout: 'soon' }));
    expect(result.problem?.code).toBe('input-invalid');
    expect(result.problem?.why).toMatch(/strategy is "fast".*target-version is "latest".*timeout is "soon"/);
    expect(cluster.observations).toBe(0);
  });
});
