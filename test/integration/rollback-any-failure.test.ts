// From the request to stop Milvus until Milvus serves again, every failure ends with Milvus serving, whichever request
// fails.
import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES, UpgradeError, type ErrorCode } from '../../src/core/model/error.js';
import { FakeMigration } from '../support/fake-migration.js';
import type { HelmJournal } from '../../src/core/helm/journal.js';
import { FakeProject } from '../support/fake-project.js';
import { inputs } from '../support/inputs.js';
import { ofType, runOn, type RunResult } from '../support/tools.js';

const OLD = 'milvusdb/milvus:v2.1.4';
const NEW = 'milvusdb/milvus:v2.2.2';
const runInputs = (over: Parameters<typeof inputs>[0] = {}): ReturnType<typeof inputs> =>
  inputs({ strategy: 'auto', 'target-version': '2.2.2', ...over });
const project = (over: Parameters<typeof inputs>[0] = {}): ReturnType<typeof inputs> =>
  runInputs({ platform: 'compose', release: '', 'target-version': '2.2.16', ...over });
const failure = (code: ErrorCode): UpgradeError =>
  new UpgradeError({ code, what: 'Cannot create jobs', why: 'the server answered 503', remedy: 'Check it.' });

/** Not rolled back: after a cancel there is no time, and after a lost lock another run owns the installation. */
const NOT_ROLLED_BACK: readonly string[] = ['cancelled', 'lock-lost', 'run-in-progress'];
const CODES = (Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) => !NOT_ROLLED_BACK.includes(code));
const ERRORS: readonly (readonly [string, Error])[] = [
  ...CODES.map((code) => [code, failure(code)] as const),
  ['a TypeError', new TypeError("Cannot read properties of undefined (reading 'spec')")],
];

async function callsOf(cluster: FakeMigration, raw = runInputs()): Promise<readonly string[]> {
  await runOn(cluster, raw);
  return cluster.calls;
}

function expectServing(cluster: FakeMigration, image: string): void {
  expect(cluster.harm).toEqual([]);
  expect(cluster.images()).toEqual([image]);
  expect(cluster.replicas()).toMatchObject({ querynode: 3, proxy: 1, rootcoord: 1 });
  expect(cluster.isWhole(image === OLD ? 'old' : 'new')).toBe(true);
}

function codeOf(result: RunResult): string | undefined {
  return (ofType(result, 'failed')[0]?.problem ?? result.problem)?.code;
}

describe('a metadata migration whose backup Job cannot be created', () => {
  it.each(ERRORS)('because of %s restarts the old version and keeps the code of the failure', async (code, error) => {
    const cluster = new FakeMigration();
    const at = (await callsOf(new FakeMigration())).indexOf('create backup 1.1') + 1;
    cluster.failing = { from: at, times: 1, error };
    const result = await runOn(cluster, runInputs());
    expect({ outcome: result.outcome, code: codeOf(result) }).toEqual({
      outcome: 'rolled-back',
      code: error instanceof UpgradeError ? code : 'bug',
    });
    expectServing(cluster, OLD);
    expect(cluster.journal?.closed).toBe(true);
  });
});

