import { describe, expect, it } from '@jest/globals';
import { FakeCluster } from '../support/fake-cluster.js';
import { inputs } from '../support/inputs.js';
import { ofType, runOn, type RunResult } from '../support/tools.js';
import { UpgradeError } from '../../src/core/model/error.js';
import type { RawInputs } from '../../src/core/config/raw-inputs.js';

const old = 'milvusdb/milvus:v2.2.12';
const image = 'milvusdb/milvus:v2.2.16';
const back = 'helm-rollback/my@revision-1';

function broken(version = '2.2.12', bad = image): FakeCluster {
  const cluster = new FakeCluster(version);
  cluster.breakImage(bad);
  for (const role of ['rootcoord', 'datacoord', 'querycoord', 'indexcoord']) cluster.recreates.add(role);
  return cluster;
}

const runInputs = (over: Partial<RawInputs> = {}): RawInputs =>
  inputs({ 'on-failure': 'rollback', 'step-timeout': '60s', ...over });

function expectBack(cluster: FakeCluster, result: RunResult): void {
  expect(result.outcome).toBe('rolled-back');
  expect(new Set(Object.values(cluster.images()))).toEqual(new Set([old]));
  expect(cluster.userValues()).toEqual(new FakeCluster('2.2.12').userValues());
}

describe('an upgrade that fails', () => {
  it('saves diagnostics, rolls back to the previous revision, and reports the original failure', async () => {
    const cluster = broken();
    cluster.evidence = {
      directory: '/tmp/evidence',
      files: ['index.md'],
      head: ['my-milvus-proxy-0: CrashLoopBackOff'],
    };
    const result = await runOn(cluster, runInputs());
    expectBack(cluster, result);
    expect(cluster.evidenceAt).toEqual([1]);
    expect(cluster.applied).toEqual(['helm-upgrade/my@2.2.16+chart-4.0.34', back]);
    const [failed] = ofType(result, 'failed');
    expect(failed?.problem).toMatchObject({
      code: 'step-timed-out',
      what: 'wait-ready/my@2.2.16 took longer than step-timeout allows',
    });
    expect(failed?.problem.remedy).toMatch(
      /was rolled back and runs milvusdb\/milvus:v2\.2\.12 with chart 4\.0\.29 again/,
    );
    expect(ofType(result, 'evidence-saved')).toHaveLength(1);
    expect(ofType(result, 'rollback-started')[0]?.reason.code).toBe('step-timed-out');
  });

  it('is not changed any more by default, and its error contains the rollback command', async () => {
    const cluster = broken();
    const result = await runOn(cluster, runInputs({ 'on-failure': 'stop' }));
    expect(result.outcome).toBe('failed');
    expect(cluster.images().proxy).toBe(image);
    expect(cluster.evidenceAt).toEqual([1]);
    expect(result.problem?.remedy).toContain('To roll back instead: helm rollback my 1 --namespace default');
  });

  it('is not rolled back across minor versions, and the error explains why', async () => {
    const cluster = broken('2.2.16', 'milvusdb/milvus:v2.3.5');
    const result = await runOn(cluster, runInputs({ 'target-version': '2.3.5' }));
    expect(result.outcome).toBe('failed');
    expect(cluster.images().proxy).toBe('milvusdb/milvus:v2.3.5');
    expect(result.problem?.remedy).toMatch(
      /It was not rolled back: from 2\.3\.5 to 2\.2\.16: 2\.2 cannot read what 2\.3 has written/,
    );
  });

  it('is not rolled back if Helm no longer has the revision', async () => {
    const cluster = broken();
    const whole = cluster.apply.bind(cluster);
    cluster.apply = async (step) => whole(step).then(() => cluster.forget(1));
    const result = await runOn(cluster, runInputs());
    expect(result.outcome).toBe('failed');
    expect(result.problem?.remedy).toContain('Helm no longer stores revision 1');
  });

  it('is not rolled back if it has not changed the cluster', async () => {
    const cluster = new FakeCluster('2.2.12');
    await runOn(cluster, inputs({ 'target-version': '2.2.14' }));
    const applied = cluster.applied.length;
    cluster.apply = () =>
      Promise.reject(
        new UpgradeError({
          code: 'command-failed',
          what: 'helm exited with 1',
          why: 'no such chart',
          remedy: 'Fix it.',
        }),
      );
    const result = await runOn(cluster, runInputs());
    expect(result.outcome).toBe('failed');
    expect(cluster.applied).toHaveLength(applied);
    expect(result.problem?.remedy).not.toContain('roll');
  });

  it('is not rolled back from a version whose rollout was complete before a pod was lost', async () => {
    const cluster = new FakeCluster('2.2.12');
    await runOn(cluster, inputs());
    cluster.losePod('querynode');
    const result = await runOn(cluster, runInputs());
    expect(result.outcome).toBe('failed');
    expect(new Set(Object.values(cluster.images()))).toEqual(new Set([image]));
  });

  it('is rolled back if Helm fails during the upgrade', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.failsIn = 'helm-upgrade';
    const result = await runOn(cluster, runInputs());
    expectBack(cluster, result);
    expect(ofType(result, 'failed')[0]?.problem.code).toBe('command-failed');
  });

  it('reports both failures if the rollback also fails, and is rolled back by the next run', async () => {
    const cluster = broken();
    cluster.failsIn = 'helm-rollback';
    const result = await runOn(cluster, runInputs());
    expect(result.outcome).toBe('failed');
    expect(result.problem).toMatchObject({
      code: 'step-timed-out',
      what: 'wait-ready/my@2.2.16 took longer than step-timeout allows',
    });
    expect(result.problem?.why).toMatch(
      /Rollback \(on-failure: rollback\) also failed: helm exited with 1: no route to host/,
    );
    cluster.failsIn = null;
    expectBack(cluster, await runOn(cluster, runInputs()));
  });

  it('saves no diagnostics and is not rolled back when it is cancelled', async () => {
    const cluster = broken();
    const cancel = new AbortController();
    const changed = cluster.waitForChange.bind(cluster);
    cluster.waitForChange = async (within) => {
      await changed(within);
      cancel.abort();
    };
    const result = await runOn(cluster, runInputs(), cancel.signal);
    expect(result.outcome).toBe('cancelled');
    expect(cluster.evidenceAt).toEqual([]);
    expect(cluster.images().proxy).toBe(image);
  });

  it('is rolled back even after the timeout of the run', async () => {
    const cluster = broken();
    expectBack(cluster, await runOn(cluster, runInputs({ timeout: '30s' })));
  });

  it('ends as cancelled if it is cancelled during the rollback, and the error reports that', async () => {
    const cluster = broken();
    const cancel = new AbortController();
    const apply = cluster.apply.bind(cluster);
    cluster.apply = async (step) => {
      await apply(step);
      if (step.kind === 'helm-rollback') cancel.abort();
    };
    const result = await runOn(cluster, runInputs(), cancel.signal);
    expect(result.outcome).toBe('cancelled');
    expect(result.problem?.why).toContain('The rollback (on-failure: rollback) was cancelled');
    expectBack(cluster, await runOn(cluster, runInputs()));
  });
});

