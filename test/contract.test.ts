// What every kind of step promises, in one loop: a new kind is in it by being in a plan.
import { describe, expect, it } from '@jest/globals';
import { judge } from '../src/core/verdict.js';
import type { Step } from '../src/core/steps.js';
import { FakeCluster } from './fakes/fake-cluster.js';
import { inputs } from './fakes/inputs.js';
import { ofType, runOn } from './fakes/tools.js';

const planned = await runOn(new FakeCluster('2.2.12'), inputs({ operation: 'plan' }));
const steps: readonly Step[] = ofType(planned, 'plan-made')[0]?.plan.steps ?? [];

async function settle(cluster: FakeCluster): Promise<void> {
  for (let each = 0; each < 10; each += 1) await cluster.changed(1000);
}

/** A cluster on which everything before this step is done. */
async function clusterBefore(step: Step): Promise<FakeCluster> {
  const cluster = new FakeCluster('2.2.12');
  for (const earlier of steps.slice(0, steps.indexOf(step))) {
    if (judge(earlier, await cluster.observe()).state === 'todo') await cluster.apply(earlier);
  }
  return cluster;
}

describe.each(steps.map((step) => [step.kind, step] as const))('a step of kind %s', (_, step) => {
  it('has an id that is made of its content', async () => {
    const again = await runOn(new FakeCluster('2.2.12'), inputs({ operation: 'plan' }));
    expect(ofType(again, 'plan-made')[0]?.plan.steps.map((each) => each.id)).toContain(step.id);
  });

  it('is not done before anything was done', async () => {
    const cluster = new FakeCluster('2.2.12');
    expect(judge(step, await cluster.observe()).state).not.toBe('done');
  });

  it('is done after it was asked for and everything came to rest', async () => {
    const cluster = await clusterBefore(step);
    if (judge(step, await cluster.observe()).state === 'todo') await cluster.apply(step);
    await settle(cluster);
    expect(judge(step, await cluster.observe()).state).toBe('done');
  });

  it('asked for twice ends where asked for once ends', async () => {
    const [once, twice] = [await clusterBefore(step), await clusterBefore(step)];
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
