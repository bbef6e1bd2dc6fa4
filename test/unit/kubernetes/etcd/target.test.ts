import { describe, expect, it } from '@jest/globals';
import { ApiException, type V1Pod, type V1Service } from '@kubernetes/client-node';
import type { Cluster } from '../../../../src/kubernetes/client/cluster.js';
import { parseEndpoint } from '../../../../src/kubernetes/etcd/endpoint.js';
import { findTarget, type Target } from '../../../../src/kubernetes/etcd/target.js';

const selector = { app: 'etcd' };

function pod(name: string, { ready = true, going = false } = {}): V1Pod {
  return {
    metadata: { name, ...(going ? { deletionTimestamp: new Date(0) } : {}) },
    spec: { containers: [{ name: 'etcd', ports: [{ name: 'client', containerPort: 2479 }] }] },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

function find(
  spec: V1Service['spec'] | number,
  pods: readonly V1Pod[] | number,
  text = 'my-etcd:2379',
): Promise<Target> {
  const answer = <T>(value: T | number): Promise<T> =>
    typeof value === 'number'
      ? Promise.reject(new ApiException(value, 'no', '{"message":"no"}', {}))
      : Promise.resolve(value as T);
  const core = {
    readNamespacedService: () => answer(typeof spec === 'number' ? spec : { metadata: { name: 'my-etcd' }, spec }),
    listNamespacedPod: () => answer(typeof pods === 'number' ? pods : { items: pods }),
  };
  const endpoint = parseEndpoint(text, 'milvus', false)!;
  return findTarget({ server: 'https://cluster.test', core } as unknown as Cluster, endpoint.places[0]!, endpoint);
}

describe('the pod behind an endpoint', () => {
  it.each<[string, V1Service['spec'], readonly V1Pod[], string, string, number]>([
    [
      'the first that is ready and not terminating',
      { selector, ports: [{ port: 2379 }] },
      [pod('a', { ready: false }), pod('b', { going: true }), pod('c')],
      'my-etcd:2379',
      'c',
      2379,
    ],
    ['a port by number', { selector, ports: [{ port: 80, targetPort: 2380 }] }, [pod('a')], 'my-etcd:80', 'a', 2380],
    [
      'a port by name',
      { selector, ports: [{ port: 2379, targetPort: 'client' }] },
      [pod('a')],
      'my-etcd:2379',
      'a',
      2479,
    ],
    [
      'a headless Service, which maps no ports',
      { selector, clusterIP: 'None', ports: [{ port: 2380, targetPort: 'client' }] },
      [pod('a')],
      'my-etcd:2379',
      'a',
      2379,
    ],
    [
      'one pod of a headless Service',
      { selector, clusterIP: 'None' },
      [pod('e-0'), pod('e-1')],
      'e-1.my-etcd.milvus.svc:2379',
      'e-1',
      2379,
    ],
  ])('is %s', async (_, spec, pods, text, name, port) => {
    expect(await find(spec, pods, text)).toEqual({ kind: 'pod', namespace: 'milvus', pod: name, port });
  });

  it('is not a pod when the Service has an external name', async () => {
    expect(await find({ externalName: 'etcd.example.com' }, [])).toEqual({
      kind: 'outside',
      host: 'etcd.example.com',
      port: 2379,
    });
  });

  it.each<[string, V1Service['spec'] | number, readonly V1Pod[] | number, string, RegExp, boolean]>([
    ['no Service', 404, [], 'my-etcd:2379', /^the Service my-etcd does not exist in the namespace milvus$/, false],
    [
      'Services denied',
      403,
      [],
      'my-etcd:2379',
      /^services of the namespace milvus are denied to this login; grant `get` on `services` there/,
      true,
    ],
    [
      'pods denied',
      { selector, ports: [{ port: 2379 }] },
      403,
      'my-etcd:2379',
      /^pods of the namespace milvus are denied to this login; grant `list` on `pods`/,
      true,
    ],
    ['an API server error', 500, [], 'my-etcd:2379', /^Cannot get services at https:\/\/cluster.test/, false],
    ['no pod', { selector }, [], 'my-etcd:2379', /^no pod behind the Service my-etcd is ready: none exists$/, false],
    [
      'no ready pod',
      { selector },
      [pod('a', { ready: false })],
      'my-etcd:2379',
      /^no pod behind the Service my-etcd is ready$/,
      false,
    ],
    [
      'another port',
      { selector, ports: [{ port: 2379 }] },
      [pod('a')],
      'my-etcd:2380',
      /^the Service my-etcd has no port 2380$/,
      true,
    ],
    [
      'an unknown port name',
      { selector, ports: [{ port: 2379, targetPort: 'etcd' }] },
      [pod('a')],
      'my-etcd:2379',
      /^the pod a has no port named etcd$/,
      true,
    ],
    ['a Service without selector', {}, [], 'my-etcd:2379', /has no selector/, true],
  ])('is not found with %s, and the reason is reported', async (_, spec, pods, text, message, isFinal) => {
    await expect(find(spec, pods, text)).rejects.toMatchObject({ message: expect.stringMatching(message), isFinal });
  });
});
