// Whole runs whose data is verified, on a cluster and a project in memory, with a Milvus that answers over HTTP.
import { afterEach, describe, expect, it } from '@jest/globals';
import { renderHeadline } from '../../src/core/report/headline.js';
import { renderOutputs } from '../../src/core/report/outputs.js';
import { readReport } from '../../src/core/report/read-report.js';
import type { Report } from '../../src/core/report/report.js';
import { renderSummary } from '../../src/core/report/summary/summary.js';
import type { RawInputs } from '../../src/core/config/raw-inputs.js';
import { subjectOf } from '../../src/core/config/subject.js';
import { FakeCluster } from '../support/fake-cluster.js';
import { FakeMilvus, type FakeCollection, type FakeMilvusState } from '../support/fake-milvus.js';
import { FakeProject } from '../support/fake-project.js';
import { runInputs } from '../support/project-ends.js';
import { inputs } from '../support/inputs.js';
import { ofType, runOn, type RunResult } from '../support/tools.js';

const opened: FakeMilvus[] = [];
afterEach(() => opened.splice(0).forEach((milvus) => milvus.close()));

async function newMilvus(changes: Partial<FakeMilvusState> = {}): Promise<FakeMilvus> {
  const milvus = await new FakeMilvus(changes).listen();
  opened.push(milvus);
  return milvus;
}

async function newCluster(changes: Partial<FakeMilvusState> = {}): Promise<FakeCluster & { milvus: FakeMilvus }> {
  const cluster = new FakeCluster('2.2.12');
  return Object.assign(cluster, { milvus: await newMilvus(changes) });
}

/** The upgrade changes the data. */
function losing(cluster: FakeCluster & { milvus: FakeMilvus }, lose: (milvus: FakeMilvus) => void): void {
  cluster.milvus.onRequest = () => {
    if (cluster.applied.length > 0) lose(cluster.milvus);
  };
}

const change = (milvus: FakeMilvus, name: string, changes: Partial<FakeCollection>): void => {
  milvus.state.collections = milvus.state.collections.map((collection) =>
    collection.name === name ? { ...collection, ...changes } : collection,
  );
};

function reportOf({ events, outcome, problem }: RunResult, raw: RawInputs): Report {
  const end = [
    ...(problem ? [{ at: '2026-01-01T01:00:00.000Z', type: 'failed' as const, problem }] : []),
    ...(outcome === 'killed' ? [] : [{ at: '2026-01-01T01:00:00.000Z', type: 'ended' as const, outcome }]),
  ];
  return readReport([...events, ...end], {
    ...subjectOf(raw),
    targetVersion: raw['target-version'],
    operation: raw.operation,
  });
}

const verifiedOutput = (result: RunResult, raw = inputs()): string =>
  renderOutputs(reportOf(result, raw), 'report.json')['data-verified'];

