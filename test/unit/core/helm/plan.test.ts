import { describe, expect, it } from '@jest/globals';
import { FakeCluster } from '../../../support/fake-cluster.js';
import { inputs } from '../../../support/inputs.js';
import { ofType, runOn } from '../../../support/tools.js';

describe('a plan', () => {
  it('is refused if user-supplied values would be lost in a newer chart', async () => {
    const cluster = new FakeCluster('2.2.0', {
      chartVersion: '3.3.6',
      values: { cluster: { enabled: true }, proxy: { maxTaskNum: 10 } },
      charts: [
        { version: '3.3.6', appVersion: '2.2.0' },
        { version: '4.0.34', appVersion: '2.2.14' },
      ],
    });
    const result = await runOn(cluster, inputs());
    expect(ofType(result, 'plan-refused')[0]?.failedChecks.map((failedCheck) => failedCheck.id)).toContain(
      'shortcut-values-lost',
    );
  });

  it('pins a default that would change, and keeps the pin', async () => {
    const cluster = new FakeCluster('2.4.17', {
      topology: 'mixcoord',
      chartVersion: '4.2.24',
      messageQueue: 'pulsar',
      values: { cluster: { enabled: true }, pulsar: { enabled: true } },
      charts: [
        { version: '4.2.24', appVersion: '2.4.17' },
        { version: '4.2.58', appVersion: '2.5.16' },
      ],
      chartDefaults: { pulsarv3: { enabled: true } },
    });
    await runOn(cluster, inputs({ 'target-version': '2.5.16' }));
    expect(cluster.userValues()).toMatchObject({ pulsar: { enabled: true } });
  });

  it.each([
    ['kafka.enabled=true', 'message-queue-would-change'],
    ['rootCoordinator.enabled=false', 'topology-would-change'],
  ])('is refused if %s would change queue or topology', async (set, code) => {
    const cluster = new FakeCluster('2.2.12', {
      chartDefaults: { kafka: { enabled: false }, rootCoordinator: { enabled: true } },
    });
    const result = await runOn(cluster, inputs({ set }));
    expect(ofType(result, 'plan-refused')[0]?.failedChecks.map((failedCheck) => failedCheck.id)).toEqual([code]);
    expect((await runOn(cluster, inputs({ set, 'skip-checks': code }))).outcome).toBe('succeeded');
  });

  it.each([
    ['2.2.12', '2.2.16', 'pass', 'rollback available: within one minor version, the version check'],
    [
      '2.2.16',
      '2.3.5',
      'warn',
      'rollback blocked: 2.2.16 must not be started again once 2.3.5 has run: 2.2 cannot read',
    ],
  ])('from %s to %s reports in advance whether it can be rolled back', async (from, target, state, words) => {
    const result = await runOn(
      new FakeCluster(from, { chartVersion: '4.0.34' }),
      inputs({ operation: 'plan', 'target-version': target }),
    );
    const found = ofType(result, 'plan-created')[0]?.plan.checks.filter(({ id }) => id === 'rollback');
    expect(found).toEqual([expect.objectContaining({ state, reason: expect.stringContaining(words) })]);
  });

  it('is refused if the running image is pinned by a digest, which the target image would lose', async () => {
    const cluster = new FakeCluster('2.2.12');
    for (const role of Object.keys(cluster.images())) cluster.setImage(role, 'milvusdb/milvus:v2.2.12@sha256:0123');
    const result = await runOn(cluster, inputs({ operation: 'plan' }));
    expect(ofType(result, 'plan-refused')[0]?.failedChecks.map(({ id }) => id)).toEqual(['image-needed']);
  });

  it('keeps a digest in the input image, behind the tag', async () => {
    const cluster = new FakeCluster('2.2.12');
    const image = `milvusdb/milvus:v2.2.16@sha256:${'ab'.repeat(32)}`;
    const result = await runOn(cluster, inputs({ image }));
    expect(result.outcome).toBe('succeeded');
    expect(cluster.userValues()).toMatchObject({
      image: { all: { repository: 'milvusdb/milvus', tag: `v2.2.16@sha256:${'ab'.repeat(32)}` } },
    });
    expect(new Set(Object.values(cluster.images()))).toEqual(new Set([image]));
  });

  it('is refused if a Deployment is unhealthy or paused', async () => {
    const cluster = new FakeCluster('2.2.12');
    cluster.pause('proxy');
    const result = await runOn(cluster, inputs());
    expect(ofType(result, 'plan-refused')[0]?.failedChecks[0]).toMatchObject({
      id: 'deployment-paused',
      remedy: expect.stringContaining('kubectl rollout resume'),
    });
  });
});
