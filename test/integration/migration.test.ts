// Metadata migrations of an installation in memory: upgrades, rollbacks, and runs that are killed at any point.
import { describe, expect, it } from '@jest/globals';
import { FakeMigration, session, type Fault } from '../support/fake-migration.js';
import { inputs } from '../support/inputs.js';
import { ofType, runOn, type RunResult } from '../support/tools.js';

const OLD = 'milvusdb/milvus:v2.1.4';
const NEW = 'milvusdb/milvus:v2.2.2';
const runInputs = (written: Parameters<typeof inputs>[0] = {}): ReturnType<typeof inputs> =>
  inputs({ strategy: 'auto', 'target-version': '2.2.2', ...written });
const REPLICAS = {
  rootcoord: 1,
  datacoord: 1,
  indexcoord: 1,
  querycoord: 1,
  indexnode: 0,
  datanode: 1,
  querynode: 3,
  proxy: 1,
};
const PATTERNS = 30;
const scale = (to: number, times: number): string[] => Array.from({ length: times }, () => `scale to ${to}`);
const CALLS = [
  'write the journal',
  'start the keeper',
  ...scale(0, 7),
  'create backup 1.1',
  'read the backup',
  'create migrate 1.1',
  `helm to ${NEW}`,
  'close the journal',
];
const STEPS = [
  'prepare/my@2.1.4',
  'scale-down/my',
  'backup/my#1',
  'backup/my#1',
  'migrate/my#1',
  'helm-upgrade/my@2.2.2+chart-3.3.6',
  'finalize/my',
];

function expectNew(cluster: FakeMigration, result: RunResult): void {
  expect({ problem: result.problem, harm: cluster.harm }).toEqual({ problem: null, harm: [] });
  expect(['succeeded', 'unchanged']).toContain(result.outcome);
  expect(cluster.images()).toEqual([NEW]);
  expect(cluster.replicas()).toEqual(REPLICAS);
  expect(cluster.isWhole('new')).toBe(true);
  expect(cluster.journal?.closed).toBe(true);
}

function expectOld(cluster: FakeMigration): void {
  expect(cluster.harm).toEqual([]);
  expect(cluster.images()).toEqual([OLD]);
  expect(cluster.replicas()).toEqual(REPLICAS);
  expect(cluster.isWhole('old')).toBe(true);
}

describe('a metadata migration', () => {
  it('scales down, backs up, migrates once, and starts the new version with the same number of pods', async () => {
    const cluster = new FakeMigration();
    const result = await runOn(cluster, runInputs());
    expectNew(cluster, result);
    expect(cluster.applied).toEqual(STEPS);
    expect(cluster.migrations).toBe(1);
  });

  it('changes nothing when it is run again', async () => {
    const cluster = new FakeMigration();
    await runOn(cluster, runInputs());
    expect((await runOn(cluster, runInputs())).outcome).toBe('unchanged');
  });

  it('is never repeated on migrated metadata, although the journal is open and the Jobs were deleted', async () => {
    const cluster = new FakeMigration();
    await runOn(cluster, runInputs());
    if (cluster.journal) cluster.journal = { ...cluster.journal, closed: false };
    cluster.deleteJobs();
    const result = await runOn(cluster, runInputs());
    expect(result.outcome).toBe('refused');
    expect(ofType(result, 'plan-refused')[0]?.failedChecks).toEqual([
      expect.objectContaining({
        id: 'started-without-migration',
        reason: expect.stringContaining('has no record of its migration tool'),
      }),
    ]);
    expect(cluster.migrations).toBe(1);
  });

  it.each<Fault>(['hang', 'backup', 'backup-file', 'migrate-before-cleaning', 'migrate-after-cleaning', 'new-pods'])(
    'that fails at %s leaves the old version running, and can be repeated',
    async (fault) => {
      const cluster = new FakeMigration();
      cluster.faults.add(fault);
      const result = await runOn(cluster, runInputs({ 'step-timeout': '60s' }));
      expect(result.outcome).toBe('rolled-back');
      expectOld(cluster);
      cluster.faults.clear();
      expectNew(cluster, await runOn(cluster, runInputs()));
    },
  );

  it('is refused for a root path that another Milvus uses, and Milvus is started again', async () => {
    const cluster = new FakeMigration();
    cluster.foreign = [session('proxy', 7, '10.9.9.9:19530')];
    const result = await runOn(cluster, runInputs());
    expect(ofType(result, 'failed')[0]?.problem.why).toContain(
      'another Milvus uses this root path in etcd: this installation is stopped, but proxy at 10.9.9.9:19530',
    );
    expect(cluster.migrations).toBe(0);
    expectOld(cluster);
  });

  it('that fails after clients could write to the new version stays there, and does not recommend helm rollback', async () => {
    const cluster = new FakeMigration();
    cluster.faults.add('new-query-nodes');
    const result = await runOn(cluster, runInputs({ 'step-timeout': '60s' }));
    expect(result.outcome).toBe('failed');
    expect(cluster.images()).toEqual([NEW]);
    expect(result.problem?.remedy).toContain(
      'To roll back instead: run the action with operation: rollback, which also restores the metadata',
    );
    expect(result.problem?.remedy).not.toContain('helm rollback');
    cluster.faults.clear();
    expectNew(cluster, await again(cluster));
  });

  it('creates a new backup if Milvus was started since the last one', async () => {
    const cluster = new FakeMigration();
    cluster.killAtCall = CALLS.indexOf('create migrate 1.1') + 1;
    await runOn(cluster, runInputs());
    cluster.killAtCall = Number.POSITIVE_INFINITY;
    cluster.startByHand();
    cluster.metadata.set('collection/3', '2.1:collection/3');
    expectNew(cluster, await runOn(cluster, runInputs()));
    expect(cluster.applied).toContain('backup/my#2');
    expect(cluster.metadata.get('collection/3')).toBe('2.2:collection/3');
  });
});

