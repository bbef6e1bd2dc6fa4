import { describe, expect, it } from '@jest/globals';
import { chartChangesOf } from '../../src/core/platforms/registry.js';
import type { Session } from '../../src/core/model/session.js';
import { FakeCluster, type FakeOptions } from '../support/fake-cluster.js';
import { inputs } from '../support/inputs.js';
import { ofType, runOn, type RunResult } from '../support/tools.js';

const OLD = 'milvusdb/milvus:v2.2.12';
const NEW = 'milvusdb/milvus:v2.2.16';
const rolling = (written: Parameters<typeof inputs>[0] = {}): ReturnType<typeof inputs> =>
  inputs({ strategy: 'rolling', ...written });
const COORDINATORS = ['rootCoordinator', 'dataCoordinator', 'indexCoordinator', 'queryCoordinator'];
const chartDefaults = Object.fromEntries(
  COORDINATORS.map((coordinator) => [coordinator, { enabled: true, activeStandby: { enabled: false } }]),
);
const newCluster = (options: FakeOptions = {}): FakeCluster => new FakeCluster('2.2.12', { chartDefaults, ...options });
const stepsOf = (result: RunResult): string[] =>
  ofType(result, 'plan-created')
    .at(-1)
    ?.plan.steps.map(({ id }) => id) ?? [];
const imagesOf = (cluster: FakeCluster): string[] => [...new Set(Object.values(cluster.images()))];
const STEPS = [
  'pause/my@2.2.16',
  'helm-upgrade/my@2.2.16+chart-4.0.34',
  'resume/proxy@2.2.16',
  'drain/proxy@2.2.16',
  ...['indexnode', 'datanode', 'querynode'].map((role) => `resume/${role}@2.2.16`),
  ...['querycoord', 'datacoord', 'indexcoord', 'rootcoord'].flatMap((role) => [
    `resume/${role}@2.2.16`,
    `drain/${role}@2.2.16`,
  ]),
  'restore-settings/my@2.2.16',
];

const lingering = (...hosts: string[]): Session[] =>
  hosts.map((host, serverId) => ({
    key: `by-dev/meta/session/querynode-${serverId}`,
    role: 'querynode',
    serverId,
    address: `${host}:21123`,
    version: '2.2.12',
    isActive: false,
    isStandby: false,
    isStopping: false,
  }));

describe('sessions of pods that have ended during a rolling upgrade', () => {
  it('are revoked before anything else, and only once', async () => {
    const cluster = newCluster();
    cluster.lingering = lingering('10.9.9.9', '10.9.9.8', '10.9.9.9');
    const result = await runOn(cluster, rolling());
    expect(result.outcome).toBe('succeeded');
    expect(cluster.applied).toEqual(['revoke-sessions/10.9.9.8,10.9.9.9', ...STEPS]);
    expect(stepsOf(result)).toEqual([...STEPS, 'wait-ready/my@2.2.16']);
  });

  it('may end one after the other without a limit, within one step', async () => {
    const cluster = newCluster();
    const hosts = Array.from({ length: 6 }, (_, at) => `10.9.9.${at}`);
    const apply = cluster.apply.bind(cluster);
    cluster.apply = async (step) => {
      await apply(step);
      const next = step.kind === 'resume' || step.kind === 'revoke-sessions' ? hosts.shift() : undefined;
      if (next !== undefined) cluster.lingering = lingering(next);
    };
    const result = await runOn(cluster, rolling());
    expect(result.outcome).toBe('succeeded');
    expect(cluster.applied.filter((id) => id.startsWith('revoke-sessions'))).toHaveLength(6);
  });

  it('stop the run if each request is accepted and they still exist', async () => {
    const cluster = newCluster();
    cluster.lingering = lingering('10.9.9.9');
    cluster.revokes = false;
    const result = await runOn(cluster, rolling());
    expect(result.problem).toMatchObject({ code: 'step-stalled', what: 'revoke-sessions/10.9.9.9 cannot continue' });
  });
});

