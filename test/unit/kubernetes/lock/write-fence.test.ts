import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppsV1Api, AuthorizationV1Api, BatchV1Api, CoreV1Api, KubernetesObjectApi } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockLost } from '../../../../src/core/model/lock.js';
import type { Access } from '../../../../src/core/config/access.js';
import { LoginConfig } from '../../../../src/kubernetes/client/login-config.js';
import { listen } from '../../../support/listen.js';

let server: Server;
let arrived: string[];
/** A response that is valid as an object, as a list and as the resources of the API. */
const ANSWER = JSON.stringify({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: { name: 'one', resourceVersion: '1' },
  items: [],
  resources: [{ name: 'pods', kind: 'Pod', namespaced: true }],
});
/** Requests to these paths get no response. */
let silent: string;
let config: LoginConfig;
beforeEach(async () => {
  arrived = [];
  silent = '';
  server = createServer((request, response) => {
    arrived.push(`${request.method} ${request.url}`);
    if (silent === '' || !request.url?.includes(silent))
      response.setHeader('content-type', 'application/json').end(ANSWER);
  });
  await listen(server);
  const cluster = {
    name: 'c',
    body: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'insecure-skip-tls-verify': true },
    directory: '',
  };
  const chosen = {
    context: 'c',
    cluster,
    user: { name: 'u', body: { token: 'secret' }, directory: '' },
    namespace: '',
  };
  config = new LoginConfig(
    {
      kubeconfig: null,
      context: null,
      insecure: true,
      chosen,
      addSecret: () => undefined,
      env: {},
    } as unknown as Access,
    {
      signal: new AbortController().signal,
      onRetry: () => undefined,
    },
  );
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const object = { name: 'one', namespace: 'milvus', body: { metadata: { name: 'one' } } };
const dryRun = (): Promise<unknown> =>
  config.makeApiClient(CoreV1Api).createNamespacedPod({ ...object, dryRun: 'All' });
const writes = (): readonly (readonly [string, () => Promise<unknown>])[] => [
  ['replace a Secret', () => config.makeApiClient(CoreV1Api).replaceNamespacedSecret(object)],
  ['create a pod', () => config.makeApiClient(CoreV1Api).createNamespacedPod(object)],
  ['patch a Deployment', () => config.makeApiClient(AppsV1Api).patchNamespacedDeployment(object)],
  ['delete a Job', () => config.makeApiClient(BatchV1Api).deleteNamespacedJob({ name: 'one', namespace: 'milvus' })],
  [
    'patch an object of any kind',
    () =>
      KubernetesObjectApi.makeApiClient(config).patch({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'one', namespace: 'milvus' },
      }),
  ],
];
/** The requests that the server received, without those that only read the kind. */
const changes = (): string[] => arrived.filter((request) => !request.startsWith('GET'));

describe('the connection to the API server', () => {
  it('sends no write before a lock is acquired', async () => {
    for (const [, write] of writes())
      await expect(write()).rejects.toMatchObject({ code: 'bug', what: 'A write was requested without a lock' });
    expect(changes()).toEqual([]);
  });

  it('sends no write after the lock is lost', async () => {
    config.fence = { prove: () => Promise.reject(lockLost('release my', 'run-2 holds it now')) };
    for (const [, write] of writes()) await expect(write()).rejects.toMatchObject({ code: 'lock-lost' });
    expect(changes()).toEqual([]);
  });

  it('proves the lock again for each write', async () => {
    let proofs = 0;
    config.fence = { prove: () => ((proofs += 1), Promise.resolve(new AbortController().signal)) };
    for (const [, write] of writes()) await write();
    expect(proofs).toBe(writes().length);
    expect(changes()).toHaveLength(writes().length);
  });

  it('reads, checks permissions and dry-runs writes without a lock, as a plan does', async () => {
    await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'milvus' });
    await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({ body: { spec: {} } });
    await dryRun();
    expect(arrived).toHaveLength(3);
  });

  it('ends a write without a response when the lock ends', async () => {
    silent = '/pods';
    const expired = new AbortController();
    config.fence = { prove: () => Promise.resolve(expired.signal) };
    const write = config.makeApiClient(CoreV1Api).createNamespacedPod(object);
    write.catch(() => undefined);
    await new Promise<void>((resolve) => server.once('request', () => resolve()));
    expired.abort(new Error('the lock ended'));
    await expect(write).rejects.toThrow('the lock ended');
  });
});
