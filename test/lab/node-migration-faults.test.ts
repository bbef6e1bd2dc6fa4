// What goes wrong in a metadata migration, made real on the node: the migration tool's stand-in fails as it is told to, etcd and the volume are real, and
// stand-ins play Milvus (lab/images/player.c), which makes many of them possible at once. Every time the old version has to run again, on its own metadata.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InputName } from '../../src/core/inputs.js';
import { pause, Stage } from './cause-stage.js';
import { Action, environment, killLeftovers, lab, type Finished, type RunningAction } from './lab.js';

const TOOL = 'docker.io/lab/meta-migration:v2.2.0';
const OLD = 'docker.io/lab/milvus-player:v2.1.4';
/** So many installations at the same time. */
const AT_ONCE = 4;
/** Below what the tool deletes, and beside it. */
const KEYS = [
  'root-coord/collection/1',
  'root-coord/segment-index/2',
  'indexes/3',
  'root-coord/credential/users/root',
  'snapshots/root-coord/collection/1_ts9',
];
const wanted = new RegExp(process.env.LAB_FAULTS ?? '.');

interface Fault {
  readonly what: string;
  readonly inputs?: Partial<Record<InputName, string>>;
  readonly before?: (stage: Stage) => Promise<unknown>;
  readonly during?: (stage: Stage, running: RunningAction) => Promise<unknown>;
  readonly outcome: 'rolled-back' | 'refused' | 'failed';
  /** What the user reads. */
  readonly reads: string | RegExp;
  /** False where nothing of it is stopped. */
  readonly stops: boolean;
}

const withTool = (fault: string): Pick<Fault, 'inputs' | 'outcome' | 'stops'> => ({
  inputs: { 'migration-image': `${TOOL}-${fault}` },
  outcome: 'rolled-back',
  stops: true,
});
const etcdOff = (stage: Stage): Promise<string> => stage.kubectl('scale', 'deployment/meta-etcd', '--replicas=0');
const etcdctl = (stage: Stage, ...words: string[]): Promise<string> => stage.kubectl('exec', 'deployment/meta-etcd', '--', 'etcdctl', ...words);