describe('a rolling upgrade', () => {
  it('pauses all Deployments, runs helm upgrade, resumes them one by one, and restores all settings', async () => {
    const cluster = newCluster();
    const result = await runOn(cluster, rolling());
    expect(result.outcome).toBe('succeeded');
    expect(stepsOf(result)).toEqual([...STEPS, 'wait-ready/my@2.2.16']);
    expect(cluster.applied).toEqual(STEPS);
    expect(imagesOf(cluster)).toEqual([NEW]);
    expect(cluster.rolls.pauseRecordOf('proxy')).toBeNull();
  });

  it('resumes the three paused Deployments if the fourth cannot be paused', async () => {
    const cluster = newCluster();
    cluster.rolls.writesLeft = 3;
    const result = await runOn(cluster, rolling());
    expect({ outcome: result.outcome, code: result.problem?.code }).toEqual({
      outcome: 'failed',
      code: 'cluster-unreachable',
    });
    expect(Object.keys(cluster.images()).filter((role) => cluster.rolls.isPaused(role))).toEqual([]);
    expect((await runOn(cluster, rolling())).outcome).toBe('succeeded');
  });

  it('names the Deployments that stay paused if resuming them fails as well', async () => {
    const cluster = newCluster();
    cluster.rolls.writesLeft = 3;
    cluster.rolls.putBackFails = true;
    const { problem } = await runOn(cluster, rolling());
    expect(problem?.code).toBe('cluster-unreachable');
    expect(problem?.remedy).toContain(
      'Still paused, because resuming also failed (no): my-milvus-rootcoord, my-milvus-datacoord, my-milvus-indexcoord.',
    );
    expect(problem?.remedy).toContain('kubectl --namespace default rollout resume deployment/my-milvus-rootcoord');
  });

  it('is the strategy of auto for a cluster, but not for a standalone or for a change of values only', async () => {
    const strategyOf = async (cluster: FakeCluster, target: string): Promise<string | undefined> =>
      ofType(
        await runOn(cluster, inputs({ strategy: 'auto', operation: 'plan', 'target-version': target, set: 'a=1' })),
        'plan-created',
      )[0]?.plan.strategy;
    expect(await strategyOf(newCluster(), '2.2.16')).toBe('rolling');
    expect(await strategyOf(newCluster(), '2.2.12')).toBe('helm-upgrade');
    const standalone = {
      topology: 'standalone',
      messageQueue: 'kafka',
      values: { cluster: { enabled: false } },
    } as const;
    expect(await strategyOf(newCluster(standalone), '2.2.16')).toBe('helm-upgrade');
    expect(await strategyOf(new FakeCluster('2.2.2', { chartDefaults }), '2.2.16')).toBe('helm-upgrade');
  });

  it('enables active-standby with Helm values, and the plan lists them', async () => {
    const cluster = newCluster();
    const result = await runOn(cluster, rolling());
    const { plan } = ofType(result, 'plan-created').at(-1)!;
    expect(chartChangesOf(plan).settings.map(({ path }) => path)).toEqual(
      ['rootCoordinator', 'dataCoordinator', 'indexCoordinator', 'queryCoordinator']
        .map((coordinator) => `${coordinator}.activeStandby.enabled`)
        .sort(byOrder),
    );
    expect(cluster.userValues()).toMatchObject({ rootCoordinator: { activeStandby: { enabled: true } } });
  });

  it('hands over a coordinator after the new one has been ready for a time if etcd cannot be read', async () => {
    const cluster = newCluster();
    cluster.readsEtcd = null;
    const result = await runOn(cluster, rolling());
    expect(result.outcome).toBe('succeeded');
    expect(cluster.applied).toEqual(STEPS);
  });

  it('does not remove the old coordinator before the new one is registered', async () => {
    const cluster = newCluster();
    cluster.unregistered.add('datacoord');
    const result = await runOn(cluster, rolling({ 'step-timeout': '60s' }));
    expect(result.problem?.why).toContain('my-milvus-datacoord-new to register in etcd');
    expect(cluster.applied.at(-1)).toBe('resume/datacoord@2.2.16');
    cluster.unregistered.clear();
    expect((await runOn(cluster, rolling())).outcome).toBe('succeeded');
    expect(imagesOf(cluster)).toEqual([NEW]);
  });

  it('does not wait for the session of an index coordinator from 2.3 on, which the data coordinator registers', async () => {
    const cluster = new FakeCluster('2.2.16', { chartDefaults });
    cluster.unregistered.add('indexcoord');
    const result = await runOn(cluster, rolling({ 'target-version': '2.3.5', 'step-timeout': '60s' }));
    expect({ outcome: result.outcome, problem: result.problem }).toEqual({ outcome: 'succeeded', problem: null });
    expect(imagesOf(cluster)).toEqual(['milvusdb/milvus:v2.3.5']);
  });

  it('waits at most 120 s for the session of a ready pod, and then continues', async () => {
    const cluster = newCluster();
    cluster.unregistered.add('datacoord');
    const result = await runOn(cluster, rolling({ 'step-timeout': '10m', timeout: '30m' }));
    expect(result.outcome).toBe('succeeded');
    expect(
      ofType(result, 'step-waiting').some(({ waitingFor }) =>
        waitingFor.includes('my-milvus-datacoord-new to register in etcd'),
      ),
    ).toBe(true);
  });

  it('stops at the first component that does not become ready, and leaves the following ones unchanged', async () => {
    const cluster = newCluster();
    cluster.breakComponent('datanode', 'CrashLoopBackOff');
    const result = await runOn(cluster, rolling({ 'step-timeout': '60s' }));
    expect(result.problem?.code).toBe('step-timed-out');
    expect(cluster.rolls.released).toEqual(['proxy', 'indexnode', 'datanode']);
    expect(cluster.rolls.isPaused('querynode')).toBe(true);
    cluster.mendComponent('datanode');
    expect((await runOn(cluster, rolling())).outcome).toBe('succeeded');
    expect(cluster.rolls.released).toEqual([
      'proxy',
      'indexnode',
      'datanode',
      'querynode',
      'querycoord',
      'datacoord',
      'indexcoord',
      'rootcoord',
    ]);
  });

  it('resumes all Deployments if Helm fails before it has changed anything', async () => {
    const cluster = newCluster();
    cluster.helmIsRefused = true;
    const result = await runOn(cluster, rolling());
    expect(result.problem?.code).toBe('command-failed');
    expect(cluster.applied).toEqual([...STEPS.slice(0, 2), 'restore-settings/my@2.2.16']);
    expect(cluster.rolls.pauseRecordOf('rootcoord')).toBeNull();
    expect(imagesOf(cluster)).toEqual([OLD]);
  });

  it('is resumed or rolled back if Helm fails after half of the templates', async () => {
    const cluster = newCluster();
    cluster.failsIn = 'helm-upgrade';
    const result = await runOn(cluster, rolling());
    expect(result.problem?.remedy).toContain('To roll back instead: run the action with target-version: 2.2.12');
    cluster.failsIn = null;
    expect((await runOn(cluster, inputs({ strategy: 'auto' }))).outcome).toBe('succeeded');
    expect(imagesOf(cluster)).toEqual([NEW]);

    const back = newCluster();
    back.failsIn = 'helm-upgrade';
    expect((await runOn(back, rolling({ 'on-failure': 'rollback' }))).outcome).toBe('rolled-back');
    expect(imagesOf(back)).toEqual([OLD]);
    expect(back.rolls.pauseRecordOf('rootcoord')).toBeNull();
  });

  it('defers a component whose new pod waits for the next one, reports that, and returns to it', async () => {
    const cluster = newCluster();
    cluster.waitsFor.set('indexnode', 'datanode');
    const result = await runOn(cluster, rolling());
    expect(result.outcome).toBe('succeeded');
    expect(ofType(result, 'step-deferred').map(({ step }) => step.id)).toEqual(['resume/indexnode@2.2.16']);
    expect(cluster.rolls.released.slice(0, 4)).toEqual(['proxy', 'indexnode', 'datanode', 'querynode']);
  });

  it.each([
    ['proxy', 'indexnode', ['resume/proxy', 'resume/indexnode', 'drain/proxy', 'resume/datanode']],
    ['querycoord', 'datacoord', ['resume/querycoord', 'resume/datacoord', 'drain/datacoord', 'drain/querycoord']],
  ])('removes no old pod of %s before its deferred step is complete', async (role, other, order) => {
    const cluster = newCluster();
    cluster.waitsFor.set(role, other);
    const result = await runOn(cluster, rolling());
    expect(result.outcome).toBe('succeeded');
    expect(ofType(result, 'step-deferred').map(({ step }) => step.id)).toEqual([`resume/${role}@2.2.16`]);
    const turns = cluster.applied.map((id) => id.replace(/@.*/, ''));
    expect(turns.slice(turns.indexOf(order[0] ?? '')).slice(0, 4)).toEqual(order);
  });
});

