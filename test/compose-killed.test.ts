// The story of a Docker Compose project whose run is killed at any look or call, and run again.
import { describe, expect, it } from '@jest/globals';
import { FakeProject, type Death } from './fakes/fake-project.js';
import { expectEnd, MIGRATION_CALLS, wish, type End } from './fakes/project-ends.js';
import { runOn, type Told } from './fakes/tools.js';

interface Sweep {
  readonly name: string;
  readonly begin: () => Promise<FakeProject>;
  readonly raw: ReturnType<typeof wish>;
  readonly end: End;
  /** More would mean that something was migrated twice. */
  readonly migrations: number;
}

const spoiled = (release: string, spoil: (project: FakeProject) => unknown = () => undefined, isCluster = false): Promise<FakeProject> => {
  const project = new FakeProject(release, { isCluster });
  spoil(project);
  return Promise.resolve(project);
};

async function migrated(): Promise<FakeProject> {
  const project = new FakeProject('2.1.4');
  await runOn(project, wish());
  return project;
}

/** Killed while its new version starts. */
async function halfMigrated(): Promise<FakeProject> {
  const project = new FakeProject('2.1.4');
  project.dieAt({ call: MIGRATION_CALLS.indexOf('close the journal') + 1 });
  await runOn(project, wish());
  return project;
}

async function undone(): Promise<FakeProject> {
  const project = await migrated();
  await runOn(project, BACK);
  return project;
}

/** Killed between the two last calls. */
async function almostClosed(): Promise<FakeProject> {
  const project = new FakeProject('2.1.4');
  project.dieAt({ call: MIGRATION_CALLS.length });
  await runOn(project, wish());
  return project;
}

const BACK = wish({ operation: 'rollback' });
const ORIGINAL: End = { release: '2.1.4', metadata: 'original' };
const CLUSTER: End = { release: '2.2.16', files: new FakeProject('2.2.16', { isCluster: true }).texts() };
const SWEEPS: readonly Sweep[] = [
  { name: 'an upgrade', begin: () => spoiled('2.2.12'), raw: wish(), end: { release: '2.2.16' }, migrations: 0 },
  { name: 'an upgrade of eight services', begin: () => spoiled('2.2.12', undefined, true), raw: wish(), end: CLUSTER, migrations: 0 },
  {
    name: 'an upgrade that is put back',
    begin: () => spoiled('2.2.12', (project) => project.breakVersion('2.2.16')),
    raw: wish(),
    end: { outcome: 'rolled-back', release: '2.2.12' },
    migrations: 0,
  },
  { name: 'a migration', begin: () => spoiled('2.1.4'), raw: wish(), end: { release: '2.2.16' }, migrations: 1 },
  { name: 'a migration of eight services', begin: () => spoiled('2.1.4', undefined, true), raw: wish(), end: CLUSTER, migrations: 1 },
  {
    name: 'a migration that cleans up',
    begin: () => spoiled('2.1.4', (project) => (project.cleansUp = true)),
    raw: wish({ 'clean-up': 'true' }),
    end: { release: '2.2.16' },
    migrations: 1,
  },
  {
    name: 'a migration whose tool fails',
    begin: () => spoiled('2.1.4', (project) => project.tool.failing.add('migrate')),
    raw: wish(),
    end: { ...ORIGINAL, outcome: 'rolled-back' },
    migrations: 2,
  },
  { name: 'the way back from a migration', begin: migrated, raw: BACK, end: ORIGINAL, migrations: 1 },
  { name: 'the way back from half a migration', begin: halfMigrated, raw: BACK, end: ORIGINAL, migrations: 1 },
  { name: 'the way back from a migration whose notes are left', begin: almostClosed, raw: BACK, end: ORIGINAL, migrations: 1 },
  { name: 'a migration that is tried after a way back', begin: undone, raw: wish(), end: { release: '2.2.16' }, migrations: 2 },
];

/** Runs it again as a user would, until nothing kills it. */
async function killedOnce({ begin, raw, end, migrations }: Sweep, death: Death, seconds: number): Promise<Told['outcome']> {
  const project = await begin();
  project.dieAt(death);
  const first = await runOn(project, raw);
  project.dieAt(null);
  for (let each = 0; each < seconds; each += 1) await project.changed();
  const told = await runOn(project, raw);
  expect([end.outcome ?? 'succeeded', 'unchanged']).toContain(told.outcome);
  expectEnd(project, end);
  expect(project.tool.migrations).toBeLessThanOrEqual(migrations);
  return first.outcome;
}

describe.each(SWEEPS)('$name that is killed', (sweep) => {
  // Eight services are killed in the midst of their changes only; the looks are those of one.
  it.each((sweep.end === CLUSTER ? ['call'] : ['observe', 'call']) as readonly ('observe' | 'call')[])(
    'at every single %s ends in the same place when it is run again',
    async (kind) => {
      const ends: Told['outcome'][] = [];
      for (let at = 1; ends.at(-1) !== (sweep.end.outcome ?? 'succeeded'); at += 1) {
        // What Docker does goes on while nobody looks, for a moment or for long.
        const seconds = (at % 2) * 10;
        const end = await killedOnce(sweep, kind === 'observe' ? { look: at } : { call: at }, seconds).catch((error: Error) => error);
        if (end instanceof Error) throw new Error(`${kind} ${at}, ${seconds} s later: ${end.message}`);
        ends.push(end);
      }
      expect(ends.length).toBeGreaterThan(5);
    },
  );
});
