// The check of the objects that Helm would delete.
import { describe, expect, it } from '@jest/globals';
import { evaluateRemovedObjects } from '../../../../src/core/checks/removed-objects.js';
import type { KubeObject } from '../../../../src/core/checks/manifest.js';
import type { Values } from '../../../../src/core/model/values.js';
import { deployment, object } from '../../../support/objects.js';

const labelled = (kind: string, name: string, labels: Values): KubeObject =>
  object(kind, name, { metadata: { labels } });
const chart = (name: string): Values => ({
  'helm.sh/chart': `${name}-1.1.0`,
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/instance': 'my',
});
const stays = { before: deployment('proxy'), after: deployment('proxy') };

/** Evaluates the removal of one object; a Milvus Deployment stays. */
function evaluate(removed: KubeObject): ReturnType<typeof evaluateRemovedObjects> {
  return evaluateRemovedObjects([stays, { before: removed, after: null }], 'my');
}

describe('the check objects-would-be-deleted', () => {
  it.each([
    ['Deployment', chart('stack')],
    ['StatefulSet', { app: 'warehouse' }],
    ['Secret', {}],
    ['ConfigMap', {}],
    ['Service', chart('stack')],
    ['Ingress', { ...chart('stack'), app: 'milvus' }],
    ['CronJob', { chart: 'stack-0.1.0', app: 'minio' }],
    ['Job', { component: 'proxy' }],
  ])('refuses to delete a %s of the user with %j', (kind, labels) => {
    const found = evaluate(labelled(kind, 'my-stack-worker', labels));
    expect(found).toEqual([
      expect.objectContaining({
        state: 'fail',
        skippable: false,
        reason: expect.stringContaining(`${kind}/my-stack-worker`),
      }),
    ]);
  });

  it('names every object', () => {
    const removed = [labelled('Deployment', 'worker', chart('stack')), object('Secret', 'credentials')];
    const [found] = evaluateRemovedObjects(
      removed.map((before) => ({ before, after: null })),
      'my',
    );
    expect(found?.reason).toBe(
      'Helm would delete objects that are not part of the Milvus chart: Deployment/worker, Secret/credentials',
    );
  });

  it.each([
    ['Deployment', 'my-milvus-indexnode', chart('milvus')],
    ['Deployment', 'vectors-attu', { ...chart('milvus'), 'app.kubernetes.io/name': 'vectors' }],
    ['Deployment', 'my-acme-indexnode', { ...chart('acme-milvus'), component: 'indexnode' }],
    ['StatefulSet', 'my-etcd', chart('etcd')],
    ['StatefulSet', 'my-pulsarv3-bookie', { app: 'pulsarv3', chart: 'pulsarv3-3.3.0', component: 'bookie' }],
    ['StatefulSet', 'my-pulsar-broker', { app: 'pulsar', release: 'my' }],
    ['Deployment', 'my-mysql', { app: 'my-mysql', chart: 'mysql-1.6.9' }],
    ['Service', 'my-minio', { app: 'minio' }],
    ['ConfigMap', 'my-milvus', {}],
    ['HorizontalPodAutoscaler', 'my-milvus-proxy-hpa', { component: 'proxy' }],
    ['ClusterRole', 'my-pulsar-broker', {}],
  ])('allows the Milvus chart to delete its %s %s', (kind, name, labels) => {
    expect(evaluate(labelled(kind, name, labels))).toEqual([expect.objectContaining({ state: 'pass' })]);
  });

  it('refuses to delete a volume claim, even one of the Milvus chart', () => {
    const [found] = evaluate(labelled('PersistentVolumeClaim', 'my-milvus', chart('milvus')));
    expect(found).toMatchObject({
      state: 'fail',
      skippable: false,
      reason: 'Helm would delete volume claims and their data: PersistentVolumeClaim/my-milvus',
    });
  });

  it.each(['PersistentVolumeClaim', 'Secret'])('ignores a %s that Helm keeps', (kind) => {
    expect(
      evaluate(object(kind, 'mine', { metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } } }))[0]?.state,
    ).toBe('pass');
  });
});