it('a cluster that was stopped by another user is left unchanged, and the remedy names what to check', async () => {
  const cluster = new FakeMigration();
  cluster.stopByHand();
  const result = await runOn(cluster, runInputs());
  expect(result.outcome).toBe('refused');
  const failedChecks = ofType(result, 'plan-refused')[0]?.failedChecks ?? [];
  expect(failedChecks.map((each) => each.id)).toEqual(['stopped-by-others']);
  expect(failedChecks[0]?.remedy).toContain('the ConfigMap milvus-deploy-replicas-my contains the previous replicas');
  expect(cluster.calls).toEqual([]);
});

/** Runs the upgrade again after it was killed. */
async function again(cluster: FakeMigration): Promise<RunResult> {
  cluster.killAt = cluster.killAtCall = Number.POSITIVE_INFINITY;
  return runOn(cluster, runInputs({ 'step-timeout': '60s' }));
}

describe('a migration that is killed', () => {
  it('is tested at every observation and before every API call', async () => {
    const cluster = new FakeMigration();
    await runOn(cluster, runInputs());
    expect(cluster.observations).toBe(PATTERNS);
    expect(cluster.calls).toEqual(CALLS);
  });

  it.each(upTo(PATTERNS))('at observation %i has the same result when it is run again', async (look) => {
    const cluster = new FakeMigration();
    cluster.killAt = look;
    expect((await runOn(cluster, runInputs())).outcome).toBe('killed');
    expectNew(cluster, await again(cluster));
    expect(cluster.migrations).toBe(1);
  });

  it.each(CALLS.map((call, at) => [at + 1, call] as const))(
    'before API call %i (%s) has the same result when it is run again',
    async (call) => {
      const cluster = new FakeMigration();
      cluster.killAtCall = call;
      expect((await runOn(cluster, runInputs())).outcome).toBe('killed');
      expectNew(cluster, await again(cluster));
      expect(cluster.migrations).toBe(1);
    },
  );

  it.each(upTo(45))(
    'at observation %i never serves incomplete metadata if the tool fails after it has deleted keys',
    async (look) => {
      const cluster = new FakeMigration();
      cluster.faults.add('migrate-after-cleaning');
      cluster.killAt = look;
      const killed = await runOn(cluster, runInputs());
      const result = await again(cluster);
      // If the first run was rolled back already, the second one tries the upgrade again.
      // A run that is killed at the observation for the rollback counts as failed.
      expect(['rolled-back', 'killed', 'failed']).toContain(killed.outcome);
      expect(result.outcome).toBe('rolled-back');
      expectOld(cluster);
      cluster.faults.clear();
      expectNew(cluster, await again(cluster));
    },
  );
});

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}