describe('a metadata migration', () => {
  it('serves the old version after any one failed request, or the new version once it was started', async () => {
    const calls = await callsOf(new FakeMigration());
    for (const [at, name] of calls.entries()) {
      const cluster = new FakeMigration();
      cluster.failing = { from: at + 1, times: 1, error: failure('access-denied') };
      const result = await runOn(cluster, runInputs());
      const isOver = name === 'close the journal';
      const end = at === 0 || isOver ? 'failed' : 'rolled-back';
      expect({ name, outcome: result.outcome }).toEqual({ name, outcome: end });
      expectServing(cluster, isOver ? NEW : OLD);
    }
  });

  it('is rolled back although two requests of the rollback fail', async () => {
    const at = (await callsOf(new FakeMigration())).indexOf('create migrate 1.1') + 1;
    const cluster = new FakeMigration();
    cluster.failing = { from: at, times: 3, error: failure('cluster-unreachable') };
    expect((await runOn(cluster, runInputs())).outcome).toBe('rolled-back');
    expectServing(cluster, OLD);
  });

  it('reports a mixed state and the downtime if the rollback fails permanently, and is resumed by the next run', async () => {
    const at = (await callsOf(new FakeMigration())).indexOf('create backup 1.1') + 1;
    const cluster = new FakeMigration();
    cluster.failing = { from: at, times: 1000, error: failure('access-denied') };
    const { outcome, problem } = await runOn(cluster, runInputs());
    expect({ outcome, code: problem?.code, what: problem?.what }).toEqual({
      outcome: 'failed',
      code: 'access-denied',
      what: 'Cannot create jobs',
    });
    expect(problem?.why).toContain('Rollback also failed: Cannot create jobs');
    expect(problem?.remedy).toContain(
      'The installation is in a mixed state: fix the cause and run the action again to resume. Milvus is stopped.',
    );
    cluster.failing = null;
    expect((await runOn(cluster, runInputs())).outcome).toBe('succeeded');
    expectServing(cluster, NEW);
  });

  it('changes nothing after another run has acquired the lock', async () => {
    const at = (await callsOf(new FakeMigration())).indexOf('create backup 1.1') + 1;
    const cluster = new FakeMigration();
    cluster.failing = { from: at, times: 1, error: failure('run-in-progress') };
    const result = await runOn(cluster, runInputs());
    expect({ outcome: result.outcome, code: result.problem?.code }).toEqual({
      outcome: 'failed',
      code: 'run-in-progress',
    });
    expect(cluster.calls).toHaveLength(at);
  });

  it('is rolled back although its journal was removed while Milvus was stopped', async () => {
    const at = (await callsOf(new FakeMigration())).indexOf('create backup 1.1') + 1;
    const cluster = new FakeMigration();
    cluster.failing = { from: at, times: 1, error: failure('access-denied') };
    const apply = cluster.apply.bind(cluster);
    cluster.apply = async (step): Promise<void> => {
      if (step.kind === 'backup') cluster.journal = null;
      return apply(step);
    };
    expect((await runOn(cluster, runInputs())).outcome).toBe('rolled-back');
    expectServing(cluster, OLD);
  });

  it('is rolled back even if the diagnostics cannot be saved and the cluster cannot be observed at first', async () => {
    const at = (await callsOf(new FakeMigration())).indexOf('create backup 1.1') + 1;
    const cluster = new FakeMigration();
    cluster.failing = { from: at, times: 1, error: failure('cluster-unreachable') };
    cluster.saveEvidence = () => Promise.reject(new Error('no space left on device'));
    const observe = cluster.observe.bind(cluster);
    let lost = 0;
    cluster.observe = () =>
      cluster.calls.length >= at && lost++ < 3 ? Promise.reject(failure('cluster-unreachable')) : observe();
    expect((await runOn(cluster, runInputs())).outcome).toBe('rolled-back');
    expectServing(cluster, OLD);
  });

  it('that is cancelled after Milvus was stopped reports that, and how to start Milvus again', async () => {
    const cluster = new FakeMigration();
    const cancel = new AbortController();
    const apply = cluster.apply.bind(cluster);
    cluster.apply = async (step): Promise<void> => {
      await apply(step);
      if (step.kind === 'backup') cancel.abort();
    };
    const { outcome, problem } = await runOn(cluster, runInputs(), cancel.signal);
    expect(outcome).toBe('cancelled');
    expect(problem?.remedy).toContain(
      'Milvus is stopped. To start Milvus 2.1.4 again, run the action with operation: rollback.',
    );
    expect((await runOn(cluster, runInputs({ operation: 'rollback' }))).outcome).toBe('succeeded');
    expectServing(cluster, OLD);
  });
});

/** A journal of a user that is allowed to write ConfigMaps, with 40 replicas of the proxy. */
const FORGED: HelmJournal = {
  ...{
    run: 'acme.milvus.42.1',
    since: '2026-01-01T00:00:00.000Z',
    from: '2.1.4',
    to: '2.2.2',
    image: OLD,
    revision: 1,
    rootPath: 'by-dev',
    closed: false,
  },
  replicas: { 'my-milvus-proxy': 40, 'my-milvus-rootcoord': 0, 'my-milvus-querynode': 0 },
};

