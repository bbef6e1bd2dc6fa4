// Faults of a metadata migration, made real on the node: the stand-in of the migration tool fails as configured, etcd
// and the volume are real, and stand-ins imitate Milvus (lab/images/player.c), so that many of them can run
// concurrently. At the end of every case a version serves with complete metadata: the old one, or the new one if
// waiting helps.
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withTool, type Fault } from './fault.js';
import { environment, killLeftovers, lab, type Finished, type RunningAction } from './lab.js';
import {
  answerAgain,
  FULL,
  freezeEtcd,
  fullVolume,
  leaveJob,
  noAnswer,
  noJobs,
  noVolume,
  raiseAlarm,
} from './migration-troubles.js';
import { MigrationStage, NEW, OLD, TOOL } from './migration-stage.js';
import type { FaultRow } from '../../scripts/pages/lab-records.js';
import { isRecording, normalize, readRecord, saveRecord } from './records.js';
import { casesOf } from './tier.js';
import type { InputName } from '../../src/core/config/raw-inputs.js';

/** The number of concurrent installations. */
const AT_ONCE = 4;

interface NodeFault extends Fault<MigrationStage, RunningAction, 'succeeded'> {
  /** Removes what `before` has created outside of the stage. */
  readonly after?: (stage: MigrationStage) => Promise<unknown>;
}

const FAULTS: readonly NodeFault[] = [
  {
    full: true,
    what: 'the tool fails before it changes the metadata',
    ...withTool(TOOL, 'before'),
    reads: /migrate\/my#1 cannot continue.*etcdserver: request timed out/,
  },
  {
    what: 'the tool fails while it deletes the old metadata',
    ...withTool(TOOL, 'during'),
    reads: /migrate\/my#1 cannot continue.*etcdserver: request timed out/,
  },
  {
    full: true,
    what: 'the tool fails after it has deleted the old metadata',
    ...withTool(TOOL, 'after-clean'),
    reads: /migrate\/my#1 cannot continue.*etcdserver: request timed out/,
  },
  {
    full: true,
    what: 'the tool hangs',
    ...withTool(TOOL, 'hang'),
    // Long enough for every step before the tool, also on a busy machine.
    inputs: { 'migration-image': `${TOOL}-hang`, 'step-timeout': '90s' },
    reads: 'migrate/my#1 took longer than step-timeout allows',
  },
  {
    what: 'the backup is truncated',
    ...withTool(TOOL, 'corrupt'),
    reads: /the backup failed verification: it is truncated after entry \d of 5/,
  },
  {
    what: 'the volume is full',
    before: fullVolume,
    after: noVolume,
    inputs: { 'storage-class': FULL },
    outcome: 'rolled-back',
    stops: false,
    reads: 'the volume is not writable, or has less than 1 MiB free',
  },
  {
    what: 'the volume becomes full while the tool writes to it',
    ...withTool(TOOL, 'no-space'),
    reads: 'no space left on device',
  },
  {
    what: 'the image of the tool does not exist',
    full: true,
    inputs: { 'migration-image': 'docker.io/lab/meta-migration:v0.0.0', 'step-timeout': '20s' },
    outcome: 'rolled-back',
    stops: false,
    reads: /the image of the migration tool: (ErrImagePull|ImagePullBackOff)/,
  },
  {
    what: 'the image does not contain the tool',
    full: true,
    inputs: { 'migration-image': 'quay.io/coreos/etcd:v3.5.16' },
    outcome: 'rolled-back',
    stops: false,
    reads: 'the image has no /milvus/bin/meta-migration',
  },
  {
    what: 'the storage class does not exist',
    full: true,
    inputs: { 'storage-class': 'fast', 'step-timeout': '20s' },
    outcome: 'rolled-back',
    stops: false,
    reads: 'PersistentVolumeClaim milvus-upgrade-my-backup is Pending',
  },
  {
    what: 'etcd is not running',
    before: (stage) => stage.etcdOn(0),
    outcome: 'refused',
    stops: false,
    reads: /etcd-sessions: .*no pod behind the Service meta-etcd is ready/,
  },
  {
    what: 'etcd has raised an alarm',
    before: raiseAlarm,
    outcome: 'refused',
    stops: false,
    reads: /etcd-health: etcd has raised NOSPACE/,
  },
  {
    what: 'etcd does not respond for 20 s while the tool backs up',
    during: async (stage, running) => {
      await running.says(/▶ backup/);
      await freezeEtcd(stage, 20);
    },
    outcome: 'rolled-back',
    stops: true,
    reads: /backup\/my#1 cannot continue::exit code 1: .*timed out/,
  },
  {
    what: 'a quota has no room for a Job',
    before: noJobs,
    outcome: 'refused',
    stops: false,
    reads: /quota: .*Job\/milvus-upgrade-my-backup-1.*exceeded quota: no-jobs/,
  },
  {
    what: 'a quota has no room for a Job once Milvus is stopped',
    during: async (stage, running) => {
      await running.says(/▶ scale-down/);
      await noJobs(stage);
    },
    outcome: 'rolled-back',
    stops: true,
    reads: /exceeded quota: no-jobs/,
  },
  {
    what: 'the API server answers 500 to the Job of the backup',
    during: async (stage, running) => {
      await running.says(/▶ scale-down/);
      await noAnswer(stage);
    },
    after: answerAgain,
    outcome: 'rolled-back',
    stops: true,
    reads: /failed calling webhook/,
  },
  {
    what: 'a Job of an earlier migration exists without its journal',
    before: leaveJob,
    outcome: 'succeeded',
    stops: true,
    reads: /▶ migrate\/my#2/,
  },
  {
    what: 'etcd becomes unavailable when Milvus is stopped',
    full: true,
    inputs: { 'step-timeout': '30s' },
    during: async (stage, running) => {
      await running.says(/▶ scale-down/);
      await stage.etcdOn(0);
    },
    outcome: 'rolled-back',
    stops: true,
    reads: 'the etcd sessions to become readable',
  },
  {
    what: 'another Milvus uses the same root path',
    before: (stage) =>
      stage.etcdctl(
        'put',
        'team-a/meta/session/proxy-9',
        JSON.stringify({ ServerID: 9, ServerName: 'proxy', Address: '10.9.9.9:19530' }),
      ),
    outcome: 'rolled-back',
    stops: true,
    reads:
      'another Milvus uses this root path in etcd: this installation is stopped, but proxy at 10.9.9.9:19530 still renews its session',
  },
  {
    what: 'the new query node never becomes ready, and on-failure is rollback',
    inputs: {
      'step-timeout': '40s',
      'on-failure': 'rollback',
      values: JSON.stringify({ queryNode: { extraEnv: [{ name: 'PLAY', value: 'never-ready' }] } }),
    },
    outcome: 'rolled-back',
    stops: true,
    reads: /wait-ready\/my@2\.2\.16 cannot continue::PROBE_FAILING/,
  },
];