const byOrder = (a: string, b: string): number =>
  ORDER.findIndex((prefix) => a.startsWith(prefix)) - ORDER.findIndex((prefix) => b.startsWith(prefix));
const ORDER = ['queryCoord', 'dataCoord', 'indexCoord', 'rootCoord'];

describe('a rolling upgrade that is killed', () => {
  const PATTERNS = 60;
  it('is tested at every observation', async () => {
    const cluster = newCluster();
    await runOn(cluster, rolling());
    expect(cluster.observations).toBe(PATTERNS);
  });

  it.each(Array.from({ length: PATTERNS }, (_, at) => at + 1))(
    'at observation %i has the same result when it is run again, and applies no step twice',
    async (look) => {
      const cluster = newCluster();
      cluster.killAt = look;
      await runOn(cluster, rolling());
      cluster.killAt = Number.POSITIVE_INFINITY;
      const again = await runOn(cluster, inputs({ strategy: 'auto' }));
      expect(['succeeded', 'unchanged']).toContain(again.outcome);
      expect(imagesOf(cluster)).toEqual([NEW]);
      expect(cluster.applied).toEqual(STEPS);
      expect(cluster.rolls.pauseRecordOf('rootcoord')).toBeNull();
    },
  );

  it('is reported by every later plan', async () => {
    const cluster = newCluster();
    cluster.killAt = 12;
    await runOn(cluster, rolling());
    cluster.killAt = Number.POSITIVE_INFINITY;
    const result = await runOn(cluster, inputs({ strategy: 'auto', operation: 'plan' }));
    const checks = ofType(result, 'plan-created')[0]?.plan.checks ?? [];
    expect(checks.find(({ id }) => id === 'rolling-half-done')?.reason).toContain(
      'my-milvus-rootcoord is paused for 2.2.16 by acme.milvus.42.1 since 2026-01-01',
    );
  });

  it.each([8, 12, 20, 33, 45, 55])(
    'at observation %i is completed at once with strategy: helm-upgrade',
    async (look) => {
      const cluster = newCluster();
      cluster.killAt = look;
      await runOn(cluster, rolling());
      cluster.killAt = Number.POSITIVE_INFINITY;
      const applied = cluster.applied.length;
      const result = await runOn(cluster, inputs({ strategy: 'helm-upgrade' }));
      expect(['succeeded', 'unchanged']).toContain(result.outcome);
      expect(imagesOf(cluster)).toEqual([NEW]);
      expect(cluster.rolls.pauseRecordOf('rootcoord')).toBeNull();
      expect(cluster.applied.slice(applied).filter((id) => /^(pause|resume|drain)/.test(id))).toEqual([]);
    },
  );

  it('is rolled back when its completion fails', async () => {
    const cluster = newCluster();
    cluster.killAt = 12;
    await runOn(cluster, rolling());
    cluster.killAt = Number.POSITIVE_INFINITY;
    cluster.breakImage(NEW);
    const result = await runOn(
      cluster,
      inputs({ strategy: 'helm-upgrade', 'on-failure': 'rollback', 'step-timeout': '60s' }),
    );
    expect(result.outcome).toBe('rolled-back');
    expect(imagesOf(cluster)).toEqual([OLD]);
    expect(cluster.rolls.pauseRecordOf('rootcoord')).toBeNull();
  });
});