describe('a journal that another user has written', () => {
  it.each(['upgrade', 'rollback'] as const)(
    'is not used by operation: %s, which reports its content and what to do',
    async (operation) => {
      const cluster = new FakeMigration();
      cluster.journal = FORGED;
      cluster.doubt = 'the ConfigMap does not have the digest of this action. It says: replicas my-milvus-proxy 40';
      const result = await runOn(cluster, runInputs({ operation }));
      expect(result.outcome).toBe('refused');
      const [failedCheck] = ofType(result, 'plan-refused')[0]?.failedChecks ?? [];
      expect(failedCheck).toMatchObject({ id: 'journal-doubtful', reason: cluster.doubt, skippable: true });
      expect(failedCheck?.remedy).toContain(
        'kubectl --namespace default get configmap milvus-upgrade-my-migration -o yaml',
      );
      expect(cluster.calls).toEqual([]);
    },
  );

  it('does not decide how many pods a rollback starts while Milvus is stopped', async () => {
    const at = (await callsOf(new FakeMigration())).indexOf('create backup 1.1') + 1;
    const cluster = new FakeMigration();
    cluster.failing = { from: at, times: 1, error: failure('access-denied') };
    const apply = cluster.apply.bind(cluster);
    cluster.apply = async (step): Promise<void> => {
      if (step.kind === 'backup')
        [cluster.journal, cluster.doubt] = [FORGED, 'it does not have the digest of this action'];
      return apply(step);
    };
    expect((await runOn(cluster, runInputs())).outcome).toBe('rolled-back');
    expectServing(cluster, OLD);
    expect(cluster.replicas().proxy).toBe(1);
  });

  it('of another root path is not mixed with the incomplete migration', async () => {
    const cluster = new FakeMigration();
    cluster.journal = { ...FORGED, replicas: {} };
    const result = await runOn(cluster, runInputs({ 'root-path': 'other' }));
    expect(ofType(result, 'plan-refused')[0]?.failedChecks.map((failedCheck) => failedCheck.id)).toContain(
      'root-path-differs',
    );
  });
});

describe('a rollback of a metadata migration', () => {
  async function migrated(): Promise<FakeMigration> {
    const cluster = new FakeMigration();
    await runOn(cluster, runInputs());
    return cluster;
  }
  const back = runInputs({ operation: 'rollback' });

  it('serves after any one failed request: the new version until the restore has started, the old one afterwards', async () => {
    const whole = await migrated();
    const done = whole.calls.length;
    await runOn(whole, back);
    const calls = whole.calls.slice(done);
    const restore = calls.indexOf('create restore 1.1');
    expect(restore).toBeGreaterThan(0);
    for (const [at, name] of calls.entries()) {
      const cluster = await migrated();
      cluster.failing = { from: done + at + 1, times: 1, error: failure('access-denied') };
      const result = await runOn(cluster, back);
      const isEdge = at === 0 || name === 'close the journal';
      expect({ name, outcome: result.outcome }).toEqual({ name, outcome: isEdge ? 'failed' : 'rolled-back' });
      expectServing(cluster, at > restore ? OLD : NEW);
    }
  });
});

describe('a Docker Compose project', () => {
  const STORIES = [
    { name: 'an upgrade', release: '2.2.12', to: '2.2.16' },
    { name: 'a metadata migration', release: '2.1.4', to: '2.2.16' },
  ] as const;
  it.each(STORIES)('serves after any one failed call of $name', async ({ release, to }) => {
    const whole = new FakeProject(release);
    await runOn(whole, project());
    const last = ['close the journal', 'remove the notes'];
    for (const [at, name] of whole.calls.entries()) {
      const fake = new FakeProject(release);
      fake.failing = { from: at + 1, times: 1, error: new TypeError('unexpected end of JSON input') };
      const result = await runOn(fake, project());
      const isEdge = at === 0 || last.includes(name);
      expect({ name, outcome: result.outcome, harm: fake.harm }).toEqual({
        name,
        outcome: isEdge ? 'failed' : 'rolled-back',
        harm: [],
      });
      expect({ name, images: fake.images() }).toEqual({
        name,
        images: [`milvusdb/milvus:v${last.includes(name) ? to : release}`],
      });
      fake.failing = null;
      expect(['succeeded', 'unchanged']).toContain((await runOn(fake, project())).outcome);
    }
  });

  it('serves after one failed call of a rollback of a metadata migration', async () => {
    const migrated = async (): Promise<FakeProject> => {
      const fake = new FakeProject('2.1.4');
      await runOn(fake, project());
      return fake;
    };
    const whole = await migrated();
    const done = whole.calls.length;
    await runOn(whole, project({ operation: 'rollback' }));
    const calls = whole.calls.slice(done);
    const restore = calls.indexOf('start restore 1.1');
    for (const [at, name] of calls.entries()) {
      const fake = await migrated();
      fake.failing = { from: done + at + 1, times: 1, error: new TypeError('unexpected end of JSON input') };
      const result = await runOn(fake, project({ operation: 'rollback' }));
      expect({ name, harm: fake.harm, serves: fake.images() }).toEqual({
        name,
        harm: [],
        serves: [`milvusdb/milvus:v${at > restore ? '2.1.4' : '2.2.16'}`],
      });
      expect(['failed', 'rolled-back']).toContain(result.outcome);
    }
  });
});
