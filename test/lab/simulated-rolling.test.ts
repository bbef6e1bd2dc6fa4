// Rolling upgrades on the simulated lab: every topology, the rollback, and other objects in the namespace. Without a
// real etcd, coordinators are handed over after they have been ready for a time; node-rolling.test.ts uses a real etcd.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Finished } from './lab.js';
import { all, chartDirectory, get, helm, images, install, kubectl, useSimulatedLab } from './place.js';
import { expectNoDrift, serving } from './rolled.js';
import { itFull } from './tier.js';

const place = useSimulatedLab('rolling');
const cluster = ['--set', 'cluster.enabled=true'];
const rolling = { strategy: 'rolling' };
let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'rolling-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const releases = (done: Finished): string[] =>
  done.report?.steps
    .filter(({ kind, state }) => kind === 'resume' && state === 'complete')
    .map(({ id }) => id.replace(/resume\/|@.*/g, '')) ?? [];

describe('a rolling upgrade on the simulated lab', () => {
  it('of separate coordinators starts with the proxy, is the strategy of auto, and leaves no drift', async () => {
    install(place, '2.2.12');
    const done = await place.action.run({ strategy: 'auto' });
    expect(done.outputs).toMatchObject({ outcome: 'succeeded', strategy: 'rolling' });
    expect(images(place)).toEqual(all('v2.2.16'));
    expect(releases(done)).toEqual([
      'proxy',
      'indexnode',
      'datanode',
      'querynode',
      'querycoord',
      'datacoord',
      'indexcoord',
      'rootcoord',
    ]);
    expectNoDrift(place);
    expect(helm(place, 'get', 'values', 'my')).toMatch(/rootCoordinator:\s+activeStandby:\s+enabled: true/);
    expect(get(place, 'deployments', '{.metadata.labels.app\\.kubernetes\\.io/version}', '-l', 'component=proxy')).toBe(
      '2.2.14',
    );
    // A manual helm upgrade afterwards: it succeeds, and nothing is rolled out.
    const generations = (): string => get(place, 'deployments', '{.metadata.name}={.metadata.generation}');
    const before = generations();
    helm(place, 'upgrade', 'my', join(chartDirectory(), 'milvus-4.0.34.tgz'), '--reuse-values');
    expect(generations()).toBe(before);
    expect(done.summary).toContain('Reasons for the order');
    expect(done.summary).toContain('4 values are set for the rolling upgrade');
    expect(done.report?.components.map(({ unavailableSeconds }) => unavailableSeconds)).toEqual(
      Array.from({ length: 8 }, () => 0),
    );
  });

  itFull('of a mixed coordinator respects a disruption budget of zero and an autoscaler', async () => {
    install(place, '2.4.17', ...cluster, '--set', 'queryNode.replicas=-1');
    kubectl(
      place,
      '-n',
      place.namespace,
      'create',
      'poddisruptionbudget',
      'none',
      '--selector=component',
      '--max-unavailable=0',
    );
    kubectl(
      place,
      '-n',
      place.namespace,
      'autoscale',
      'deployment',
      'my-milvus-querynode',
      '--min=3',
      '--max=3',
      '--cpu-percent=80',
    );
    const done = await place.action.run({ ...rolling, 'target-version': '2.4.23' });
    expect(done.outputs.outcome).toBe('succeeded');
    expect(releases(done)).toEqual(['indexnode', 'mixcoord', 'querynode', 'datanode', 'proxy']);
    expectNoDrift(place);
    expect(done.report?.components.every(({ unavailableSeconds }) => unavailableSeconds === 0)).toBe(true);
    expect(get(place, 'horizontalpodautoscalers', '{.spec.minReplicas}-{.spec.maxReplicas}')).toBe('3-3');
  });

  it('to 2.6 starts the streaming node first and removes the index node after everything else is upgraded', async () => {
    install(place, '2.5.16', ...cluster);
    const running = place.action.start({ ...rolling, 'target-version': '2.6.15' });
    await running.says(/▶ resume\/proxy/);
    expect(images(place)).toMatchObject({
      indexnode: expect.stringContaining(':v2.5.16'),
      streamingnode: expect.stringContaining(':v2.6.15'),
    });
    const done = await running.finished;
    expect(done.outputs.outcome).toBe('succeeded');
    const kinds = done.report?.steps.map(({ id }) => id.replace(/@.*/, ''));
    expect(kinds).toEqual([
      'pause/my',
      'helm-upgrade/my',
      'resume/streamingnode',
      'resume/mixcoord',
      'drain/mixcoord',
      'resume/querynode',
      'resume/datanode',
      'resume/proxy',
      'drain/proxy',
      'prune/indexnode',
      'restore-settings/my',
      'wait-ready/my',
    ]);
    expect(Object.keys(images(place)).sort()).toEqual(['datanode', 'mixcoord', 'proxy', 'querynode', 'streamingnode']);
    expectNoDrift(place);
  });

  itFull('enables active-standby in an existing user.yaml, and keeps its comments and other settings', async () => {
    const file = join(directory, 'user.yaml');
    const text = 'rootCoord:\n  enableActiveStandby: false\n  dmlChannelNum: 32 # ours\n';
    writeFileSync(file, JSON.stringify({ extraConfigFiles: { 'user.yaml': text } }));
    install(place, '2.4.17', ...cluster, '-f', file);
    expect((await place.action.run({ ...rolling, 'target-version': '2.4.23' })).outputs.outcome).toBe('succeeded');
    const [config = ''] = get(place, 'configmaps', '{.data.user\\.yaml}').split('\n\n');
    expect(config).toContain('enableActiveStandby: true');
    expect(config).toContain('dmlChannelNum: 32 # ours');
    expectNoDrift(place);
  });
});