describe('an upgrade whose data can be read', () => {
  it('is verified if everything is there afterwards, and more', async () => {
    const cluster = await newCluster();
    losing(cluster, (milvus) => change(milvus, 'exact', { rows: ['9007199254740993', '9007199254740994', '-5', '7'] }));
    const result = await runOn(cluster, inputs());
    expect(result.outcome).toBe('succeeded');
    expect(verifiedOutput(result)).toBe('true');
    const report = reportOf(result, inputs());
    expect(renderHeadline(report)).toContain('Data verified: 3 collections.');
    expect(renderSummary(report)).toContain(
      '| `exact` | 3 | 4 | schema, partitions, aliases, indexes, loaded state, rows, sample, search | ✅ the same |',
    );
    expect([...result.saved.keys()]).toEqual([report.inventory]);
  });

  it('that was interrupted says that it is compared with the state in which it was resumed', async () => {
    const cluster = await newCluster();
    cluster.status = 'pending-upgrade';
    cluster.startedBy = 'acme.milvus.42.1';
    const report = reportOf(await runOn(cluster, inputs()), inputs());
    expect(report.data).toMatchObject({ state: 'verified', baseline: 'resumed-upgrade' });
    expect(renderHeadline(report)).toContain(
      'Data verified: 3 collections, compared with the state in which this run resumed the upgrade.',
    );
    expect(renderSummary(report)).toContain('what changed before this run: an earlier run had begun the upgrade');
  });

  it.each<readonly [string, (milvus: FakeMilvus) => void, string]>([
    [
      'a row',
      (milvus) => change(milvus, 'exact', { rows: ['9007199254740993', '9007199254740994'] }),
      'collection exact: it has 2 instead of 3 rows',
    ],
    [
      'an index',
      (milvus) => change(milvus, 'exact', { indexes: [] }),
      'collection exact: index ix on field vec is missing',
    ],
    [
      'the loaded state',
      (milvus) => change(milvus, 'people', { loaded: false }),
      'collection people: it was loaded and is not loaded now',
    ],
    [
      'a grant',
      (milvus) => void (milvus.state.roles = { admin: [], reader: [] }),
      'grants: reader: Query on Collection exact is missing',
    ],
    ['an alias', (milvus) => change(milvus, 'parts', { aliases: [] }), 'collection parts: alias current is missing'],
    [
      'a collection',
      (milvus) => void (milvus.state.collections = milvus.state.collections.slice(1)),
      'collection exact: it is missing',
    ],
  ])(
    'fails and names %s that is missing afterwards, with both inventories in the diagnostics',
    async (_, lose, expected) => {
      const cluster = await newCluster();
      losing(cluster, lose);
      cluster.evidence = { directory: 'evidence', files: ['pods.json'], head: [] };
      const result = await runOn(cluster, inputs());
      expect({ outcome: result.outcome, code: result.problem?.code }).toEqual({
        outcome: 'failed',
        code: 'data-differs',
      });
      expect(result.problem?.why).toContain(expected);
      expect(verifiedOutput(result)).toBe('false');
      const evidence = ofType(result, 'evidence-saved').at(-1);
      expect(evidence?.files).toEqual(expect.arrayContaining(['inventory-before.json', 'inventory-after.json']));
      expect([...result.saved.keys()].filter((path) => path.startsWith(evidence?.directory ?? '?'))).toHaveLength(2);
      expect(cluster.applied.filter((step) => step.includes('rollback'))).toEqual([]);
    },
  );

  it('waits until the collections are loaded again', async () => {
    const cluster = await newCluster();
    let left = 4;
    const waitForChange = cluster.waitForChange.bind(cluster);
    cluster.waitForChange = (...given) => {
      if (cluster.applied.length > 0) left -= 1;
      if (left <= 0) change(cluster.milvus, 'exact', { loaded: true });
      return waitForChange(...given);
    };
    let released = false;
    losing(cluster, (milvus) => {
      if (!released) change(milvus, 'exact', { loaded: false });
      released = true;
    });
    const result = await runOn(cluster, inputs());
    expect({ outcome: result.outcome, released, verified: verifiedOutput(result) }).toEqual({
      outcome: 'succeeded',
      released: true,
      verified: 'true',
    });
  });

  it('compares only what the management API of an older version offers, and names the rest', async () => {
    const cluster = await newCluster({ offers: ['management'], counts: false });
    const result = await runOn(cluster, inputs());
    expect(verifiedOutput(result)).toBe('true');
    expect(reportOf(result, inputs()).data?.limits).toContain('grants: this version does not offer it');
  });

  it('compares with the inventory of an interrupted run', async () => {
    const cluster = await newCluster();
    const first = await runOn(cluster, inputs({ operation: 'verify', 'target-version': '2.2.12' }));
    const files = new Map([['saved.json', [...first.saved.values()][0] ?? '']]);
    change(cluster.milvus, 'exact', { rows: [] });
    const result = await runOn(cluster, inputs({ inventory: 'saved.json' }), undefined, files);
    expect(result.problem).toMatchObject({ code: 'data-differs' });
  });

  it('works for a Docker Compose project', async () => {
    const project = new FakeProject('2.2.12');
    project.milvus = await newMilvus();
    const raw = runInputs();
    const result = await runOn(project, raw);
    expect({ outcome: result.outcome, verified: verifiedOutput(result, raw) }).toEqual({
      outcome: 'succeeded',
      verified: 'true',
    });
  });
});