describe('the rollback of a rolling upgrade', () => {
  const broken = (): FakeCluster => {
    const cluster = newCluster();
    cluster.breakImage(NEW);
    cluster.sparesImage.add('proxy').add('indexnode');
    return cluster;
  };
  const runInputs = (): ReturnType<typeof inputs> => rolling({ 'on-failure': 'rollback', 'step-timeout': '60s' });

  it('pauses again, runs helm rollback, and resumes in reverse order', async () => {
    const cluster = broken();
    const result = await runOn(cluster, runInputs());
    expect(result.outcome).toBe('rolled-back');
    expect(imagesOf(cluster)).toEqual([OLD]);
    const back = cluster.applied.slice(cluster.applied.lastIndexOf('resume/datanode@2.2.16') + 1);
    expect(back).toEqual([
      'pause/my@2.2.12',
      'helm-rollback/my@revision-1',
      ...['rootcoord', 'indexcoord', 'datacoord', 'querycoord', 'querynode', 'datanode', 'indexnode'].map(
        (role) => `resume/${role}@2.2.12`,
      ),
      'resume/proxy@2.2.12',
      'drain/proxy@2.2.12',
      'restore-settings/my@2.2.12',
    ]);
    expect(cluster.rolls.pauseRecordOf('rootcoord')).toBeNull();
  });
});