describe('an unsupported rolling upgrade', () => {
  it('of a standalone with an embedded message queue is refused with an alternative', async () => {
    install(place, '2.2.12', '--set', 'cluster.enabled=false', '--set', 'standalone.messageQueue=rocksmq');
    const done = await place.action.run(rolling);
    expect(done.outputs.outcome).toBe('refused');
    expect(done.report?.failedChecks).toMatchObject([
      {
        id: 'rolling-not-possible',
        reason: expect.stringContaining('rocksmq'),
        remedy: expect.stringContaining('strategy: auto'),
      },
    ]);
  });

  itFull('is refused if the values of the run disable active-standby', async () => {
    install(place, '2.2.12');
    const done = await place.action.run({ ...rolling, set: 'rootCoordinator.activeStandby.enabled=false' });
    expect(done.report?.failedChecks).toMatchObject([
      { id: 'standby-off', reason: expect.stringContaining('rootCoordinator.activeStandby.enabled') },
    ]);
  });
});

describe('a rolling upgrade that fails', () => {
  it('at a component that does not become ready is rolled back in reverse order with on-failure: rollback', async () => {
    install(place, '2.4.17', ...cluster);
    const done = await place.action.run({
      ...rolling,
      'target-version': '2.4.23',
      image: 'milvusdb/milvus:v2.4.23-gpu-crash',
      'step-timeout': '25s',
      'on-failure': 'rollback',
    });
    expect(done.outputs.outcome).toBe('rolled-back');
    expect(new Set(Object.values(images(place)))).toEqual(new Set(['milvusdb/milvus:v2.4.17']));
    expect(done.report?.rollback?.steps.map(({ id }) => id.replace(/@.*/, ''))).toEqual([
      'pause/my',
      'helm-rollback/my',
      'resume/proxy',
      'drain/proxy',
      'resume/datanode',
      'resume/querynode',
      'resume/mixcoord',
      'resume/indexnode',
      'restore-settings/my',
      'wait-ready/my',
    ]);
    expectNoDrift(place);
  });

  itFull(
    'at a component that does not become ready stops there with on-failure: stop, and the others keep serving',
    async () => {
      install(place, '2.4.17', ...cluster);
      const done = await place.action.run({
        ...rolling,
        'target-version': '2.4.23',
        image: 'milvusdb/milvus:v2.4.23-gpu-crash',
        'step-timeout': '25s',
      });
      expect(done.outputs.outcome).toBe('failed');
      expect(Math.min(...serving(place))).toBeGreaterThan(0);
      const again = await place.action.run({
        strategy: 'auto',
        'target-version': '2.4.23',
        image: 'milvusdb/milvus:v2.4.23',
      });
      expect(again.outputs.outcome).toBe('succeeded');
      expectNoDrift(place);
    },
  );

  itFull('is rolled back with the command of its error message, and nothing stays paused', async () => {
    install(place, '2.4.17', ...cluster);
    const done = await place.action.run({
      ...rolling,
      'target-version': '2.4.23',
      image: 'milvusdb/milvus:v2.4.23-gpu-crash',
      'step-timeout': '25s',
    });
    expect(done.report?.problem?.remedy).toContain('target-version: 2.4.17');
    const again = await place.action.run({ strategy: 'auto', 'target-version': '2.4.17' });
    expect(again.outputs.outcome).toBe('succeeded');
    expect(new Set(Object.values(images(place)))).toEqual(new Set(['milvusdb/milvus:v2.4.17']));
    expectNoDrift(place);
  });
});
