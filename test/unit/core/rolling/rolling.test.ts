import { describe, expect, it } from '@jest/globals';
import { FakeCluster, type FakeOptions } from '../../../support/fake-cluster.js';
import { inputs } from '../../../support/inputs.js';
import { ofType, runOn, type RunResult } from '../../../support/tools.js';

const rolling = (written: Parameters<typeof inputs>[0] = {}): ReturnType<typeof inputs> =>
  inputs({ strategy: 'rolling', ...written });
const COORDINATORS = ['rootCoordinator', 'dataCoordinator', 'indexCoordinator', 'queryCoordinator'];
const chartDefaults = Object.fromEntries(
  COORDINATORS.map((name) => [name, { enabled: true, activeStandby: { enabled: false } }]),
);
const newCluster = (options: FakeOptions = {}): FakeCluster => new FakeCluster('2.2.12', { chartDefaults, ...options });
const steps = (result: RunResult): string[] =>
  ofType(result, 'plan-created')
    .at(-1)
    ?.plan.steps.map(({ id }) => id) ?? [];

describe('a rolling upgrade', () => {
  it('pauses all Deployments, writes with Helm, resumes one Deployment after the other, and restores the settings', async () => {
    const cluster = newCluster();
    const result = await runOn(cluster, rolling());
    expect(result.outcome).toBe('succeeded');
    expect(steps(result)).toMatchSnapshot();
    expect(cluster.applied).toEqual(steps(result).slice(0, -1));
    expect(new Set(Object.values(cluster.images()))).toEqual(new Set(['milvusdb/milvus:v2.2.16']));
    expect(cluster.rolls.pauseRecordOf('proxy')).toBeNull();
  });
});
