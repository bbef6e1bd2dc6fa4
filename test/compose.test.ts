// The story of a Docker Compose project in memory: upgraded, put back, migrated, killed anywhere.
import { describe, expect, it } from '@jest/globals';
import { FakeProject, type Death } from './fakes/fake-project.js';
import type { FakeTool } from './fakes/fake-tool.js';
import { inputs } from './fakes/inputs.js';
import { COMPOSE } from './fakes/project-files.js';
import { ofType, runOn, type Told } from './fakes/tools.js';

const wish = (written: Parameters<typeof inputs>[0] = {}): ReturnType<typeof inputs> =>
  inputs({ platform: 'compose', release: '', strategy: 'auto', 'step-timeout': '10s', ...written });
const imageOf = (release: string): string => `milvusdb/milvus:v${release}`;

interface End {
  readonly outcome?: Told['outcome'];
  readonly release: string;
  /** The files, where not those of the project as it began. */
  readonly files?: Readonly<Record<string, string>>;
  readonly metadata?: FakeTool['metadata'];
}

/** Whatever happened on the way, it runs this version from these files, and nothing is left of the way. */
function expectEnd(project: FakeProject, { release, files, metadata = 'migrated' }: End): void {
  expect(project.harm).toEqual([]);
  expect(project.images()).toEqual([imageOf(release)]);
  expect(project.texts()).toEqual(files ?? new FakeProject(release).texts());
  expect(project.notes).toBeNull();
  expect(project.journal?.closed ?? true).toBe(true);
  expect(project.tool.metadata).toBe(metadata);
}

function refusalsOf(told: Told): readonly string[] {
  return ofType(told, 'plan-refused').flatMap(({ refusals }) => refusals.map((each) => each.code));
}

describe('an upgrade of a project', () => {
  it('brings a standalone to the new version and leaves no notes', async () => {
    const project = new FakeProject('2.2.12');
    const told = await runOn(project, wish());
    expect({ outcome: told.outcome, problem: told.problem }).toEqual({ outcome: 'succeeded', problem: null });
    expectEnd(project, { release: '2.2.16' });
    expect(project.applied).toEqual(['edit-files/milvus@2.2.16', 'recreate/milvus@2.2.16', 'close/milvus@2.2.16']);
  });

  it('brings eight services to the new version by their one variable', async () => {
    const project = new FakeProject('2.2.12', { isCluster: true });
    const before = project.texts();
    expect((await runOn(project, wish())).outcome).toBe('succeeded');
    expectEnd(project, { release: '2.2.16', files: new FakeProject('2.2.16', { isCluster: true }).texts() });
    expect(project.files.get(COMPOSE)).toBe(before[COMPOSE]);
    expect(project.running()).toHaveLength(10);
  });

  it('writes the notes before the first byte of a file', async () => {
    const project = new FakeProject('2.2.12');
    await runOn(project, wish());
    expect(project.calls).toEqual(['write the notes', `write ${COMPOSE}`, 'stop standalone', 'up standalone', 'remove the notes']);
  });

  it('has nothing to do the second time', async () => {
    const project = new FakeProject('2.2.12');
    await runOn(project, wish());
    const calls = [...project.calls];
    expect((await runOn(project, wish())).outcome).toBe('unchanged');
    expect(project.calls).toEqual(calls);
  });

  it('changes nothing when it is only planned, and shows no secret', async () => {
    const project = new FakeProject('2.2.12', { isCluster: true });
    const told = await runOn(project, wish({ operation: 'plan' }));
    expect(told.outcome).toBe('planned');
    expect(project.calls).toEqual([]);
    expect(ofType(told, 'checked')[0]?.changes.map((each) => each.name)).toEqual(['.env']);
    expect(JSON.stringify(told.events)).not.toContain('hunter2');
  });

  it('tells every reason against it at once', async () => {
    const project = new FakeProject('2.2.12');
    project.stopByHand('standalone');
    project.facts = { ...project.facts, unwritable: [`${COMPOSE} cannot be written (EROFS)`], freeBytes: 1024, takenNames: ['milvus-standalone'] };
    const told = await runOn(project, wish({ 'source-version': '2.2.11', strategy: 'rolling' }));
    expect(told.outcome).toBe('refused');
    expect(refusalsOf(told)).toEqual([
      'source-version-differs',
      'strategy-does-not-fit',
      'service-unhealthy',
      'files-writable',
      'disk-room',
      'container-name-taken',
    ]);
    expect(project.calls).toEqual([]);
  });

  it('refuses a service that is not well before it, or is paused', async () => {
    const project = new FakeProject('2.2.12', { isCluster: true });
    project.stopByHand('querynode');
    project.pause('proxy');
    expect(refusalsOf(await runOn(project, wish()))).toEqual(['service-paused', 'service-unhealthy']);
  });
});

