// Whole runs with the write probe, on a cluster in memory, with a Milvus that answers over HTTP.
import { afterEach, describe, expect, it } from '@jest/globals';
import { subjectOf } from '../../src/core/config/subject.js';
import { readReport } from '../../src/core/report/read-report.js';
import { renderSummary } from '../../src/core/report/summary/summary.js';
import { FakeCluster } from '../support/fake-cluster.js';
import { FakeMilvus, threeCollections, type FakeMilvusState } from '../support/fake-milvus.js';
import { newCollection } from '../support/fake-milvus-rest.js';
import { inputs } from '../support/inputs.js';
import { ofType, runOn } from '../support/tools.js';

const opened: FakeMilvus[] = [];
afterEach(() => opened.splice(0).forEach((milvus) => milvus.close()));

async function newCluster(changes: Partial<FakeMilvusState> = {}): Promise<FakeCluster & { milvus: FakeMilvus }> {
  const milvus = await new FakeMilvus(changes).listen();
  opened.push(milvus);
  return Object.assign(new FakeCluster('2.2.12'), { milvus });
}

const raw = inputs({ 'write-probe': 'true', 'verify-data': 'off' });
const namesIn = ({ milvus }: { milvus: FakeMilvus }): string[] => milvus.state.collections.map(({ name }) => name);
const USERS = threeCollections().map(({ name }) => name);

describe('the temporary collection that a killed run has left', () => {
  it('is not a part of the data that is compared', async () => {
    const cluster = await newCluster();
    cluster.milvus.state.collections = [
      ...threeCollections(),
      newCollection('milvus_upgrade_probe_0a1b2c3d', { primary: 'id', vector: 'vector' }),
    ];
    const result = await runOn(cluster, inputs({ 'write-probe': 'true' }));
    expect({ outcome: result.outcome, problem: result.problem }).toEqual({ outcome: 'succeeded', problem: null });
    expect(ofType(result, 'data-compared').at(-1)?.data).toMatchObject({ state: 'verified' });
    expect(namesIn(cluster)).toEqual(USERS);
  });
});

describe.each(['rest', 'management'] as const)('the write probe over the %s API', (api) => {
  it('writes before and after the upgrade, counts queries, and leaves no collection', async () => {
    const cluster = await newCluster({ offers: [api, 'grpc'] });
    const result = await runOn(cluster, raw);
    expect(result.outcome).toBe('succeeded');
    expect(ofType(result, 'write-probed').map(({ write }) => write.version)).toEqual(['2.2.12', '2.2.16']);
    const [{ queries } = { queries: null }] = ofType(result, 'queries-counted');
    expect(queries).toMatchObject({ what: 'one row of exact', failed: 0, lastFailure: '' });
    expect(queries?.calls).toBeGreaterThan(0);
    expect(namesIn(cluster)).toEqual(USERS);
  });

  it('refuses the upgrade if Milvus does not accept rows before it', async () => {
    const cluster = await newCluster({ offers: [api], failing: 'entities' });
    const result = await runOn(cluster, raw);
    expect(result.outcome).toBe('refused');
    const [{ failedChecks = [] } = {}] = ofType(result, 'plan-refused');
    expect(failedChecks.map(({ id, reason }) => [id, reason])).toEqual([
      ['write-probe', expect.stringMatching(/^the write probe failed before the upgrade: .*respond(s|ed) with .*500/)],
    ]);
    expect(cluster.applied).toEqual([]);
    expect(namesIn(cluster)).toEqual(USERS);
  });

  it('does not prevent a run that completes an interrupted upgrade', async () => {
    const cluster = await newCluster({ offers: [api] });
    cluster.killAt = 5;
    expect((await runOn(cluster, raw)).outcome).toBe('killed');
    cluster.killAt = Number.POSITIVE_INFINITY;
    cluster.milvus.state.failing = 'entities';
    const { outcome, problem } = await runOn(cluster, raw);
    expect([outcome, problem?.code]).toEqual(['failed', 'write-probe-failed']);
  });

  it('fails the run if Milvus accepts no rows after the upgrade', async () => {
    const cluster = await newCluster({ offers: [api] });
    cluster.milvus.onRequest = () => {
      if (cluster.applied.length > 0) cluster.milvus.state.failing = 'entities';
    };
    const { outcome, problem } = await runOn(cluster, raw);
    expect([outcome, problem?.code]).toEqual(['failed', 'write-probe-failed']);
    expect(problem?.what).toBe('Milvus 2.2.16 runs, but it does not accept and find new rows');
    expect(namesIn(cluster)).toEqual(USERS);
  });
});

describe('the write probe', () => {
  it('drops what an interrupted probe has left, and no collection of the user', async () => {
    const cluster = await newCluster();
    const left = newCollection('milvus_upgrade_probe_0123abcd', { primary: 'id', vector: 'vector' });
    const similar = newCollection('milvus_upgrade_probe_99999999', { primary: 'pk', vector: 'vec' });
    cluster.milvus.state.collections.push(left, similar);
    expect((await runOn(cluster, raw)).outcome).toBe('succeeded');
    expect(namesIn(cluster)).toEqual([...USERS, similar.name]);
  });

  it('is off by default', async () => {
    const cluster = await newCluster();
    const result = await runOn(cluster, inputs());
    expect(ofType(result, 'write-probed')).toEqual([]);
    expect(cluster.milvus.requests.filter((request) => /create|insert|drop/.test(request))).toEqual([]);
  });

  it('lists the collections if none is loaded', async () => {
    const cluster = await newCluster({ collections: [] });
    const result = await runOn(cluster, raw);
    expect(ofType(result, 'queries-counted').map(({ queries }) => queries.what)).toEqual([
      'the list of the collections, because none is loaded',
    ]);
  });

  it('is a section of the summary', async () => {
    const { events } = await runOn(await newCluster(), raw);
    const counted = {
      what: 'one row of exact',
      calls: 200,
      failed: 1,
      longestGapSeconds: 2.34,
      lastFailure: 'refused',
    };
    const own = events.map((event) => (event.type === 'queries-counted' ? { ...event, queries: counted } : event));
    const subject = { ...subjectOf(raw), targetVersion: raw['target-version'], operation: raw.operation };
    const summary = renderSummary(readReport(own, subject));
    expect(summary).toContain('Write probe');
    expect(summary).toContain(
      'Queries twice a second (one row of exact): **199 of 200 succeeded** (99.5 %), the longest time without a response was **2.3 s**. The last failure: refused',
    );
  });
});
