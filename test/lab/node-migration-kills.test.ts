// A metadata migration and its rollback on the node, killed at each of their steps, followed by another run of either
// operation. The tool is a stand-in with the same contract, etcd and the volume are real, and stand-ins imitate Milvus.
// test/unit/core/migration tests every observation between the steps.
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { environment, killAll, killLeftovers, lab, type Finished } from './lab.js';
import { MigrationStage, NEW, OLD } from './migration-stage.js';
import { casesOf, type Tiered } from './tier.js';
import type { InputName } from '../../src/core/config/raw-inputs.js';

/** The number of concurrent installations; most of the time they wait for the lock of the killed run. */
const AT_ONCE = 4;

type Operation = 'upgrade' | 'rollback';

interface Kill extends Tiered {
  readonly killed: Operation;
  /** The text in the log at which the run is killed. */
  readonly at: string | RegExp;
  readonly next: Operation;
  /** The total number of migrations of the tool. */
  readonly migrations: number;
}

const upgrade = (at: string | RegExp, next: Operation, migrations = 1): Kill => ({
  killed: 'upgrade',
  at,
  next,
  migrations,
});
const rollback = (at: string | RegExp, next: Operation, migrations = 1): Kill => ({
  killed: 'rollback',
  at,
  next,
  migrations,
});
/** The tool is running, or has just ended. */
const [MIGRATING, RESTORING] = [/migration tool \(migrate.*\): /, /migration tool \(restore.*\): /];
const KILLS: readonly Kill[] = [
  upgrade(MIGRATING, 'upgrade'),
  upgrade('▶ helm-upgrade', 'upgrade'),
  upgrade(MIGRATING, 'rollback'),
  rollback(RESTORING, 'rollback'),
  rollback(RESTORING, 'upgrade', 2),
  ...[
    upgrade('▶ backup', 'upgrade'),
    upgrade('▶ scale-down', 'upgrade'),
    upgrade('▶ wait-ready', 'upgrade'),
    rollback('▶ scale-down', 'rollback'),
    upgrade('▶ prepare', 'upgrade'),
    upgrade('▶ migrate', 'upgrade'),
    upgrade('▶ finalize', 'upgrade'),
    upgrade('▶ scale-down', 'rollback', 0),
    upgrade('▶ wait-ready', 'rollback'),
    rollback('▶ helm-rollback', 'rollback'),
    rollback('▶ scale-up', 'rollback'),
  ].map((kill) => ({ ...kill, full: true })),
];
const named = ({ killed, at, next }: Kill): string => `${killed} at ${at}, followed by ${next},`;
const kills = casesOf(KILLS, named);

interface Played {
  readonly done: Finished;
  readonly keys: readonly [before: string, after: string];
  readonly runs: readonly string[];
  readonly migrations: number;
}

let running: ReadonlyMap<Kill, Promise<Played>>;
let charts: Partial<Record<InputName, string>>;
const stages = new Set<MigrationStage>();

beforeAll(() => {
  lab('node', 'up');
  lab('images', 'player', 'migration');
  charts = { chart: 'milvus/milvus', 'chart-repository': lab('charts', 'serve') };
  const [env, playing] = [environment('node'), pLimit(AT_ONCE)];
  running = new Map(
    kills.map((kill, at) => [
      kill,
      playing(() => play(new MigrationStage(`kills-${at + 1}-${process.pid}`, env), kill)),
    ]),
  );
  for (const played of running.values()) played.catch(() => undefined);
}, 600_000);

afterAll(async () => {
  killLeftovers();
  await Promise.all([...stages].map((stage) => stage.remove().catch(() => undefined)));
}, 300_000);

async function play(stage: MigrationStage, { killed, at, next }: Kill): Promise<Played> {
  stages.add(stage);
  await stage.setUp();
  const before = await stage.keys();
  const action = stage.action(charts);
  const inputsOf = { upgrade: {}, rollback: { operation: 'rollback', 'target-version': '' } };
  if (killed === 'rollback') expectDone(await action.run());
  const first = action.start(inputsOf[killed]);
  await Promise.race([first.says(at), first.finished]);
  killAll(first);
  await first.finished;
  const done = await action.run(inputsOf[next]);
  const shown = {
    done,
    keys: [before, await stage.keys()] as const,
    runs: await stage.runs(),
    migrations: await stage.migrations(),
  };
  stages.delete(stage);
  await stage.remove();
  return shown;
}

function expectDone(done: Finished): void {
  if (done.exitCode !== 0) throw new Error(done.log);
}

describe('a run that is killed in', () => {
  it.each(kills.map((kill) => [named(kill), kill] as const))(
    '%s has the correct result',
    async (_, kill) => {
      const { done, keys, runs, migrations } = await running.get(kill)!;
      expectDone(done);
      const image = kill.next === 'upgrade' ? NEW : OLD;
      expect(runs).toEqual([`${image} 1/1`, `${image} 2/2`]);
      expect(keys[1]).toBe(keys[0]);
      expect(migrations).toBe(kill.migrations);
    },
    900_000,
  );
});