describe('an upgrade whose data cannot be read', () => {
  it('succeeds as not verified, with the reason in the headline, the output and the report', async () => {
    const cluster = await newCluster({ token: 'root:Milvus', offers: ['rest'] });
    const result = await runOn(cluster, inputs());
    const report = reportOf(result, inputs());
    expect({ outcome: result.outcome, verified: verifiedOutput(result) }).toEqual({
      outcome: 'succeeded',
      verified: 'not verified',
    });
    expect(report.data?.reason).toContain('it requires a user or an API key that it accepts');
    expect(renderHeadline(report)).toContain('Data not verified: it requires a user or an API key that it accepts');
    expect(renderSummary(report)).toContain('Not verified: it requires a user');
  });

  it('is refused before the first change if verify-data is required', async () => {
    const cluster = await newCluster({ token: 'root:Milvus', offers: ['rest'] });
    const raw = inputs({ 'verify-data': 'required' });
    const result = await runOn(cluster, raw);
    expect({ outcome: result.outcome, applied: cluster.applied }).toEqual({ outcome: 'refused', applied: [] });
    expect(ofType(result, 'plan-refused').at(-1)?.failedChecks).toMatchObject([
      { id: 'data-unreadable', skippable: false, reason: expect.stringContaining('it requires a user or an API key') },
    ]);
  });

  it('is verified with credentials, which appear nowhere', async () => {
    const cluster = await newCluster({ token: 'root:Milvus-secret', offers: ['rest'] });
    const result = await runOn(cluster, inputs({ 'verify-data': 'required', 'milvus-token': 'root:Milvus-secret' }));
    expect(verifiedOutput(result)).toBe('true');
    expect(JSON.stringify([result.events, ...result.saved.values()])).not.toContain('Milvus-secret');
  });

  it('fails afterwards if verify-data is required, and succeeds as not verified otherwise', async () => {
    for (const mode of ['required', 'auto']) {
      const cluster = await newCluster();
      losing(cluster, (milvus) => void (milvus.state.offers = []));
      const result = await runOn(cluster, inputs({ 'verify-data': mode }));
      expect({ mode, code: result.problem?.code, verified: verifiedOutput(result) }).toEqual({
        mode,
        code: mode === 'required' ? 'data-not-verified' : undefined,
        verified: 'not verified',
      });
    }
  });

  it('is not delayed if verify-data is off', async () => {
    const cluster = await newCluster();
    const result = await runOn(cluster, inputs({ 'verify-data': 'off' }));
    expect({ outcome: result.outcome, requests: cluster.milvus.requests, verified: verifiedOutput(result) }).toEqual({
      outcome: 'succeeded',
      requests: [],
      verified: '',
    });
  });
});

describe('operation verify', () => {
  const raw = inputs({ operation: 'verify', 'target-version': '2.2.12' });

  it('only saves an inventory, and a later one compares with it', async () => {
    const cluster = await newCluster();
    const first = await runOn(cluster, raw);
    expect({ outcome: first.outcome, verified: verifiedOutput(first, raw), saved: first.saved.size }).toEqual({
      outcome: 'succeeded',
      verified: '',
      saved: 1,
    });
    const files = new Map([['saved.json', [...first.saved.values()][0] ?? '']]);
    const again = { ...raw, inventory: 'saved.json' };
    expect(verifiedOutput(await runOn(cluster, again, undefined, files), again)).toBe('true');
    change(cluster.milvus, 'parts', { partitions: ['_default'] });
    expect((await runOn(cluster, again, undefined, files)).problem).toMatchObject({
      code: 'data-differs',
      why: 'collection parts: partition p2024 is missing',
    });
  });

  it('rejects a file that is not an inventory, before anything is observed', async () => {
    const cluster = await newCluster();
    const result = await runOn(cluster, { ...raw, inventory: 'x' }, undefined, new Map([['x', '{}']]));
    expect(result.problem).toMatchObject({
      code: 'input-invalid',
      why: expect.stringContaining('it is not an inventory of this action'),
    });
    expect(cluster.observations).toBe(0);
  });
});
