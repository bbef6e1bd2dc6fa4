import { describe, expect, it } from '@jest/globals';
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { Cluster } from '../../../../src/kubernetes/client/cluster.js';
import { readOperatorWorkloads } from '../../../../src/kubernetes/observe/operator-workloads.js';

const labels = (role: string): Record<string, string> => ({
  'app.kubernetes.io/instance': 'my',
  'app.kubernetes.io/name': 'milvus',
  'app.kubernetes.io/component': role,
  'app.kubernetes.io/managed-by': 'milvus-operator',
});
const template = (role: string, tag: string): { spec: { containers: { name: string; image: string }[] } } => ({
  spec: { containers: [{ name: role, image: `milvusdb/milvus:${tag}` }] },
});
const deployment = (name: string, role: string, tag: string, replicas = 1): V1Deployment => ({
  metadata: { name, labels: labels(role), generation: 1 },
  spec: { replicas, selector: {}, template: template(role, tag) },
  status: {
    observedGeneration: 1,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
  },
});
const pod = (name: string, role: string, tag: string): V1Pod => ({
  metadata: {
    name,
    labels: { ...labels(role), 'pod-template-hash': 'h' },
    ownerReferences: [{ kind: 'ReplicaSet', name: `${name}-h`, apiVersion: 'apps/v1', uid: 'u' }],
  },
  ...template(role, tag),
});

function read(deployments: readonly V1Deployment[], pods: readonly V1Pod[]): ReturnType<typeof readOperatorWorkloads> {
  const selectors: string[] = [];
  const answer =
    (items: readonly unknown[]) =>
    ({ labelSelector }: { labelSelector: string }): Promise<object> => {
      selectors.push(labelSelector);
      return Promise.resolve({ items: labelSelector.includes('app.kubernetes.io/instance=my,') ? items : [] });
    };
  const cluster = {
    apps: { listNamespacedDeployment: answer(deployments) },
    core: { listNamespacedPod: answer(pods) },
  };
  return readOperatorWorkloads(cluster as unknown as Cluster, 'default', 'my');
}

describe('the workloads of the Milvus operator', () => {
  it('are read by the standard labels, with their pods and the operator as manager', async () => {
    const { components, topology, managers } = await read(
      [deployment('my-milvus-mixcoord', 'mixcoord', 'v2.5.16'), deployment('my-milvus-proxy', 'proxy', 'v2.5.16')],
      [pod('my-milvus-proxy', 'proxy', 'v2.5.16')],
    );
    expect(components.map(({ role, deployment: name, podImages }) => [role, name, podImages])).toEqual([
      ['mixcoord', 'my-milvus-mixcoord', []],
      ['proxy', 'my-milvus-proxy', ['milvusdb/milvus:v2.5.16']],
    ]);
    expect(topology).toBe('mixcoord');
    expect(managers).toEqual([{ tool: 'milvus-operator', name: 'my', namespace: '' }]);
  });

  it('do not include the second Deployment of a component that is not in use', async () => {
    const { components } = await read(
      [
        deployment('my-milvus-querynode-0', 'querynode', 'v2.5.10', 0),
        deployment('my-milvus-querynode-1', 'querynode', 'v2.5.16', 2),
      ],
      [],
    );
    expect(components.map(({ deployment: name }) => name)).toEqual(['my-milvus-querynode-1']);
  });

  it('include a component that is stopped', async () => {
    const { components } = await read([deployment('my-milvus-proxy', 'proxy', 'v2.5.16', 0)], []);
    expect(components).toHaveLength(1);
  });
});
