import { describe, expect, it } from '@jest/globals';
import type { V1Container, V1Deployment, V1EnvVar, V1Volume } from '@kubernetes/client-node';
import { readEtcdConfig } from '../../../../src/kubernetes/etcd/config.js';

const config = { name: 'config', mountPath: '/milvus/configs/default.yaml', subPath: 'default.yaml' };

function deployment(
  env: readonly V1EnvVar[],
  volumes: readonly V1Volume[] = [],
  mounts: V1Container['volumeMounts'] = [],
): V1Deployment {
  const sidecar = { name: 'sidecar', env: [{ name: 'ETCD_ROOT_PATH', value: 'another' }] };
  const milvus = { name: 'rootcoord', env: [...env], volumeMounts: [config, ...mounts] };
  return { spec: { selector: {}, template: { spec: { containers: [sidecar, milvus], volumes: [...volumes] } } } };
}

const read = (yaml: string, found: V1Deployment | null = null): ReturnType<typeof readEtcdConfig> =>
  readEtcdConfig({ 'default.yaml': 'etcd: {endpoints: [my-etcd:2379]}', 'user.yaml': yaml }, found);
const getString = (setting: unknown): string => (setting as { text: { reveal(): string } }).text.reveal();

describe('the etcd settings of Milvus', () => {
  it('contain the address and the prefix of the sessions, with the defaults of Milvus', () => {
    expect(read('')).toEqual({
      endpoints: ['my-etcd:2379'],
      sessionPrefix: 'by-dev/meta/session/',
      user: null,
      tls: null,
      problem: '',
    });
  });

  it.each([
    ['etcd: {rootPath: prod}', 'prod/meta/session/'],
    ['etcd: {rootPath: /prod/, metaSubPath: md}', '/prod/md/session/'],
  ])('contain the session prefix for %s', (yaml, prefix) => {
    expect(read(yaml).sessionPrefix).toBe(prefix);
  });

  it('are overridden by variables of the Milvus container, and of no other', () => {
    const found = read(
      'etcd: {rootPath: prod}',
      deployment([
        { name: 'ETCD_ENDPOINTS', value: 'a:1, b:2' },
        { name: 'etcd.rootPath', value: 'staging' },
      ]),
    );
    expect(found).toMatchObject({ endpoints: ['a:1', 'b:2'], sessionPrefix: 'staging/meta/session/' });
  });

  it('contain a user with a masked password', () => {
    const { user } = read('etcd: {auth: {enabled: true, userName: milvus, password: very-secret}}');
    expect([getString(user?.name), getString(user?.password)]).toEqual(['milvus', 'very-secret']);
    expect(`${JSON.stringify(user)} ${String(user?.password)}`).not.toContain('very-secret');
  });

  it('contain no user when authentication is disabled', () => {
    expect(read('etcd: {auth: {enabled: false, userName: milvus, password: very-secret}}').user).toBeNull();
  });

  it('reference the password in the Secret that a variable refers to', () => {
    const variable = {
      name: 'ETCD_AUTH_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'etcd-login', key: 'password' } },
    };
    const { user, problem } = read(
      'etcd: {auth: {enabled: "true", userName: milvus, password: ""}}',
      deployment([variable]),
    );
    expect(user?.password).toEqual({ kind: 'secret', name: 'etcd-login', key: 'password' });
    expect(problem).toBe('');
  });

  const TLS =
    'etcd: {ssl: {enabled: true, tlsCert: /tls/client.pem, tlsKey: /tls/private/key.pem, tlsCACert: /milvus/ca.pem, tlsMinVersion: "1.3"}}';

  it.each<[string, V1Volume[], V1Container['volumeMounts'], string]>([
    [
      'a Secret as a whole',
      [{ name: 'v', secret: { secretName: 'tls' } }],
      [{ name: 'v', mountPath: '/tls' }],
      'secret tls client.pem',
    ],
    [
      'a ConfigMap as a whole',
      [{ name: 'v', configMap: { name: 'tls' } }],
      [{ name: 'v', mountPath: '/tls/' }],
      'configmap tls client.pem',
    ],
    [
      'one file of a Secret',
      [{ name: 'v', secret: { secretName: 'tls' } }],
      [{ name: 'v', mountPath: '/tls/client.pem', subPath: 'tls.crt' }],
      'secret tls tls.crt',
    ],
    [
      'keys under other names',
      [{ name: 'v', secret: { secretName: 'tls', items: [{ key: 'tls.crt', path: 'client.pem' }] } }],
      [{ name: 'v', mountPath: '/tls' }],
      'secret tls tls.crt',
    ],
    [
      'the deepest mount',
      [
        { name: 'outer', secret: { secretName: 'outer' } },
        { name: 'inner', secret: { secretName: 'inner' } },
      ],
      [
        { name: 'outer', mountPath: '/' },
        { name: 'inner', mountPath: '/tls' },
      ],
      'secret inner client.pem',
    ],
    [
      'a projected volume',
      [
        {
          name: 'v',
          projected: {
            sources: [
              { configMap: { name: 'other', items: [{ key: 'x', path: 'x' }] } },
              { secret: { name: 'tls', items: [{ key: 'crt', path: 'client.pem' }] } },
            ],
          },
        },
      ],
      [{ name: 'v', mountPath: '/tls' }],
      'secret tls crt',
    ],
    [
      'a directory of the node',
      [{ name: 'v', hostPath: { path: '/etc' } }],
      [{ name: 'v', mountPath: '/tls' }],
      'nothing',
    ],
    [
      'another directory',
      [{ name: 'v', secret: { secretName: 'tls' } }],
      [{ name: 'v', mountPath: '/tls-of-others' }],
      'nothing',
    ],
  ])('reference a certificate from %s', (_, volumes, mounts, expected) => {
    const { tls } = read(TLS, deployment([], volumes, mounts));
    const source = tls?.certificate?.source;
    expect(source ? `${source.kind} ${source.name} ${source.key}` : 'nothing').toBe(expected);
    expect(tls?.minVersion).toBe('1.3');
  });

  it.each([
    ['etcd: {use: {embed: true}}', [], /embedded in Milvus/],
    ['etcd: {endpoints: []}', [], /has no endpoint/],
    [
      '',
      [{ name: 'ETCD_ENDPOINTS', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }],
      /^ETCD_ENDPOINTS of the Milvus container/,
    ],
  ])('report the problem of %j with %j', (yaml, env, problem) => {
    expect(read(yaml, deployment(env)).problem).toMatch(problem);
  });
});
