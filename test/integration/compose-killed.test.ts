// A run on a Docker Compose project is killed at each observation and each call, and run again.
import { describe, expect, it } from '@jest/globals';
import { FakeProject, type Death } from '../support/fake-project.js';
import { expectEnd, MIGRATION_CALLS, runInputs, type End } from '../support/project-ends.js';
import { runOn, type RunResult } from '../support/tools.js';

interface Sweep {
  readonly name: string;
  readonly begin: () => Promise<FakeProject>;
  readonly raw: ReturnType<typeof runInputs>;
  readonly end: End;
  /** The maximum number of migrations; more would mean that the metadata was migrated twice. */
  readonly migrations: number;
}

const spoiled = (
  release: string,
  spoil: (project: FakeProject) => unknown = () => undefined,
  isCluster = false,
): Promise<FakeProject> => {
  const project = new FakeProject(release, { isCluster });
  spoil(project);
  return Promise.resolve(project);
};

async function migrated(): Promise<FakeProject> {
  const project = new FakeProject('2.1.4');
  await runOn(project, runInputs());
  return project;
}

/** Killed while the new version starts. */
async function halfMigrated(): Promise<FakeProject> {
  const project = new FakeProject('2.1.4');
  project.dieAt({ call: MIGRATION_CALLS.indexOf('close the journal') + 1 });
  await runOn(project, runInputs());
  return project;
}

async function undone(): Promise<FakeProject> {
  const project = await migrated();
  await runOn(project, BACK);
  return project;
}

/** Killed between the last two calls. */
async function almostClosed(): Promise<FakeProject> {
  const project = new FakeProject('2.1.4');
  project.dieAt({ call: MIGRATION_CALLS.length });
  await runOn(project, runInputs());
  return project;
}

const BACK = runInputs({ operation: 'rollback' });
const ORIGINAL: End = { release: '2.1.4', metadata: 'original' };
const CLUSTER: End = { release: '2.2.16', files: new FakeProject('2.2.16', { isCluster: true }).texts() };
const SWEEPS: readonly Sweep[] = [
  { name: 'an upgrade', begin: () => spoiled('2.2.12'), raw: runInputs(), end: { release: '2.2.16' }, migrations: 0 },
  {
    name: 'an upgrade of eight services',
    begin: () => spoiled('2.2.12', undefined, true),
    raw: runInputs(),
    end: CLUSTER,
    migrations: 0,
  },
  {
    name: 'an upgrade that is rolled back',
    begin: () => spoiled('2.2.12', (project) => project.breakVersion('2.2.16')),
    raw: runInputs(),
    end: { outcome: 'rolled-back', release: '2.2.12' },
    migrations: 0,
  },
  { name: 'a migration', begin: () => spoiled('2.1.4'), raw: runInputs(), end: { release: '2.2.16' }, migrations: 1 },
  {
    name: 'a migration of eight services',
    begin: () => spoiled('2.1.4', undefined, true),
    raw: runInputs(),
    end: CLUSTER,
    migrations: 1,
  },
  {
    name: 'a migration that cleans up',
    begin: () => spoiled('2.1.4', (project) => (project.cleansUp = true)),
    raw: runInputs({ 'clean-up': 'true' }),
    end: { release: '2.2.16' },
    migrations: 1,
  },
  {
    name: 'a migration whose tool fails',
    begin: () => spoiled('2.1.4', (project) => project.tool.failing.add('migrate')),
    raw: runInputs(),
    end: { ...ORIGINAL, outcome: 'rolled-back' },
    migrations: 2,
  },
  { name: 'the rollback of a migration', begin: migrated, raw: BACK, end: ORIGINAL, migrations: 1 },
  { name: 'the rollback of an incomplete migration', begin: halfMigrated, raw: BACK, end: ORIGINAL, migrations: 1 },
  {
    name: 'the rollback of a migration whose upgrade state is left',
    begin: almostClosed,
    raw: BACK,
    end: ORIGINAL,
    migrations: 1,
  },
  { name: 'a migration after a rollback', begin: undone, raw: runInputs(), end: { release: '2.2.16' }, migrations: 2 },
];

/** Kills the first run, and runs it again as a user would. */
async function killedOnce(
  { begin, raw, end, migrations }: Sweep,
  death: Death,
  seconds: number,
): Promise<RunResult['outcome']> {
  const project = await begin();
  project.dieAt(death);
  const first = await runOn(project, raw);
  project.dieAt(null);
  for (let second = 0; second < seconds; second += 1) await project.waitForChange();
  const result = await runOn(project, raw);
  expect([end.outcome ?? 'succeeded', 'unchanged']).toContain(result.outcome);
  expectEnd(project, end);
  expect(project.tool.migrations).toBeLessThanOrEqual(migrations);
  return first.outcome;
}

describe.each(SWEEPS)('$name that is killed', (sweep) => {
  // With eight services a run is killed only at its calls; the observations are those of a standalone.
  it.each((sweep.end === CLUSTER ? ['call'] : ['observe', 'call']) as readonly ('observe' | 'call')[])(
    'at each %s has the same result when it is run again',
    async (kind) => {
      const ends: RunResult['outcome'][] = [];
      for (let at = 1; ends.at(-1) !== (sweep.end.outcome ?? 'succeeded'); at += 1) {
        // Docker continues without observation, for a short or a long time.
        const seconds = (at % 2) * 10;
        const end = await killedOnce(sweep, kind === 'observe' ? { look: at } : { call: at }, seconds).catch(
          (error: Error) => error,
        );
        if (end instanceof Error) throw new Error(`${kind} ${at}, ${seconds} s later: ${end.message}`);
        ends.push(end);
      }
      expect(ends.length).toBeGreaterThan(5);
    },
  );
});
