import { describe, expect, it } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import { dialProxy, servingProxy } from '../../../src/kubernetes/milvus-connection.js';
import type { Cluster } from '../../../src/kubernetes/client/cluster.js';

function podOf(role: string, { ready = true, leaving = false } = {}): V1Pod {
  return {
    metadata: {
      name: `my-milvus-${role}-0`,
      labels: { component: role },
      ...(leaving && { deletionTimestamp: new Date(0) }),
    },
    spec: { containers: [{ name: role, image: 'milvusdb/milvus:v2.4.24' }] },
    status: { phase: 'Running', podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

describe('the pod that clients connect to', () => {
  it.each<readonly [string, readonly V1Pod[], string]>([
    ['a proxy that is ready', [podOf('querynode'), podOf('proxy')], 'my-milvus-proxy-0'],
    ['a standalone', [podOf('standalone')], 'my-milvus-standalone-0'],
    ['not a proxy that is not ready', [podOf('proxy', { ready: false })], ''],
    ['not a proxy that is terminating', [podOf('proxy', { leaving: true })], ''],
    ['not another component', [podOf('rootcoord')], ''],
  ])('is %s', (_, pods, expected) => {
    expect(servingProxy(pods)).toBe(expected);
  });

  it('is reported if there is none', async () => {
    const place = { cluster: {} as Cluster, namespace: 'milvus', pods: [] };
    await expect(dialProxy(place, 19530, new AbortController().signal)).rejects.toThrow(
      'no pod that clients can connect to is ready',
    );
  });
});
