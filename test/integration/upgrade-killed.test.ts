import { describe, expect, it } from '@jest/globals';
import { FakeCluster } from '../support/fake-cluster.js';
import { inputs } from '../support/inputs.js';
import { runOn } from '../support/tools.js';

const image = 'milvusdb/milvus:v2.2.16';

describe('a run that is killed', () => {
  const whole = new FakeCluster('2.2.12');
  it.each(Array.from({ length: 9 }, (_, at) => at + 1))(
    'at observation %i has the same result when it is run again',
    async (look) => {
      const cluster = new FakeCluster('2.2.12');
      cluster.killAt = look;
      const first = await runOn(cluster, inputs());
      cluster.killAt = Number.POSITIVE_INFINITY;
      await runOn(cluster, inputs());
      await runOn(whole, inputs());
      expect(['killed', 'succeeded']).toContain(first.outcome);
      expect(cluster.images()).toEqual(whole.images());
      expect(cluster.applied).toHaveLength(1);
    },
  );

  it('while Helm was upgrading the release is resumed', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.status = 'pending-upgrade';
    cluster.startedBy = 'acme.milvus.42.1';
    const result = await runOn(cluster, inputs());
    expect(result.outcome).toBe('succeeded');
    expect(cluster.images().proxy).toBe(image);
  });
});
