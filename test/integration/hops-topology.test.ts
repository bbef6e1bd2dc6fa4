// The plan of a path on which the topology changes, with the switches of the public charts.
import { describe, expect, it } from '@jest/globals';
import type { Values } from '../../src/core/model/values.js';
import { chartChangesOf } from '../../src/core/platforms/registry.js';
import { FakeCluster } from '../support/fake-cluster.js';
import { inputs } from '../support/inputs.js';
import { ofType, runOn, type RunResult } from '../support/tools.js';

const on = (...names: readonly string[]): Values => Object.fromEntries(names.map((name) => [name, { enabled: true }]));
const off = (...names: readonly string[]): Values =>
  Object.fromEntries(names.map((name) => [name, { enabled: false }]));
const COORDINATORS = ['rootCoordinator', 'queryCoordinator', 'indexCoordinator', 'dataCoordinator'];
const NODES = on('queryNode', 'dataNode', 'proxy');

/** The switches in values.yaml of the charts (zilliztech/milvus-helm milvus-4.1.28, milvus-4.2.58, milvus-5.0.19). */
const DEFAULTS: Readonly<Record<string, Values>> = {
  '4': { ...NODES, ...on(...COORDINATORS, 'indexNode'), ...off('mixCoordinator') },
  '4.2': { ...NODES, ...on('mixCoordinator', 'indexNode'), ...off(...COORDINATORS) },
  '5': { ...NODES, ...on('mixCoordinator', 'streaming'), ...off(...COORDINATORS, 'indexNode') },
};
const defaultsOf = (chart: string): Values =>
  DEFAULTS[chart.startsWith('4.2') ? '4.2' : (chart.split('.')[0] ?? '')] ?? {};

function separateCoordinators(release: string, chartVersion: string): FakeCluster {
  const cluster = new FakeCluster(release, {
    chartVersion,
    chartDefaults: defaultsOf('4.1.28'),
    charts: [
      { version: '5.0.19', appVersion: '2.6.15' },
      { version: '4.2.58', appVersion: '2.5.16' },
      { version: '4.2.19', appVersion: '2.4.15' },
      { version: '4.1.28', appVersion: '2.3.13' },
    ],
  });
  return Object.assign(cluster, {
    sources: {
      offered: cluster.sources.offered,
      defaults: (version: string) => Promise.resolve(defaultsOf(version)),
    },
  });
}

const plan = (cluster: FakeCluster, target: string): Promise<RunResult> =>
  runOn(cluster, inputs({ operation: 'plan', strategy: 'auto', 'target-version': target }));

describe('a path from separate coordinators to 2.6', () => {
  it('changes the topology in the hop to 2.5, and adds streaming nodes in the hop to 2.6', async () => {
    const result = await plan(separateCoordinators('2.3.22', '4.1.28'), '2.6.25');
    expect(ofType(result, 'plan-refused').flatMap((event) => event.failedChecks)).toEqual([]);
    const hops = ofType(result, 'path-planned')[0]?.hops ?? [];
    expect(
      hops.map(({ hop, plan: own }) => [
        hop.to.minor,
        hop.topology !== null,
        own?.strategy,
        own && chartChangesOf(own).chart?.to,
      ]),
    ).toEqual([
      [4, false, 'rolling', '4.2.19'],
      [5, true, 'rolling', '4.2.58'],
      [6, false, 'rolling', '5.0.19'],
    ]);
    const ids = hops.map(({ plan: own }) => own?.steps.map(({ id }) => id) ?? []);
    // The chart for 2.4 would disable the separate coordinators: their switches are pinned.
    expect(ids[0]?.filter((id) => /mixcoord|prune/.test(id))).toEqual([]);
    expect(ids[1]).toEqual(expect.arrayContaining(['resume/mixcoord@2.5.27', 'prune/rootcoord@2.5.27']));
    expect(ids[2]).toEqual(expect.arrayContaining(['resume/streamingnode@2.6.25', 'prune/indexnode@2.6.25']));
    expect(ids[2]?.filter((id) => id.includes('rootcoord'))).toEqual([]);
  });

  it('changes the topology in a hop of its own if the newest 2.5 runs', async () => {
    const result = await plan(separateCoordinators('2.5.27', '4.2.58'), '2.6.25');
    expect(ofType(result, 'plan-refused').flatMap((event) => event.failedChecks)).toEqual([]);
    const hops = ofType(result, 'path-planned')[0]?.hops ?? [];
    expect(
      hops.map(({ hop, plan: own }) => [hop.from.minor, hop.to.minor, hop.topology !== null, own?.strategy]),
    ).toEqual([
      [5, 5, true, 'helm-upgrade'],
      [5, 6, false, 'rolling'],
    ]);
  });
});
