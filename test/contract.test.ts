// What every kind of step promises, in one loop: a new kind is in it by being in a plan.
import { describe, expect, it } from '@jest/globals';
import { evaluate } from '../src/core/verdict.js';
import type { Step } from '../src/core/steps.js';
import { FakeCluster } from './fakes/fake-cluster.js';
import { FakeProject } from './fakes/fake-project.js';
import type { Platform } from '../src/upgrade.js';
import { inputs } from './fakes/inputs.js';
import { ofType, runOn, type Told } from './fakes/tools.js';

/** What can be asked of any installation in memory. */
interface Fake extends Platform {
  readonly clock: number;
  images(): unknown;
  changed(milliseconds?: number): Promise<void>;
  apply(step: Step): Promise<void>;
}

interface Story {
  readonly steps: readonly Step[];
  /** The cluster before the first step; the same one each time. */
  readonly begin: () => Promise<Fake>;
  /** The same plan, drawn once more. */
  readonly again: () => Promise<readonly Step[]>;
  /** What its steps write. */
  readonly written: (fake: Fake) => unknown;
}

const fresh = (): Promise<FakeCluster> => Promise.resolve(new FakeCluster('2.2.12'));

/** An upgrade that does not come through, as far as it came. */
async function halfDone(onFailure: 'stop' | 'rollback' = 'stop'): Promise<readonly [FakeCluster, Told]> {
  const cluster = new FakeCluster('2.2.12');
  cluster.breakImage('milvusdb/milvus:v2.2.16');
  return [cluster, await runOn(cluster, inputs({ 'step-timeout': '60s', 'on-failure': onFailure }))];
}

/** A project whose new version was started when the run was killed. */
async function killedProject(release: string, call: number): Promise<FakeProject> {
  const project = new FakeProject(release);
  project.dieAt({ call });
  await runOn(project, compose());
  project.dieAt(null);
  return project;
}

const compose = (written: Parameters<typeof inputs>[0] = {}): ReturnType<typeof inputs> =>
  inputs({ platform: 'compose', release: '', strategy: 'auto', ...written });
const valuesOf = (fake: Fake): unknown => (fake instanceof FakeCluster ? fake.userValues() : null);
const textsOf = (fake: Fake): unknown => (fake instanceof FakeProject ? [fake.texts(), fake.notes, fake.journal, fake.tool.metadata] : null);

const planUpgrade = async (): Promise<readonly Step[]> =>
  ofType(await runOn(new FakeCluster('2.2.12'), inputs({ operation: 'plan' })), 'plan-created')[0]?.plan.steps ?? [];
const planBack = async (): Promise<readonly Step[]> => ofType((await halfDone('rollback'))[1], 'rollback-started')[0]?.plan.steps ?? [];
const planProjectBack = async (): Promise<readonly Step[]> =>
  ofType(await runOn(await startedProject(), compose({ operation: 'rollback' })), 'plan-created')[0]?.plan.steps ?? [];
const planMigration = async (): Promise<readonly Step[]> =>
  ofType(await runOn(new FakeProject('2.1.4'), compose()), 'plan-created')[0]?.plan.steps.filter(({ kind }) => kind !== 'finalize') ?? [];

/** Half done, so that every step of the way back has something to do. */
function startedProject(): Promise<FakeProject> {
  return killedProject('2.2.12', 5);
}

/** The etcd of a project is watched once a migration is planned. */
async function watchedProject(): Promise<FakeProject> {
  const project = new FakeProject('2.1.4');
  const [plan] = ofType(await runOn(new FakeProject('2.1.4'), compose({ operation: 'plan' })), 'plan-created');
  if (plan) await project.preflight(plan.plan);
  return project;
}

const stories: readonly Story[] = [
  { steps: await planUpgrade(), begin: fresh, again: planUpgrade, written: valuesOf },
  { steps: await planBack(), begin: async () => (await halfDone())[0], again: planBack, written: valuesOf },
  { steps: await planProjectBack(), begin: startedProject, again: planProjectBack, written: textsOf },
  { steps: await planMigration(), begin: watchedProject, again: planMigration, written: textsOf },
];
const steps = stories.flatMap((story) => story.steps.map((step) => [`${step.kind} of ${step.id}`, step, story] as const));

async function waitReady(cluster: Fake): Promise<void> {
  for (let each = 0; each < 10; each += 1) await cluster.changed(1000);
}

/** A cluster on which everything before this step is done. */
async function clusterBefore(step: Step, { steps: all, begin }: Story): Promise<Fake> {
  const cluster = await begin();
  for (const earlier of all.slice(0, all.indexOf(step))) {
    await finish(earlier, cluster);
  }
  return cluster;
}

/** A backup is asked for once more when it is there: to be read. */
async function finish(step: Step, cluster: Fake): Promise<void> {
  for (let times = 0; times < 2 && evaluate(step, await cluster.observe()).state === 'pending'; times += 1) {
    await cluster.apply(step);
    if (WORKS.has(step.kind)) await waitReady(cluster);
  }
}

/** The next step may begin only when the tool has ended, or every session is gone. */
const WORKS: ReadonlySet<Step['kind']> = new Set(['scale-down', 'backup', 'migrate']);

it('is asked of every kind of step', () => {
  expect(steps.map(([, { kind }]) => kind)).toEqual([
    ...['helm-upgrade', 'wait-ready', 'helm-rollback', 'wait-ready'],
    ...['edit-files', 'recreate', 'wait-healthy', 'finalize'],
    ...['prepare', 'scale-down', 'backup', 'migrate', 'edit-files', 'recreate', 'wait-healthy'],
  ]);
});

describe.each(steps)('a step of kind %s', (_, step, story) => {
  it('has an id that is made of its content', async () => {
    expect((await story.again()).map((each) => each.id)).toContain(step.id);
  });

  it('is not done before anything was done', async () => {
    const cluster = await story.begin();
    expect(evaluate(step, await cluster.observe()).state).not.toBe('complete');
  });

  it('is done after it was asked for and everything came to rest', async () => {
    const cluster = await clusterBefore(step, story);
    await finish(step, cluster);
    await waitReady(cluster);
    expect(evaluate(step, await cluster.observe()).state).toBe('complete');
  });

  it('asked for twice ends where asked for once ends', async () => {
    const [once, twice] = [await clusterBefore(step, story), await clusterBefore(step, story)];
    if (evaluate(step, await once.observe()).state === 'pending') {
      await once.apply(step);
      await twice.apply(step);
      await twice.apply(step);
    }
    await waitReady(once);
    await waitReady(twice);
    expect(twice.images()).toEqual(once.images());
    expect(story.written(twice)).toEqual(story.written(once));
    expect(evaluate(step, await twice.observe())).toEqual(evaluate(step, await once.observe()));
  });
});