const FAULTS: readonly Fault[] = [
  { what: 'the tool fails before it touches the metadata', ...withTool('before'), reads: /migrate\/my#1 cannot go on.*etcdserver: request timed out/ },
  { what: 'the tool fails while it deletes', ...withTool('during'), reads: /migrate\/my#1 cannot go on.*etcdserver: request timed out/ },
  { what: 'the tool fails when everything is deleted', ...withTool('after-clean'), reads: /migrate\/my#1 cannot go on.*etcdserver: request timed out/ },
  { what: 'the tool hangs', ...withTool('hang'), inputs: { 'migration-image': `${TOOL}-hang`, 'step-timeout': '30s' }, reads: /migrate\/my#1/ },
  { what: 'the backup is cut off', ...withTool('corrupt'), reads: /the backup did not pass: it is cut off after entry \d of 5/ },
  { what: 'the volume is full', ...withTool('no-space'), reads: 'no space left on device' },
  {
    what: 'the image of the tool is not there',
    inputs: { 'migration-image': 'docker.io/lab/meta-migration:v0.0.0', 'step-timeout': '20s' },
    outcome: 'rolled-back',
    stops: false,
    reads: /the image of the migration tool: (ErrImagePull|ImagePullBackOff)/,
  },
  {
    what: 'the image is none of the tool',
    inputs: { 'migration-image': 'quay.io/coreos/etcd:v3.5.16' },
    outcome: 'rolled-back',
    stops: false,
    reads: 'the image has no /milvus/bin/meta-migration',
  },
  {
    what: 'there is no such storage class',
    inputs: { 'storage-class': 'fast', 'step-timeout': '20s' },
    outcome: 'rolled-back',
    stops: false,
    reads: 'PersistentVolumeClaim milvus-upgrade-my-backup is Pending',
  },
  { what: 'etcd does not run', before: etcdOff, outcome: 'refused', stops: false, reads: /etcd-sessions: .*no pod behind the Service meta-etcd is ready/ },
  {
    what: 'etcd is gone when Milvus is stopped',
    inputs: { 'step-timeout': '30s' },
    during: async (stage, running) => {
      await running.says(/▶ stop/);
      await etcdOff(stage);
    },
    outcome: 'rolled-back',
    stops: true,
    reads: 'the sessions in etcd to be seen',
  },
  {
    what: 'another Milvus uses the same root path',
    before: (stage) => etcdctl(stage, 'put', 'team-a/meta/session/proxy-9', JSON.stringify({ ServerID: 9, ServerName: 'proxy', Address: '10.9.9.9:19530' })),
    outcome: 'rolled-back',
    stops: true,
    reads: 'another Milvus uses this root path in etcd: no pod is left here, and proxy at 10.9.9.9:19530 still renews its session',
  },
  {
    what: 'the new query node never becomes ready, and on-failure is rollback',
    inputs: { 'step-timeout': '40s', 'on-failure': 'rollback', values: JSON.stringify({ queryNode: { extraEnv: [{ name: 'PLAY', value: 'never-ready' }] } }) },
    outcome: 'rolled-back',
    stops: true,
    reads: /settle\/my@2\.2\.16 cannot go on::PROBE_FAILING/,
  },
];

let env: NodeJS.ProcessEnv;
let charts: Partial<Record<InputName, string>>;
const faults = FAULTS.filter(({ what }) => wanted.test(what));
const stages: Stage[] = [];
let running: ReadonlyMap<Fault, Promise<Played>>;

interface Played {
  readonly done: Finished;
  readonly before: string;
  readonly after: string;
  readonly pods: string;
  readonly generations: readonly [before: string, after: string];
}

beforeAll(() => {
  lab('node', 'up');
  lab('images', 'player', 'migration');
  charts = { chart: 'milvus/milvus', 'chart-repository': lab('charts', 'serve') };
  env = environment('node');
  const turns = Array.from({ length: AT_ONCE }, (): Promise<unknown> => Promise.resolve());
  running = new Map(
    faults.map((fault, at) => {
      const stage = new Stage(`faults-${at + 1}-${process.pid}`, env);
      stages.push(stage);
      const played = (turns[at % AT_ONCE] ?? Promise.resolve()).then(() => play(stage, fault));
      turns[at % AT_ONCE] = played.catch(() => undefined);
      return [fault, played];
    }),
  );
  for (const each of running.values()) each.catch(() => undefined);
}, 600_000);

afterAll(async () => {
  killLeftovers();
  await Promise.all(stages.map((stage) => stage.remove().catch(() => undefined)));
}, 300_000);

async function play(stage: Stage, { inputs, before, during }: Fault): Promise<Played> {
  await startEtcd(stage);
  await stage.player('chart/3.2.18', 'image.all.tag=v2.1.4', 'metadata.rootPath=team-a');
  await stage.kubectl('scale', 'deployment/my-milvus-datanode', '--replicas=2');
  await stage.kubectl('rollout', 'status', 'deployment/my-milvus-datanode', '--timeout=120s');
  for (const key of KEYS) await etcdctl(stage, 'put', `team-a/meta/${key}`, `value of ${key}`);
  const keys = await keysOf(stage);
  const generation = await generationOf(stage);
  await before?.(stage);
  const action = new Action(env, {
    release: 'my',
    namespace: stage.namespace,
    strategy: 'auto',
    'target-version': '2.2.16',
    'migration-image': TOOL,
    ...charts,
  });
  const started = action.start(inputs);
  if (during) void during(stage, started).catch(() => undefined);
  const done = await started.finished;
  await stage.kubectl('scale', 'deployment/meta-etcd', '--replicas=1');
  await stage.kubectl('rollout', 'status', 'deployment/meta-etcd', '--timeout=120s');
  const [after, pods, later] = [await keysOf(stage), await podsOf(stage), await generationOf(stage)];
  // The node has room for a hundred pods.
  await stage.remove();
  return { done, before: keys, after, pods, generations: [generation, later] };
}

/** The etcd of lab/node/services.yaml. */
async function startEtcd(stage: Stage): Promise<void> {
  const all = parseAllDocuments(readFileSync('lab/node/services.yaml', 'utf8')).map((each) => each.toJS() as { metadata: { name: string } });
  execFileSync('kubectl', ['create', 'namespace', stage.namespace], { env });
  for (const each of all.filter(({ metadata }) => metadata.name === 'meta-etcd')) await stage.create(each);
  await stage.kubectl('rollout', 'status', 'deployment/meta-etcd', '--timeout=120s');
}

async function keysOf(stage: Stage): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      const lines = (await etcdctl(stage, 'get', '--prefix', 'team-a/meta/')).split('\n');
      const pairs = lines.flatMap((key, index) => (index % 2 === 0 ? [`${key} = ${lines[index + 1]}`] : []));
      // Sessions come and go, and the stand-in counts its migrations.
      return pairs.filter((each) => !/^team-a\/meta\/(session|lab-migrated)/.test(each)).join('\n');
    } catch (error) {
      if (tries === 10) throw error;
      await pause(1);
    }
  }
}

function podsOf(stage: Stage): Promise<string> {
  const line = '{.metadata.labels.component} {.spec.template.spec.containers[0].image} {.status.readyReplicas}/{.spec.replicas}';
  return stage.kubectl('get', 'deployments', '-l', 'component', '-o', `jsonpath={range .items[*]}${line}{"\\n"}{end}`);
}

function generationOf(stage: Stage): Promise<string> {
  return stage.kubectl('get', 'deployment', 'my-milvus-proxy', '-o', 'jsonpath={.metadata.generation}');
}

describe('a metadata migration in which', () => {
  it.each(faults.map((each) => [each.what, each] as const))(
    '%s leaves the old version running on its own metadata',
    async (_, fault) => {
      const { done, before, after, pods, generations } = await running.get(fault)!;
      if (done.outputs.outcome !== fault.outcome) throw new Error(done.log);
      expect(done.log).toMatch(fault.reads);
      expect(after).toBe(before);
      expect([...new Set(pods.split('\n').map((line) => line.replace(/^\w+ /, '')))].sort()).toEqual([`${OLD} 1/1`, `${OLD} 2/2`]);
      expect(generations[0] === generations[1]).toBe(!fault.stops);
    },
    600_000,
  );
});