describe('an upgrade of a project that fails', () => {
  it.each<[string, (project: FakeProject) => void]>([
    ['never becomes well', (project) => project.breakVersion('2.2.16')],
    ['ends by itself', (project) => project.crashVersion('2.2.16')],
    ['cannot be started', (project) => project.refuseVersion('2.2.16')],
  ])('because the new version %s puts the old files and the old version back', async (_, spoil) => {
    const project = new FakeProject('2.2.12');
    spoil(project);
    expect((await runOn(project, wish())).outcome).toBe('rolled-back');
    expectEnd(project, { release: '2.2.12' });
    project.mend();
    await runOn(project, wish());
    expectEnd(project, { release: '2.2.16' });
  });

  it('says what a container printed that has ended', async () => {
    const project = new FakeProject('2.2.12');
    project.crashVersion('2.2.16');
    const told = await runOn(project, wish());
    expect(ofType(told, 'failed')[0]?.problem.why).toContain('CRASH_LOOP at standalone');
    expect(ofType(told, 'failed')[0]?.problem.why).toContain('panic: it cannot go on');
  });

  it('across minors stays where it is once the new version was started, and says why', async () => {
    const project = new FakeProject('2.2.16');
    project.breakVersion('2.3.5');
    const told = await runOn(project, wish({ 'target-version': '2.3.5' }));
    expect(told.outcome).toBe('failed');
    expect(project.images()).toEqual([imageOf('2.3.5')]);
    expect(told.problem?.remedy).toContain('2.2 cannot open what 2.3 has written');
    expect(project.notes).toMatchObject({ from: '2.2.16', to: '2.3.5' });
    project.mend();
    await runOn(project, wish({ 'target-version': '2.3.5' }));
    expectEnd(project, { release: '2.3.5' });
  });

  it('across minors is put back as long as the new version was never started', async () => {
    const project = new FakeProject('2.2.16');
    project.refuseVersion('2.3.5');
    expect((await runOn(project, wish({ 'target-version': '2.3.5' }))).outcome).toBe('rolled-back');
    expectEnd(project, { release: '2.2.16' });
  });

  it('does not write over a file that another hand has changed since the plan was drawn', async () => {
    const project = new FakeProject('2.2.12');
    project.beforeLook(3, () => project.editByHand(COMPOSE));
    const told = await runOn(project, wish());
    expect(told.problem).toMatchObject({ code: 'step-stuck', why: `${COMPOSE} was changed by another hand since this run looked` });
    expect(project.files.get(COMPOSE)).toBe(`${new FakeProject('2.2.12').files.get(COMPOSE) ?? ''}# by hand\n`);
    expect(project.images()).toEqual([imageOf('2.2.12')]);
  });

  it('keeps what another hand has written into the file meanwhile', async () => {
    const project = new FakeProject('2.2.12');
    project.breakVersion('2.2.16');
    project.beforeLook(6, () => project.editByHand(COMPOSE));
    expect((await runOn(project, wish())).outcome).toBe('rolled-back');
    expect(project.files.get(COMPOSE)).toBe(`${new FakeProject('2.2.12').files.get(COMPOSE) ?? ''}# by hand\n`);
    expect(project.images()).toEqual([imageOf('2.2.12')]);
  });

  it('can be undone by hand when it is half done', async () => {
    const project = new FakeProject('2.2.12');
    project.dieAt({ call: 4 });
    expect((await runOn(project, wish())).outcome).toBe('killed');
    project.dieAt(null);
    expect((await runOn(project, wish({ operation: 'rollback' }))).outcome).toBe('succeeded');
    expectEnd(project, { release: '2.2.12' });
  });

  it('refuses to undo what is over', async () => {
    const project = new FakeProject('2.2.12');
    await runOn(project, wish());
    expect(refusalsOf(await runOn(project, wish({ operation: 'rollback' })))).toEqual(['nothing-to-roll-back']);
  });
});

