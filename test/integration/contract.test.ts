// The contract of every kind of step, tested in one loop: a new kind is included as soon as a plan contains it.
import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../src/core/model/step.js';
import type { ComposePlan } from '../../src/core/compose/step.js';
import { FakeCluster } from '../support/fake-cluster.js';
import { FakeProject } from '../support/fake-project.js';
import { inputs } from '../support/inputs.js';
import { evaluate, ofType, runOn, type RunResult } from '../support/tools.js';
import type { Observation } from '../../src/core/model/observation.js';

/** The methods that every installation in memory has. */
interface Fake {
  observe(): Promise<Observation>;
  images(): unknown;
  waitForChange(milliseconds?: number): Promise<void>;
  apply(step: Step): Promise<void>;
}

interface Story {
  readonly steps: readonly Step[];
  /** The installation before the first step; the same each time. */
  readonly begin: () => Promise<Fake>;
  /** Makes the same plan again. */
  readonly again: () => Promise<readonly Step[]>;
  /** The state that its steps write. */
  readonly written: (fake: Fake) => unknown;
}

const fresh = (): Promise<FakeCluster> => Promise.resolve(new FakeCluster('2.2.12'));

/** A failed, incomplete upgrade. */
async function halfDone(onFailure: 'stop' | 'rollback' = 'stop'): Promise<readonly [FakeCluster, RunResult]> {
  const cluster = new FakeCluster('2.2.12');
  cluster.breakImage('milvusdb/milvus:v2.2.16');
  return [cluster, await runOn(cluster, inputs({ 'step-timeout': '60s', 'on-failure': onFailure }))];
}

/** A project whose run was killed after it had started the new version. */
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
const textsOf = (fake: Fake): unknown =>
  fake instanceof FakeProject ? [fake.texts(), fake.upgradeState, fake.journal, fake.tool.metadata] : null;

const planUpgrade = async (): Promise<readonly Step[]> =>
  ofType(await runOn(new FakeCluster('2.2.12'), inputs({ operation: 'plan' })), 'plan-created')[0]?.plan.steps ?? [];
const planBack = async (): Promise<readonly Step[]> =>
  ofType((await halfDone('rollback'))[1], 'rollback-started')[0]?.plan.steps ?? [];
const planProjectBack = async (): Promise<readonly Step[]> =>
  ofType(await runOn(await startedProject(), compose({ operation: 'rollback' })), 'plan-created')[0]?.plan.steps ?? [];
const planMigration = async (): Promise<readonly Step[]> =>
  ofType(await runOn(new FakeProject('2.1.4'), compose()), 'plan-created')[0]?.plan.steps.filter(
    ({ kind }) => kind !== 'finalize',
  ) ?? [];

/** An incomplete upgrade, so that every step of the rollback changes something. */
function startedProject(): Promise<FakeProject> {
  return killedProject('2.2.12', 5);
}

/** A project with a planned migration; its etcd is observed from then on. */
async function watchedProject(): Promise<FakeProject> {
  const project = new FakeProject('2.1.4');
  const [plan] = ofType(await runOn(new FakeProject('2.1.4'), compose({ operation: 'plan' })), 'plan-created');
  if (plan) await project.preflight(plan.plan as ComposePlan);
  return project;
}

const stories: readonly Story[] = [
  { steps: await planUpgrade(), begin: fresh, again: planUpgrade, written: valuesOf },
  { steps: await planBack(), begin: async () => (await halfDone())[0], again: planBack, written: valuesOf },
  { steps: await planProjectBack(), begin: startedProject, again: planProjectBack, written: textsOf },
  { steps: await planMigration(), begin: watchedProject, again: planMigration, written: textsOf },
];
const steps = stories.flatMap((story) =>
  story.steps.map((step) => [`${step.kind} of ${step.id}`, step, story] as const),
);

async function waitReady(cluster: Fake): Promise<void> {
  for (let round = 0; round < 10; round += 1) await cluster.waitForChange(1000);
}

/** An installation on which every step before this one is complete. */
async function clusterBefore(step: Step, { steps: all, begin }: Story): Promise<Fake> {
  const cluster = await begin();
  for (const earlier of all.slice(0, all.indexOf(step))) {
    await finish(earlier, cluster);
  }
  return cluster;
}

/** A backup is applied twice: the second time to read it. */
async function finish(step: Step, cluster: Fake): Promise<void> {
  for (let times = 0; times < 2 && evaluate(step, await cluster.observe()).state === 'pending'; times += 1) {
    await cluster.apply(step);
    if (WORKS.has(step.kind)) await waitReady(cluster);
  }
}

/** The next step can start only after the tool has ended, or after every session has expired. */
const WORKS: ReadonlySet<Step['kind']> = new Set(['scale-down', 'backup', 'migrate']);

it('the step contract is tested for every kind of step', () => {
  expect(steps.map(([, { kind }]) => kind)).toEqual([
    ...['helm-upgrade', 'wait-ready', 'helm-rollback', 'wait-ready'],
    ...['edit-files', 'recreate', 'wait-healthy', 'finalize'],
    ...['prepare', 'scale-down', 'backup', 'migrate', 'edit-files', 'recreate', 'wait-healthy'],
  ]);
});

describe.each(steps)('a step of kind %s', (_, step, story) => {
  it('has the same ID in every plan with the same content', async () => {
    expect((await story.again()).map((planned) => planned.id)).toContain(step.id);
  });

  it('is not complete before it was applied', async () => {
    const cluster = await story.begin();
    expect(evaluate(step, await cluster.observe()).state).not.toBe('complete');
  });

  it('is complete after it was applied and the installation has settled', async () => {
    const cluster = await clusterBefore(step, story);
    await finish(step, cluster);
    await waitReady(cluster);
    expect(evaluate(step, await cluster.observe()).state).toBe('complete');
  });

  it('has the same result when it is applied twice', async () => {
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
