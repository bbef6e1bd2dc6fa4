// Rolling upgrades on the simulated lab: every topology, the way back, and what is there besides Milvus. No etcd runs there, so new coordinators are
// handed over by how long they are ready; node-rolling.test.ts has the real one.
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
  done.report?.steps.filter(({ kind, state }) => kind === 'resume' && state === 'complete').map(({ id }) => id.replace(/release\/|@.*/g, '')) ?? [];

describe('a rolling upgrade on the simulated lab', () => {
  it('of separate coordinators goes clients first, is what auto takes, and leaves no drift', async () => {
    install(place, '2.2.12');
    const done = await place.action.run({ strategy: 'auto' });
    expect(done.outputs).toMatchObject({ outcome: 'succeeded', strategy: 'rolling' });
    expect(images(place)).toEqual(all('v2.2.16'));
    expect(releases(done)).toEqual(['proxy', 'indexnode', 'datanode', 'querynode', 'querycoord', 'datacoord', 'indexcoord', 'rootcoord']);
    expectNoDrift(place);
    expect(helm(place, 'get', 'values', 'my')).toMatch(/rootCoordinator:\s+activeStandby:\s+enabled: true/);
    expect(get(place, 'deployments', '{.metadata.labels.app\\.kubernetes\\.io/version}', '-l', 'component=proxy')).toBe('2.2.14');
    // The same again by hand: nothing stands in its way, and nothing rolls.
    const generations = (): string => get(place, 'deployments', '{.metadata.name}={.metadata.generation}');
    const before = generations();
    helm(place, 'upgrade', 'my', join(chartDirectory(), 'milvus-4.0.34.tgz'), '--reuse-values');
    expect(generations()).toBe(before);
    expect(done.summary).toContain('Why in this order');
    expect(done.summary).toContain('4 values are set for the rolling upgrade');
    expect(done.report?.components.map(({ unavailableSeconds }) => unavailableSeconds)).toEqual(Array.from({ length: 8 }, () => 0));
  });

  itFull('of a mixed coordinator, with a budget of zero and an autoscaler beside it, keeps to both', async () => {
    install(place, '2.4.17', ...cluster, '--set', 'queryNode.replicas=-1');
    kubectl(place, '-n', place.namespace, 'create', 'poddisruptionbudget', 'none', '--selector=component', '--max-unavailable=0');
    kubectl(place, '-n', place.namespace, 'autoscale', 'deployment', 'my-milvus-querynode', '--min=3', '--max=3', '--cpu-percent=80');
    const done = await place.action.run({ ...rolling, 'target-version': '2.4.23' });
    expect(done.outputs.outcome).toBe('succeeded');
    expect(releases(done)).toEqual(['indexnode', 'mixcoord', 'querynode', 'datanode', 'proxy']);
    expectNoDrift(place);
    expect(done.report?.components.every(({ unavailableSeconds }) => unavailableSeconds === 0)).toBe(true);
    expect(get(place, 'horizontalpodautoscalers', '{.spec.minReplicas}-{.spec.maxReplicas}')).toBe('3-3');
  });

  it('into 2.6 brings the streaming node first and takes the index node away when everything else is new', async () => {
    install(place, '2.5.16', ...cluster);
    const running = place.action.start({ ...rolling, 'target-version': '2.6.15' });
    await running.says(/▶ resume\/proxy/);
    expect(images(place)).toMatchObject({ indexnode: expect.stringContaining(':v2.5.16'), streamingnode: expect.stringContaining(':v2.6.15') });
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

  itFull('merges a user.yaml that has active-standby off, keeps its comments, and leaves the rest of it', async () => {
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

describe('what does not roll', () => {
  it('is refused with what would work: a standalone whose queue is inside its pod', async () => {
    install(place, '2.2.12', '--set', 'cluster.enabled=false', '--set', 'standalone.messageQueue=rocksmq');
    const done = await place.action.run(rolling);
    expect(done.outputs.outcome).toBe('refused');
    expect(done.report?.failedChecks).toMatchObject([
      { code: 'rolling-not-possible', reason: expect.stringContaining('rocksmq'), remedy: expect.stringContaining('strategy: auto') },
    ]);
  });

  itFull('is refused: values of the run that turn active-standby off', async () => {
    install(place, '2.2.12');
    const done = await place.action.run({ ...rolling, set: 'rootCoordinator.activeStandby.enabled=false' });
    expect(done.report?.failedChecks).toMatchObject([{ code: 'standby-off', reason: expect.stringContaining('rootCoordinator.activeStandby.enabled') }]);
  });
});

describe('a rolling upgrade that fails', () => {
  it('at a component that does not come goes back in reverse order where it is asked to', async () => {
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

  itFull('at a component that does not come stops there otherwise, and the others serve on', async () => {
    install(place, '2.4.17', ...cluster);
    const done = await place.action.run({ ...rolling, 'target-version': '2.4.23', image: 'milvusdb/milvus:v2.4.23-gpu-crash', 'step-timeout': '25s' });
    expect(done.outputs.outcome).toBe('failed');
    expect(Math.min(...serving(place))).toBeGreaterThan(0);
    const again = await place.action.run({ strategy: 'auto', 'target-version': '2.4.23', image: 'milvusdb/milvus:v2.4.23' });
    expect(again.outputs.outcome).toBe('succeeded');
    expectNoDrift(place);
  });

  itFull('goes back as it says, and nothing stays held', async () => {
    install(place, '2.4.17', ...cluster);
    const done = await place.action.run({ ...rolling, 'target-version': '2.4.23', image: 'milvusdb/milvus:v2.4.23-gpu-crash', 'step-timeout': '25s' });
    expect(done.report?.problem?.remedy).toContain('target-version: 2.4.17');
    const again = await place.action.run({ strategy: 'auto', 'target-version': '2.4.17' });
    expect(again.outputs.outcome).toBe('succeeded');
    expect(new Set(Object.values(images(place)))).toEqual(new Set(['milvusdb/milvus:v2.4.17']));
    expectNoDrift(place);
  });
});