describe('a migration of a project', () => {
  it('stops, backs up, migrates once and starts the new version', async () => {
    const project = new FakeProject('2.1.4');
    const told = await runOn(project, wish());
    expect({ outcome: told.outcome, problem: told.problem }).toEqual({ outcome: 'succeeded', problem: null });
    expectEnd(project, { release: '2.2.16' });
    expect(project.tool.migrations).toBe(1);
  });

  it.each(['back-up', 'migrate'] as const)('whose tool fails in %s leaves the old version running from the old files', async (kind) => {
    const project = new FakeProject('2.1.4');
    project.tool.failing.add(kind);
    expect((await runOn(project, wish())).outcome).toBe('rolled-back');
    expectEnd(project, { release: '2.1.4', metadata: 'original' });
    project.mend();
    await runOn(project, wish());
    expectEnd(project, { release: '2.2.16' });
  });

  it('is restored when the new version never gets well, since nobody could write to it', async () => {
    const project = new FakeProject('2.1.4');
    project.breakVersion('2.2.16');
    expect((await runOn(project, wish())).outcome).toBe('rolled-back');
    expectEnd(project, { release: '2.1.4', metadata: 'original' });
    expect(project.tool.hasLostWrites).toBe(false);
  });

  it('is not restored by itself once an earlier run may have let somebody write', async () => {
    const project = new FakeProject('2.1.4');
    project.dieAt({ call: CALLS.indexOf('close the journal') + 1 });
    await runOn(project, wish());
    project.dieAt(null);
    project.breakVersion('2.2.16');
    project.stopByHand('standalone');
    const told = await runOn(project, wish());
    expect(told.outcome).toBe('failed');
    expect(told.problem?.remedy).toContain('run the action with operation: rollback');
    expect(project.tool.metadata).toBe('migrated');
    expect(project.tool.hasLostWrites).toBe(false);
  });

  it('asks for each change in an order that a kill cannot hurt', async () => {
    const project = new FakeProject('2.1.4');
    await runOn(project, wish());
    expect(project.calls).toEqual(CALLS);
  });

  it('can be undone when it is finished, and done again', async () => {
    const project = new FakeProject('2.1.4');
    await runOn(project, wish());
    expect((await runOn(project, wish({ operation: 'rollback' }))).outcome).toBe('succeeded');
    expectEnd(project, { release: '2.1.4', metadata: 'original' });
    expect((await runOn(project, wish({ operation: 'rollback' }))).outcome).toBe('unchanged');
    expect((await runOn(project, wish())).outcome).toBe('succeeded');
    expectEnd(project, { release: '2.2.16' });
    expect(project.tool.migrations).toBe(2);
  });
});

const CALLS = [
  'write the journal',
  'stop standalone',
  'create back-up 1.1',
  'write back-up 1.1 down',
  'start back-up 1.1',
  'read the backup',
  'create migrate 1.1',
  'write migrate 1.1 down',
  'start migrate 1.1',
  'write the notes',
  `write ${COMPOSE}`,
  'up standalone',
  'close the journal',
  'remove the notes',
];

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
  project.dieAt({ call: CALLS.indexOf('close the journal') + 1 });
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
  project.dieAt({ call: CALLS.length });
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
  it.each((sweep.end === CLUSTER ? ['call'] : ['look', 'call']) as readonly ('look' | 'call')[])(
    'at every single %s ends in the same place when it is run again',
    async (kind) => {
      const ends: Told['outcome'][] = [];
      for (let at = 1; ends.at(-1) !== (sweep.end.outcome ?? 'succeeded'); at += 1) {
        // What Docker does goes on while nobody looks, for a moment or for long.
        const seconds = (at % 2) * 10;
        const end = await killedOnce(sweep, kind === 'look' ? { look: at } : { call: at }, seconds).catch((error: Error) => error);
        if (end instanceof Error) throw new Error(`${kind} ${at}, ${seconds} s later: ${end.message}`);
        ends.push(end);
      }
      expect(ends.length).toBeGreaterThan(5);
    },
  );
});
