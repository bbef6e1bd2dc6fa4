// A metadata migration and its rollback on a real one-node Kubernetes, with real Milvus and a real etcd. There are two
// stand-ins, because Milvus 2.1 and the migration tool are not available everywhere: a 2.2.12 runs with the tag v2.1.4,
// and lab/images/meta-migration has the contract of the tool: it deletes the same keys, writes them again, and counts
// its migrations.
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Action, environment, killAll, killLeftovers, lab, labWith, type Finished } from './lab.js';
import { itFull } from './tier.js';

const namespace = 'test-node-migration';
const place = { LAB_NAMESPACE: namespace, LAB_RELEASE: 'my' };
const TOOL = 'docker.io/lab/meta-migration:v2.2.0';
const OLD = 'docker.io/lab/milvus:v2.1.4';
const NEW = 'docker.io/lab/milvus:v2.2.16';
const MARK = 'by-dev/meta/lab-migrated';
let env: NodeJS.ProcessEnv;
let action: Action;
let rows = '';

beforeAll(() => {
  lab('node', 'up');
  lab('images', 'migration');
  lab('charts', 'serve');
  env = environment('node');
  labWith(place, 'milvus', 'down', 'node');
  labWith(place, 'milvus', 'node', 'chart/4.0.29', '-f', 'lab/node/old.yaml');
  rows = labWith(place, 'rows', 'make', host());
  // A manual change of the replicas, which neither Helm nor a scaled-down cluster records.
  kubectl('scale', 'deployment/my-milvus-datanode', '--replicas=2');
  kubectl('scale', 'deployment/my-milvus-indexnode', '--replicas=0');
  kubectl('rollout', 'status', 'deployment/my-milvus-datanode', '--timeout=120s');
  const charts = { chart: 'milvus/milvus', 'chart-repository': lab('charts', 'url') };
  const sessions = { 'migration-image': TOOL, 'revoke-sessions': 'true' };
  action = new Action(env, {
    release: 'my',
    namespace,
    strategy: 'auto',
    'target-version': '2.2.16',
    'skip-checks': 'replicas',
    ...charts,
    ...sessions,
  });
}, 1_200_000);

afterEach(killLeftovers);

afterAll(() => {
  labWith(place, 'milvus', 'down', 'node');
}, 300_000);

function kubectl(...words: string[]): string {
  return execFileSync('kubectl', ['-n', namespace, ...words], { encoding: 'utf8', env, maxBuffer: 1 << 26 }).trim();
}

const host = (): string => labWith(place, 'milvus', 'host');

/**
 * Every key and value below the root path, except those of running processes: sessions, the clock, and keys with the
 * temporary ID of a data node.
 */
function keys(): ReadonlyMap<string, string> {
  const answer = kubectl(
    'exec',
    'deployment/meta-etcd',
    '--',
    'etcdctl',
    'get',
    '--prefix',
    'by-dev/meta',
    '-w',
    'json',
  );
  const { kvs = [] } = JSON.parse(answer) as { kvs?: { key: string; value?: string; lease?: number }[] };
  const lasting = kvs
    .filter((kv) => !kv.lease)
    .map(({ key, value = '' }) => [Buffer.from(key, 'base64').toString(), value] as const);
  return new Map(lasting.filter(([key]) => !/session\/id$|\/timestamp$|\/channelwatch\/\d+\//.test(key)));
}

const migrations = (): number => Number(Buffer.from(keys().get(MARK) ?? '', 'base64').toString() || 0);

function images(): string[] {
  const printed = kubectl(
    'get',
    'deployments',
    '-l',
    'component',
    '-o',
    'jsonpath={range .items[*]}{.spec.template.spec.containers[0].image} {.spec.replicas}/{.status.readyReplicas}{"\\n"}{end}',
  );
  return [...new Set(printed.split('\n'))].sort();
}

function expectServing(image: string): void {
  expect(images()).toEqual([`${image} 0/`, `${image} 1/1`, `${image} 2/2`]);
  expect(labWith(place, 'rows', 'check', host())).toEqual(rows);
}

function expectDone(done: Finished): void {
  if (done.exitCode !== 0) throw new Error(done.log);
}

describe('a metadata migration', () => {
  itFull(
    'that fails while the tool runs restores the metadata and the old version',
    async () => {
      const before = keys();
      const done = await action.run({ 'migration-image': `${TOOL}-during` });
      if (done.outputs.outcome !== 'rolled-back') throw new Error(done.log);
      expect(done.report?.problem?.why).toContain('etcdserver: request timed out');
      expectServing(OLD);
      expect(missing(before, keys())).toEqual([]);
    },
    900_000,
  );

  it('resumes after a kill, runs the tool once, and keeps every row and the search result', async () => {
    const before = keys();
    const first = action.start();
    await first.says(/▶ migrate/);
    killAll(first);
    await first.finished;
    expectDone(await action.run());
    expectServing(NEW);
    expect(migrations()).toBe(1);
    expect(missing(before, keys())).toEqual([]);
  }, 900_000);

  it('changes nothing when it is run again', async () => {
    expect((await action.run()).outputs).toMatchObject({ outcome: 'unchanged', changed: 'false' });
  }, 300_000);

  itFull(
    'is rolled back with operation: rollback',
    async () => {
      expectDone(await action.run({ operation: 'rollback', 'target-version': '' }));
      expectServing(OLD);
    },
    900_000,
  );

  itFull(
    'can be repeated after the rollback',
    async () => {
      expectDone(await action.run());
      expectServing(NEW);
      expect(migrations()).toBe(2);
    },
    900_000,
  );
});

/** Keys that existed before and are missing now. */
function missing(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before.keys()].filter((key) => !after.has(key));
}
