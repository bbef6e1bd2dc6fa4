import { describe, expect, it } from '@jest/globals';
import { chartChangesOf } from '../../../../src/core/platforms/registry.js';
import { FakeCluster, type FakeOptions } from '../../../support/fake-cluster.js';
import { inputs } from '../../../support/inputs.js';
import { ofType, runOn } from '../../../support/tools.js';

const CHARTS = [
  { version: '4.1.36', appVersion: '2.4.5' },
  { version: '4.2.20', appVersion: '2.4.16' },
  { version: '4.2.25', appVersion: '2.4.17' },
];

async function chartFor(options: FakeOptions, set = ''): Promise<string | undefined> {
  const cluster = new FakeCluster('2.4.5', {
    topology: 'standalone',
    messageQueue: 'rocksmq',
    chartVersion: '4.1.36',
    charts: CHARTS,
    ...options,
  });
  const result = await runOn(cluster, inputs({ operation: 'plan', 'target-version': '2.4.24', set }));
  const [created] = ofType(result, 'plan-created');
  return created && chartChangesOf(created.plan).chart?.to;
}

describe('the chart for a standalone with RocksMQ', () => {
  const standalone = { cluster: { enabled: false } };

  it('is one that can render Pulsar if the values still enable it', async () => {
    expect(await chartFor({ values: { ...standalone, pulsar: { enabled: true } } })).toBe('4.2.20');
  });

  it('is the newest one if the values disable Pulsar, before or in this run', async () => {
    expect(await chartFor({ values: { ...standalone, pulsar: { enabled: false } } })).toBe('4.2.25');
    expect(await chartFor({ values: { ...standalone, pulsar: { enabled: true } } }, 'pulsar.enabled=false')).not.toBe(
      '4.2.20',
    );
  });
});

describe('the failed checks of a target that cannot be reached in this run', () => {
  it('are only those that help for the path', async () => {
    const cluster = new FakeCluster('2.3.13', {
      topology: 'separate-coordinators',
      chartVersion: '4.1.28',
      charts: [
        { version: '4.1.28', appVersion: '2.3.13' },
        { version: '5.0.19', appVersion: '2.6.15' },
      ],
      chartDefaults: { mixCoordinator: { enabled: true }, streaming: { enabled: true } },
    });
    const given = inputs({ operation: 'plan', strategy: 'rolling', 'target-version': '2.6.22', hops: 'one' });
    const [refused] = ofType(await runOn(cluster, given), 'plan-refused');
    expect(refused?.failedChecks.map(({ id }) => id)).toEqual(['stop-first', 'topology-first']);
  });
});
