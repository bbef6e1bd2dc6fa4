// What every kind of step promises, in one loop: a new kind is in it by being in a plan.
import { describe, expect, it } from '@jest/globals';
import { judge } from '../src/core/verdict.js';
import type { Step } from '../src/core/steps.js';
import { FakeCluster } from './fakes/fake-cluster.js';
import { inputs } from './fakes/inputs.js';
import { ofType, runOn, type Told } from './fakes/tools.js';

interface Story {
  readonly steps: readonly Step[];
  /** The cluster before the first step; the same one each time. */
  readonly begin: () => Promise<FakeCluster>;
}

const fresh = (): Promise<FakeCluster> => Promise.resolve(new FakeCluster('2.2.12'));

/** An upgrade that does not come through, as far as it came. */
async function halfDone(onFailure: 'stop' | 'rollback' = 'stop'): Promise<readonly [FakeCluster, Told]> {
  const cluster = new FakeCluster('2.2.12');
  cluster.breakImage('milvusdb/milvus:v2.2.16');
  return [cluster, await runOn(cluster, inputs({ 'step-timeout': '60s', 'on-failure': onFailure }))];
}

const planned = await runOn(new FakeCluster('2.2.12'), inputs({ operation: 'plan' }));
const [, wentBack] = await halfDone('rollback');
const upgrade: Story = { steps: ofType(planned, 'plan-made')[0]?.plan.steps ?? [], begin: fresh };
const back: Story = { steps: ofType(wentBack, 'rollback-began')[0]?.plan.steps ?? [], begin: async () => (await halfDone())[0] };
const steps = [upgrade, back].flatMap((story) => story.steps.map((step) => [`${step.kind} of ${step.id}`, step, story] as const));

async function settle(cluster: FakeCluster): Promise<void> {
  for (let each = 0; each < 10; each += 1) await cluster.changed(1000);
}

/** A cluster on which everything before this step is done. */
async function clusterBefore(step: Step, { steps: all, begin }: Story): Promise<FakeCluster> {
  const cluster = await begin();
  for (const earlier of all.slice(0, all.indexOf(step))) {
    if (judge(earlier, await cluster.observe()).state === 'todo') await cluster.apply(earlier);
  }
  return cluster;
}

it('is asked of every kind of step', () => {
  expect(steps.map(([, { kind }]) => kind)).toEqual(['helm-upgrade', 'settle', 'helm-rollback', 'settle']);
});

describe.each(steps)('a step of kind %s', (_, step, story) => {
  it('has an id that is made of its content', async () => {
    const again = await runOn(new FakeCluster('2.2.12'), inputs({ operation: 'plan' }));
    const [, back] = await halfDone('rollback');
    const plans = [...ofType(again, 'plan-made'), ...ofType(back, 'rollback-began')];
    expect(plans.flatMap(({ plan }) => plan.steps.map((each) => each.id))).toContain(step.id);
  });

  it('is not done before anything was done', async () => {
    const cluster = await story.begin();
    expect(judge(step, await cluster.observe()).state).not.toBe('done');
  });

  it('is done after it was asked for and everything came to rest', async () => {
    const cluster = await clusterBefore(step, story);
    if (judge(step, await cluster.observe()).state === 'todo') await cluster.apply(step);
    await settle(cluster);
    expect(judge(step, await cluster.observe()).state).toBe('done');
  });

  it('asked for twice ends where asked for once ends', async () => {
    const [once, twice] = [await clusterBefore(step, story), await clusterBefore(step, story)];
    if (judge(step, await once.observe()).state === 'todo') {
      await once.apply(step);
      await twice.apply(step);
      await twice.apply(step);
    }
    await settle(once);
    await settle(twice);
    expect(twice.images()).toEqual(once.images());
    expect(twice.userValues()).toEqual(once.userValues());
    expect(judge(step, await twice.observe())).toEqual(judge(step, await once.observe()));
  });
});