describe('the revision of a rollback', () => {
  it('is the one before the first of several failed upgrades', async () => {
    const cluster = broken();
    cluster.breakImage('milvusdb/milvus:v2.2.14');
    // An unhealthy Deployment with another version than the target is refused unless the check is skipped.
    const skipped = { 'on-failure': 'stop', 'skip-checks': 'deployment-unhealthy' };
    await runOn(cluster, runInputs({ ...skipped, 'target-version': '2.2.14' }));
    await runOn(cluster, runInputs(skipped));
    const result = await runOn(cluster, runInputs());
    expect(cluster.applied).toHaveLength(3);
    expectBack(cluster, result);
    expect(cluster.applied.at(-1)).toBe(back);
  });

  it('is the current one if the last upgrade was complete', async () => {
    const cluster = broken();
    await runOn(cluster, inputs({ 'target-version': '2.2.14' }));
    const result = await runOn(cluster, runInputs());
    expect(result.outcome).toBe('rolled-back');
    expect(cluster.applied.at(-1)).toBe('helm-rollback/my@revision-2');
    expect(cluster.images().proxy).toBe('milvusdb/milvus:v2.2.14');
  });
});

/** The number of observations of a run that upgrades, waits, rolls back and waits again. */
const PATTERNS = 15;

describe('a killed run with a rollback', () => {
  it('is tested at every observation', async () => {
    const cluster = broken();
    await runOn(cluster, runInputs());
    expect(cluster.observations).toBe(PATTERNS);
  });

  it.each(Array.from({ length: PATTERNS }, (_, at) => at + 1))(
    'at observation %i has the same result when it is run again',
    async (look) => {
      const cluster = broken();
      cluster.killAt = look;
      const first = await runOn(cluster, runInputs());
      cluster.killAt = Number.POSITIVE_INFINITY;
      expect(['killed', 'rolled-back', 'failed']).toContain(first.outcome);
      expectBack(cluster, await runOn(cluster, runInputs()));
    },
  );

  it.each(['helm-upgrade', 'helm-rollback'] as const)(
    'during %s has the same result when it is run again',
    async (kind) => {
      const cluster = broken();
      cluster.tornIn = kind;
      expect((await runOn(cluster, runInputs())).outcome).toBe('killed');
      cluster.tornIn = null;
      expectBack(cluster, await runOn(cluster, runInputs()));
    },
  );

  it('during the rollback succeeds at the next run if the image was fixed in the meantime', async () => {
    const cluster = broken();
    cluster.tornIn = 'helm-rollback';
    await runOn(cluster, runInputs());
    cluster.tornIn = null;
    cluster.mendImage(image);
    const result = await runOn(cluster, runInputs());
    expect(result.outcome).toBe('succeeded');
    expect(new Set(Object.values(cluster.images()))).toEqual(new Set([image]));
  });
});
