// Helm 3 and Helm 4 in turn on one release, as when a runner or a user has another version of Helm than the last one.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { killWhileHelmHolds } from './kill.js';
import { lab } from './lab.js';
import { all, get, images, install, kubectl, useSimulatedLab, withHelm } from './place.js';

const place = useSimulatedLab('helm');

const statuses = (): string[] => get(place, 'secrets', '{.metadata.labels.status}', '-l', 'owner=helm').split('\n');

/** Manual changes between two upgrades. */
function changeBehindHelm(): void {
  const set = (...words: string[]): string => kubectl(place, '-n', place.namespace, ...words);
  set('set', 'image', 'deployment/my-milvus-querynode', 'querynode=docker.io/milvusdb/milvus:v2.2.14');
  set('scale', 'deployment/my-milvus-proxy', '--replicas=3');
  set('set', 'env', 'deployment/my-milvus-proxy', 'GOGC=50');
  set('annotate', 'deployment/my-milvus-datanode', 'app.kubernetes.io/version=by-hand');
}

describe('a run with Helm 3 or Helm 4', () => {
  it.each([
    ['3', '4', '3'],
    ['4', '3', '4'],
    ['4', '4', '4'],
  ])(
    'upgrades a release that Helm %s installed with Helm %s, and then with Helm %s',
    async (installer, second, third) => {
      install(withHelm(place, installer), '2.2.12');
      const once = await withHelm(place, second).action.run({ 'target-version': '2.2.16' });
      expect(once.outputs).toMatchObject({ outcome: 'succeeded', 'source-version': '2.2.12' });
      expect((await withHelm(place, third).action.run({ 'target-version': '2.2.16' })).outputs.outcome).toBe(
        'unchanged',
      );
      const twice = await withHelm(place, third).action.run({ 'target-version': '2.3.5' });
      expect(twice.outputs).toMatchObject({
        outcome: 'succeeded',
        'source-version': '2.2.16',
        'chart-version': '4.1.13',
      });
      expect(images(place)).toEqual(all('v2.3.5'));
      expect(statuses()).toEqual(['superseded', 'superseded', 'deployed']);
    },
  );

  it.each([
    ['3', '3'],
    ['3', '4'],
    ['4', '3'],
    ['4', '4'],
  ])('reverts manual changes to a release that Helm %s installed, with Helm %s', async (installer, upgrader) => {
    install(withHelm(place, installer), '2.2.12');
    changeBehindHelm();
    const done = await withHelm(place, upgrader).action.run();
    expect(done.outputs).toMatchObject({ outcome: 'succeeded', 'source-version': '2.2.12' });
    expect(images(place)).toEqual(all('v2.2.16'));
    expect(get(place, 'deployments', '{.spec.replicas}', '-l', 'component=proxy')).toBe('2');
  });

  it.each([
    ['3', '4'],
    ['4', '3'],
  ])('resumes with Helm %s after another run was killed during an operation of Helm %s', async (second, first) => {
    install(withHelm(place, first), '2.2.12');
    const { action, env } = withHelm(place, first);
    await killWhileHelmHolds(action, env, place.namespace);
    const done = await withHelm(place, second).action.run();
    expect(done.log).toContain('marked as failed');
    expect(done.outputs.outcome).toBe('succeeded');
    expect(statuses()).toEqual(['superseded', 'failed', 'deployed']);
  });

  it('leaves a release that can be upgraded manually with Helm 4', async () => {
    install(withHelm(place, '4'), '2.2.12');
    changeBehindHelm();
    const four = withHelm(place, '4');
    expect((await four.action.run()).outputs.outcome).toBe('succeeded');
    const words = ['-n', place.namespace, 'upgrade', 'my', '--reuse-values', '--set', 'proxy.replicas=1'];
    execFileSync('helm', [...words, `${lab('charts', 'build')}/milvus-4.0.34.tgz`], { env: four.env });
    expect(get(place, 'deployments', '{.spec.replicas}', '-l', 'component=proxy')).toBe('1');
  });
});
