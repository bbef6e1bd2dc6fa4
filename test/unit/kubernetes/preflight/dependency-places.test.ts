import { describe, expect, it } from '@jest/globals';
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { evaluateDependencies, replacedDependencies } from '../../../../src/core/checks/dependency-images.js';
import type { Cluster } from '../../../../src/kubernetes/client/cluster.js';
import { withDependencies } from '../../../../src/kubernetes/preflight/dependency-places.js';
import type { Place } from '../../../../src/kubernetes/preflight/probe-watch.js';
import { deployment, object } from '../../../support/objects.js';

const MILVUS: V1PodTemplateSpec = {
  spec: { containers: [{ name: 'proxy', image: 'm:v2' }], imagePullSecrets: [{ name: 'a' }] },
};

const minio = (image: string, labels = {}) =>
  object('Deployment', 'my-minio', {
    spec: {
      selector: { matchLabels: { app: 'minio', release: 'my' } },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'minio', image }], imagePullSecrets: [{ name: 'b' }] },
      },
    },
  });

/** Answers with pods on these nodes, by label selector. */
function clusterWith(nodes: Readonly<Record<string, readonly string[]>>): Cluster {
  const listNamespacedPod = ({ labelSelector }: { labelSelector: string }): Promise<object> =>
    Promise.resolve({ items: (nodes[labelSelector] ?? []).map((nodeName) => ({ spec: { nodeName } })) });
  return { core: { listNamespacedPod } } as unknown as Cluster;
}

function placesFor(places: readonly Place[], nodes: readonly string[]): Promise<readonly Place[]> {
  return withDependencies(places, {
    cluster: clusterWith({ 'app=minio,release=my': nodes }),
    config: { namespace: 'default' },
    dependencies: [minio('quay.io/minio/minio:T')],
    template: MILVUS,
  });
}

describe('dependencies that an upgrade changes', () => {
  const pair = { before: minio('minio/minio:T'), after: minio('quay.io/minio/minio:T') };

  it('include MinIO in standalone mode, which is a Deployment', () => {
    expect(evaluateDependencies([pair])[0]).toMatchObject({
      state: 'warn',
      reason: 'the upgrade also changes: Deployment/my-minio (minio/minio:T → quay.io/minio/minio:T)',
    });
  });

  it('include those whose image stays, because their pods need it again', () => {
    const relabeled = { before: minio('minio/minio:T', { chart: '1' }), after: minio('minio/minio:T', { chart: '2' }) };
    expect(replacedDependencies([relabeled]).map(({ metadata }) => metadata.name)).toEqual(['my-minio']);
  });

  it.each([
    [
      'Milvus itself',
      { before: deployment('proxy'), after: deployment('proxy', { image: 'milvusdb/milvus:v2.2.16' }) },
    ],
    ['Attu', { before: deployment('attu'), after: deployment('attu', { image: 'zilliz/attu:v2.6' }) }],
    ['what stays as it is', { before: minio('minio/minio:T'), after: minio('minio/minio:T') }],
    ['a Service', { before: object('Service', 'a'), after: object('Service', 'a', { spec: { x: 1 } }) }],
  ])('do not include %s', (_, unaffected) => {
    expect(evaluateDependencies([unaffected])[0]?.state).toBe('pass');
    expect(replacedDependencies([unaffected])).toEqual([]);
  });
});

describe('the places of the image probe', () => {
  it('include the nodes of replaced dependencies, with their images and pull secrets', async () => {
    const [added, ...others] = await placesFor([], ['node-1', 'node-1']);
    expect(added).toMatchObject({ node: 'node-1', others: ['quay.io/minio/minio:T'] });
    expect(added?.like.spec).toMatchObject({
      imagePullSecrets: [{ name: 'a' }, { name: 'b' }],
      containers: [{ image: 'm:v2' }],
    });
    expect(others).toEqual([]);
  });

  it('stay one per node', async () => {
    const places = await placesFor([{ node: 'node-1', like: MILVUS, others: ['tools:v1'] }], ['node-1']);
    expect(places.map(({ node, others }) => [node, others])).toEqual([
      ['node-1', ['tools:v1', 'quay.io/minio/minio:T']],
    ]);
  });
});
