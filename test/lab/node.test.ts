// The built dist/ on a real one-node Kubernetes with real Milvus, etcd and Kafka, and with real rows.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { killWhileHelmHolds } from './kill.js';
import { Action, environment, killAll, killLeftovers, lab, labWith, type Finished } from './lab.js';
import { itFull } from './tier.js';

const namespace = 'test-node';
const place = { LAB_NAMESPACE: namespace, LAB_RELEASE: 'my' };
let action: Action;
let rows = '';

beforeAll(() => {
  lab('node', 'up');
  lab('charts', 'serve');
  lab('milvus', 'down', 'node');
  labWith(place, 'milvus', 'down', 'node');
  labWith(place, 'milvus', 'node', '2.2.12');
  rows = labWith(place, 'rows', 'make', host());
  action = new Action(environment('node'), {
    release: 'my',
    namespace,
    chart: 'milvus/milvus',
    'chart-repository': lab('charts', 'url'),
    'target-version': '2.2.16',
  });
}, 1_200_000);

afterEach(killLeftovers);

afterAll(() => {
  labWith(place, 'milvus', 'down', 'node');
}, 300_000);

function host(): string {
  return labWith(place, 'milvus', 'host');
}

function expectWhole(done: Finished, from: string, to: string): void {
  if (done.exitCode !== 0) throw new Error(done.log);
  expect(done.outputs).toMatchObject({ outcome: 'succeeded', 'source-version': from, 'target-version': to });
  expect(done.report?.components).toHaveLength(8);
  for (const component of done.report?.components ?? [])
    expect(component).toMatchObject({ newImage: `docker.io/milvusdb/milvus:v${to}`, terminating: 0, cause: '' });
  expect(labWith(place, 'rows', 'check', host())).toEqual(rows);
}

describe('an upgrade on the node lab', () => {
  it('starts with 3,000 rows that the old version has written', () => {
    expect(JSON.parse(rows)).toMatchObject({ rows: 3000 });
  });

  it('from 2.2.12 to 2.2.16 resumes after a kill, and keeps every row and the search result', async () => {
    const first = action.start();
    await first.says(/▶ wait-ready/);
    killAll(first);
    await first.finished;
    const done = await action.run({ 'write-probe': 'true' });
    expectWhole(done, '2.2.12', '2.2.16');
    // The pods that the killed run had started were not ready, so nothing was written before the upgrade.
    expect(done.report?.writeProbe?.writes.map(({ version }) => version)).toContain('2.2.16');
  }, 900_000);

  it('changes nothing when it is run again', async () => {
    expect((await action.run()).outputs).toMatchObject({ outcome: 'unchanged', changed: 'false' });
  }, 300_000);

  itFull(
    'from 2.2.16 to 2.3.5 with the chart of that minor version resumes after a kill during helm upgrade, and keeps every row and the search result',
    async () => {
      await killWhileHelmHolds(action, environment('node'), namespace, { 'target-version': '2.3.5' });
      const done = await action.run({ 'target-version': '2.3.5' });
      expect(done.log).toContain('marked as failed');
      expectWhole(done, '2.2.16', '2.3.5');
    },
    900_000,
  );

  itFull(
    'passes the verification',
    async () => {
      expect((await action.run({ operation: 'verify', 'target-version': '2.3.5' })).outputs.outcome).toBe('succeeded');
      expect((await action.run({ operation: 'verify', 'target-version': '2.2.16' })).outputs.outcome).toBe('failed');
    },
    300_000,
  );
});
