import { describe, expect, it } from '@jest/globals';
import { parseEndpoint, type Place } from '../../../../src/kubernetes/etcd/endpoint.js';

const service = (name: string, namespace: string, pod = ''): Place => ({
  kind: 'service',
  namespace,
  service: name,
  pod,
});
const outside: Place = { kind: 'outside' };

describe('an etcd endpoint', () => {
  it.each<[string, string, readonly Place[]]>([
    ['my-etcd:2379', 'my-etcd:2379', [service('my-etcd', 'milvus')]],
    ['my-etcd', 'my-etcd:2379', [service('my-etcd', 'milvus')]],
    [
      'my-etcd.data:2379',
      'my-etcd.data:2379',
      [service('data', 'milvus', 'my-etcd'), service('my-etcd', 'data'), outside],
    ],
    [
      'my-etcd-0.my-etcd-headless:2379',
      'my-etcd-0.my-etcd-headless:2379',
      [service('my-etcd-headless', 'milvus', 'my-etcd-0'), service('my-etcd-0', 'my-etcd-headless'), outside],
    ],
    ['my-etcd.data.svc:2379', 'my-etcd.data.svc:2379', [service('my-etcd', 'data')]],
    ['my-etcd.data.svc.cluster.local:2379', 'my-etcd.data.svc.cluster.local:2379', [service('my-etcd', 'data')]],
    ['My-Etcd.data.svc.acme.internal.:2379', 'my-etcd.data.svc.acme.internal:2379', [service('my-etcd', 'data')]],
    [
      'my-etcd-0.my-etcd-headless.data.svc.cluster.local:2379',
      'my-etcd-0.my-etcd-headless.data.svc.cluster.local:2379',
      [service('my-etcd-headless', 'data', 'my-etcd-0')],
    ],
    [
      'my-etcd-0.my-etcd-headless.data:2379',
      'my-etcd-0.my-etcd-headless.data:2379',
      [service('my-etcd-headless', 'data', 'my-etcd-0'), outside],
    ],
    ['etcd.example.com:12379', 'etcd.example.com:12379', [service('example', 'com', 'etcd'), outside]],
    ['a.etcd.example.com', 'a.etcd.example.com:2379', [outside]],
    ['10.0.0.7:2379', '10.0.0.7:2379', [outside]],
    ['[fd00::7]:2379', '[fd00::7]:2379', [outside]],
    ['localhost:2379', 'localhost:2379', [{ kind: 'milvus' }]],
    ['127.0.0.1:2379', '127.0.0.1:2379', [{ kind: 'milvus' }]],
    ['[::1]:2379', '[::1]:2379', [{ kind: 'milvus' }]],
  ])('%s resolves as in a Milvus pod', (text, name, places) => {
    expect(parseEndpoint(text, 'milvus', false)).toMatchObject({ name, places });
  });

  it.each([
    ['my-etcd:2379', false, false],
    ['my-etcd:2379', true, true],
    ['http://my-etcd:2379', true, false],
    ['https://my-etcd:2379/', false, true],
  ])('%s with etcd.ssl.enabled %s uses TLS: %s', (text, enabled, isSecure) => {
    expect(parseEndpoint(text, 'milvus', enabled)).toMatchObject({ isSecure, host: 'my-etcd', port: 2379 });
  });

  it.each(['', ':2379', 'http://', 'my-etcd:port', 'fd00::7:2379'])('%j is rejected', (text) => {
    expect(parseEndpoint(text, 'milvus', false)).toBeNull();
  });
});
