import { describe, expect, it } from '@jest/globals';
import { ApiException, type V1Secret } from '@kubernetes/client-node';
import type { Cluster } from '../../../../src/kubernetes/client/cluster.js';
import type { EtcdConfig } from '../../../../src/kubernetes/etcd/config.js';
import { readEtcdLogin, type EtcdLogin } from '../../../../src/kubernetes/etcd/credentials.js';
import { SecretString } from '../../../../src/core/redaction/secret-string.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const file = (key: string, name = 'tls') => ({
  setting: `etcd.ssl.${key}`,
  path: `/tls/${key}`,
  source: { kind: 'secret', name, key } as const,
});
const USER = {
  name: { kind: 'text', text: new SecretString('milvus') },
  password: { kind: 'secret', name: 'login', key: 'password' },
} as const;
const TLS = {
  certificate: file('crt'),
  key: file('key'),
  authority: { ...file('ca'), source: { kind: 'configmap', name: 'ca', key: 'ca' } as const },
  minVersion: '1.3',
};

interface Read {
  readonly login: EtcdLogin;
  readonly hidden: readonly string[];
  readonly requested: readonly string[];
}

async function read(etcd: Partial<EtcdConfig>, status = 0): Promise<Read> {
  const [hidden, requested]: [string[], string[]] = [[], []];
  const answer = ({ name }: { readonly name: string }): Promise<V1Secret> => {
    requested.push(name);
    if (status > 0) return Promise.reject(new ApiException(status, 'no', '{"message":"no"}', {}));
    if (name === 'ca') return Promise.resolve({ data: { ca: 'AUTHORITY' } });
    return Promise.resolve({
      data: { password: base64('very-secret'), crt: base64('CERTIFICATE'), key: base64('PRIVATE KEY') },
    });
  };
  const cluster = {
    server: 'https://cluster.test',
    core: { readNamespacedSecret: answer, readNamespacedConfigMap: answer },
  } as unknown as Cluster;
  const whole: EtcdConfig = { endpoints: ['a:1'], sessionPrefix: 's/', user: null, tls: null, problem: '', ...etcd };
  const login = await readEtcdLogin({
    cluster,
    namespace: 'milvus',
    etcd: whole,
    addSecret: (secret) => void hidden.push(secret),
  });
  return { login, hidden, requested };
}

describe('reading the etcd credentials', () => {
  it('returns nothing and reads nothing when etcd requires no login', async () => {
    expect(await read({})).toEqual({ login: { user: null, tls: null }, hidden: [], requested: [] });
  });

  it('uses Secrets and ConfigMaps, reads each once, and masks the secrets', async () => {
    const { login, hidden, requested } = await read({ user: USER, tls: TLS });
    expect(login).toEqual({
      user: { name: 'milvus', password: 'very-secret' },
      tls: { cert: 'CERTIFICATE', key: 'PRIVATE KEY', ca: 'AUTHORITY', minVersion: 'TLSv1.3' },
    });
    expect(hidden).toEqual(['very-secret', 'PRIVATE KEY']);
    expect(requested).toEqual(['login', 'tls', 'ca']);
  });

  it.each<[string, Partial<EtcdConfig>, number, RegExp, boolean]>([
    [
      'Secrets that are denied',
      { user: USER },
      403,
      /^secret login, which Milvus uses to log in to etcd, cannot be read: grant `get` on secrets to this login$/,
      true,
    ],
    ['a Secret that does not exist', { user: USER }, 404, /cannot be read: it does not exist$/, true],
    ['an API server error', { user: USER }, 500, /cannot be read: Cannot get secrets at/, false],
    [
      'a Secret without that key',
      { user: { ...USER, password: { ...USER.password, key: 'other' } } },
      0,
      /^secret login has no key other/,
      true,
    ],
    [
      'a file that is in the image',
      { tls: { ...TLS, certificate: { ...TLS.certificate, source: null } } },
      0,
      /^its file \/tls\/crt \(etcd.ssl.crt\) is not mounted/,
      true,
    ],
  ])('fails for %s', async (_, etcd, status, message, isFinal) => {
    await expect(read(etcd, status)).rejects.toMatchObject({ message: expect.stringMatching(message), isFinal });
  });
});
