// Rolling upgrades on the simulated lab that are killed at the two moments with the most incomplete changes. Each waits
// for the lock of the dead run, so they are in a file of their own. rolling.test.ts tests every moment.
import { describe, expect, it } from '@jest/globals';
import { killAll } from './lab.js';
import { get, helm, images, install, useSimulatedLab } from './place.js';
import { expectNoDrift, serving } from './rolled.js';
import { rowsOf } from './tier.js';

const place = useSimulatedLab('rolling-kills');
const pauseRecord = (): string =>
  get(place, 'deployments', '{.metadata.annotations.milvus-upgrade/rolling}', '-l', 'component');

describe('an interrupted rolling upgrade', () => {
  const moments = ['▶ drain/mixcoord', '▶ restore-settings'];

  it.each(rowsOf(moments))(
    'after kill -9 at "%s" leaves Milvus serving, is reported by the next plan, and is completed by the next run',
    async (moment) => {
      install(place, '2.4.17', '--set', 'cluster.enabled=true');
      const wish = { strategy: 'auto', 'target-version': '2.4.23' };
      const running = place.action.start(wish);
      await running.says(new RegExp(moment));
      killAll(running);
      await running.finished;
      expect(Math.min(...serving(place))).toBeGreaterThan(0);
      const planned = await place.action.run({ ...wish, operation: 'plan' });
      const told = planned.report?.plan?.checks.some(({ id }) => id === 'rolling-half-done') ?? false;
      expect(told).toBe(pauseRecord().includes('"state"'));
      const again = await place.action.run(wish);
      expect(['succeeded', 'unchanged']).toContain(again.outputs.outcome);
      expect(new Set(Object.values(images(place)))).toEqual(new Set(['milvusdb/milvus:v2.4.23']));
      expect(helm(place, 'history', 'my', '-o', 'json').match(/"revision"/g)).toHaveLength(2);
      expectNoDrift(place);
    },
  );

  it('is completed in one step with strategy: helm-upgrade', async () => {
    install(place, '2.4.17', '--set', 'cluster.enabled=true');
    const running = place.action.start({ strategy: 'auto', 'target-version': '2.4.23' });
    await running.says(/▶ drain\/mixcoord/);
    killAll(running);
    await running.finished;
    const done = await place.action.run({ strategy: 'helm-upgrade', 'target-version': '2.4.23' });
    expect(done.outputs).toMatchObject({ outcome: 'succeeded', strategy: 'helm-upgrade' });
    expect(new Set(Object.values(images(place)))).toEqual(new Set(['milvusdb/milvus:v2.4.23']));
    expect(pauseRecord()).toBe('');
    expectNoDrift(place);
  });
});