let env: NodeJS.ProcessEnv;
let charts: Partial<Record<InputName, string>>;
const faults = casesOf(FAULTS, ({ what }) => what);
const rows = new Map<NodeFault, FaultRow>();
const stages = new Set<MigrationStage>();
let running: ReadonlyMap<NodeFault, Promise<Played>>;

/** The state of the stage before and after the run. */
interface Shown {
  readonly keys: string;
  readonly runs: readonly string[];
  readonly generation: string;
}

interface Played {
  readonly done: Finished;
  readonly before: Shown;
  readonly after: Shown;
}

beforeAll(() => {
  lab('node', 'up');
  lab('images', 'player', 'migration');
  charts = { chart: 'milvus/milvus', 'chart-repository': lab('charts', 'serve') };
  env = environment('node');
  const playing = pLimit(AT_ONCE);
  running = new Map(
    faults.map((fault, at) => [
      fault,
      playing(() => play(new MigrationStage(`faults-${at + 1}-${process.pid}`, env), fault)),
    ]),
  );
  for (const played of running.values()) played.catch(() => undefined);
}, 600_000);

afterAll(async () => {
  killLeftovers();
  await Promise.all([...stages].map((stage) => stage.remove().catch(() => undefined)));
  saveRecord(
    'migration-faults',
    faults.flatMap((fault) => rows.get(fault) ?? []),
    ({ what }) => what,
  );
}, 300_000);

async function play(stage: MigrationStage, { inputs, before, during, after: tidyUp }: NodeFault): Promise<Played> {
  stages.add(stage);
  await stage.setUp();
  const shown = await show(stage);
  await before?.(stage);
  const started = stage.action(charts).start(inputs);
  if (during) void during(stage, started).catch(() => undefined);
  const done = await started.finished;
  await stage.etcdOn(1);
  const after = await show(stage);
  // The node can run one hundred pods.
  stages.delete(stage);
  await stage.remove();
  await tidyUp?.(stage);
  return { done, before: shown, after };
}

async function show(stage: MigrationStage): Promise<Shown> {
  return { keys: await stage.keys(), runs: await stage.runs(), generation: await stage.generation() };
}

/** The error of the run, or its failed checks. */
function toldBy({ report }: Finished): string {
  const { problem, failedChecks = [] } = report ?? {};
  return problem
    ? `${problem.what}: ${problem.why}`
    : failedChecks.map((failedCheck) => `${failedCheck.id}: ${failedCheck.reason}`).join('; ');
}

describe('a metadata migration in which', () => {
  it.each(faults.map((fault) => [fault.what, fault] as const))(
    '%s keeps every key, and ends with a serving version',
    async (_title, fault) => {
      const { done, before, after } = await running.get(fault)!;
      const message = normalize(toldBy(done));
      const row = {
        what: fault.what,
        outcome: done.outputs.outcome ?? '',
        message,
        runs: after.runs,
        kept: after.keys === before.keys,
      };
      rows.set(fault, row);
      if (done.outputs.outcome !== fault.outcome) throw new Error(done.log);
      expect(done.log).toMatch(fault.reads);
      expect(after.keys).toBe(before.keys);
      const image = fault.outcome === 'succeeded' ? NEW : OLD;
      expect(after.runs).toEqual([`${image} 1/1`, `${image} 2/2`]);
      expect(before.generation === after.generation).toBe(!fault.stops);
      // The part of the message that comes from the kubelet or etcd may differ.
      const { message: _, ...lasting } = row;
      const recorded = readRecord<FaultRow>('migration-faults').find(({ what }) => what === row.what);
      if (!isRecording && recorded) expect(recorded).toMatchObject(lasting);
    },
    600_000,
  );
});
