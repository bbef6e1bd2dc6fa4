import { describe, expect, it } from '@jest/globals';
import { FakeCluster } from '../../../support/fake-cluster.js';
import { inputs } from '../../../support/inputs.js';
import { ofType, runOn, type RunResult } from '../../../support/tools.js';
import type { Topology } from '../../../../src/core/model/shared-observation.js';

const managers = [{ tool: 'milvus-operator', name: 'my', namespace: '' }] as const;

function runFor(
  from: string,
  target: string,
  { topology = 'mixcoord', operation = 'plan' }: { topology?: Topology; operation?: string } = {},
): Promise<RunResult> {
  const cluster = new FakeCluster(from, { topology, withoutRelease: { deployments: ['my-milvus-proxy'], managers } });
  return runOn(cluster, inputs({ operation: operation as 'plan', 'target-version': target }));
}

const failedChecksOf = (result: RunResult) => ofType(result, 'plan-refused')[0]?.failedChecks ?? [];

describe('a plan for Milvus of the Milvus operator', () => {
  it('is refused with the change of the Milvus object', async () => {
    const [check, ...others] = failedChecksOf(await runFor('2.5.16', '2.5.27'));
    expect(others).toEqual([]);
    expect(check).toMatchObject({
      id: 'managed-by-operator',
      skippable: false,
      remedy: expect.stringContaining('`spec.components.image: milvusdb/milvus:v2.5.27`. Then run'),
    });
  });

  it('names the fields that an image-only patch would reset on the path to 2.6', async () => {
    expect(failedChecksOf(await runFor('2.5.27', '2.6.22'))[0]?.remedy).toContain('indexNode.replicas: 0');
  });

  it('has no change to apply while the path is not possible', async () => {
    const found = failedChecksOf(await runFor('2.4.24', '2.6.22', { topology: 'separate-coordinators' }));
    expect(found.map(({ id }) => id)).toEqual(['stop-first', 'topology-first', 'managed-by-operator']);
    expect(found.at(-1)?.remedy).not.toContain('spec.components.image');
  });

  it('reports the warnings of the target and whether a rollback is possible', async () => {
    const [checked] = ofType(await runFor('2.4.24', '2.5.16'), 'checked');
    expect(checked?.checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['rollback', 'advisory-2.5.27']));
  });

  it('is empty if the target runs everywhere', async () => {
    const result = await runFor('2.5.27', '2.5.27');
    expect(ofType(result, 'plan-created')[0]?.plan.strategy).toBe('nothing');
    expect(result.outcome).toBe('planned');
  });

  it('is not followed by an upgrade', async () => {
    const result = await runFor('2.5.16', '2.5.27', { operation: 'upgrade' });
    expect(result.problem?.code).toBe('release-not-found');
  });
});
