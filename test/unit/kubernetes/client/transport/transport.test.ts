import { afterEach, describe, expect, it } from '@jest/globals';
import type { V1Lease } from '@kubernetes/client-node';
import type { ServerResponse } from 'node:http';
import { UpgradeError } from '../../../../../src/core/model/error.js';
import { limit, pause } from '../../../../../src/run/deadline.js';
import { apiError } from '../../../../../src/kubernetes/client/api-error.js';
import { PATIENT } from '../../../../../src/kubernetes/client/transport/retry.js';
import { ApiServer, clusterAt, json, list, type Handler } from '../../../../support/api-server.js';

const namespace = 'milvus';
const lease: V1Lease = { metadata: { name: 'lock', resourceVersion: '1' }, spec: { holderIdentity: 'this-run' } };
const kept = (holder: string, resourceVersion: string): object => ({
  kind: 'Lease',
  metadata: { name: 'lock', resourceVersion },
  spec: { holderIdentity: holder },
});
const page: Handler = (response) =>
  void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>');
const busy: Handler = (response) => json(response, 503, { kind: 'Status', message: 'etcdserver: leader changed' });
const reset = (response: ServerResponse): void => void response.socket?.destroy();

let server: ApiServer;
afterEach(() => server.close());

/** Answers in this order; the last one answers all further requests. */
async function answering(...handlers: [Handler, ...Handler[]]): Promise<ApiServer> {
  server = await ApiServer.start((response, received, nth) =>
    (handlers[Math.min(nth, handlers.length) - 1] ?? handlers[0])(response, received, nth),
  );
  return server;
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => new Error('it did not fail'),
    (error: unknown) => error as Error,
  );
}

describe('a read of the API', () => {
  it('is retried after a 503 and a reset connection, and each retry is reported', async () => {
    const { url } = await answering(busy, reset, (response) => json(response, 200, list([])));
    const retries: string[] = [];
    const { items } = await clusterAt(url, { retries }).core.listNamespacedPod({ namespace });
    expect(items).toEqual([]);
    expect(retries).toEqual([
      'retrying GET /api/v1/namespaces/milvus/pods in 0.5 s: 503 etcdserver: leader changed',
      expect.stringMatching(/^retrying GET \/api\/v1\/namespaces\/milvus\/pods in 1 s: (UND_ERR_SOCKET|ECONNRESET)$/),
    ]);
  });

  it('waits as long as a 429 requires', async () => {
    const { url } = await answering(
      (response) => json(response, 429, {}, { 'retry-after': '7' }),
      (response) => json(response, 200, list([])),
    );
    const waits: number[] = [];
    await clusterAt(url, {
      pause: (milliseconds) => Promise.resolve(void waits.push(milliseconds)),
    }).core.listNamespacedPod({ namespace });
    expect(waits).toEqual([7000]);
  });

  it('fails after five attempts', async () => {
    const { url } = await answering(busy);
    const failure = await failureOf(clusterAt(url).core.listNamespacedPod({ namespace }));
    expect(server.received).toHaveLength(5);
    expect(apiError(failure, 'list pods', url)).toMatchObject({
      code: 'cluster-unreachable',
      why: 'the server answered 503: etcdserver: leader changed',
    });
  });

  it.each([400, 404, 409, 422])('that is answered with %i is not retried', async (status) => {
    const { url } = await answering((response) => json(response, status, { kind: 'Status', message: 'no' }));
    await failureOf(clusterAt(url).core.listNamespacedPod({ namespace }));
    expect(server.received).toHaveLength(1);
  });

  it.each<[string, Handler, RegExp]>([
    ['a web page with status 200', page, /status 200 with a web page instead of JSON/],
    ['a list whose items are null', (response) => json(response, 200, list(null)), /a PodList whose items are null/],
    [
      'a list without items',
      (response) => json(response, 200, { kind: 'PodList', metadata: { resourceVersion: '7' } }),
      /whose items are missing/,
    ],
    [
      'a list without a resourceVersion',
      (response) => json(response, 200, { kind: 'PodList', metadata: {}, items: [] }),
      /no metadata\.resourceVersion/,
    ],
    [
      'a list with an object without a name',
      (response) => json(response, 200, list([{ metadata: {} }])),
      /an object has no name/,
    ],
    [
      'truncated JSON',
      (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"kind":"PodList","it'),
      /JSON that is truncated/,
    ],
    ['JSON that is not an object', (response) => json(response, 200, [1]), /not an object/],
    ['an object without a kind', (response) => json(response, 200, {}), /an object that has no kind/],
  ])(
    'that is answered with %s fails with an error that names the request, and never returns an empty list',
    async (_, handler, why) => {
      const { url } = await answering(handler);
      const failure = await failureOf(clusterAt(url).core.listNamespacedPod({ namespace, labelSelector: 'secret=1' }));
      expect(failure).toBeInstanceOf(UpgradeError);
      expect(failure).toMatchObject({
        code: 'cluster-unreachable',
        what: 'The response to GET /api/v1/namespaces/milvus/pods is not valid',
      });
      expect(failure.message).toMatch(why);
      expect(failure.message).not.toContain('secret');
    },
  );

  it('is not redirected, so that its token is not sent to another server', async () => {
    const other = await ApiServer.start((response) => json(response, 200, list([])));
    const { url } = await answering(
      (response) => void response.writeHead(307, { location: `${other.url}/api/v1/pods` }).end(),
    );
    const failure = await failureOf(clusterAt(url).core.listNamespacedPod({ namespace }));
    expect(failure.message).toMatch(/it is a redirect \(307\), which is not followed/);
    expect(server.received[0]?.authorization).toBe('Bearer a-token');
    expect(other.received).toHaveLength(0);
    await other.close();
  });

  it('whose response is larger than 64 MiB is refused without keeping it', async () => {
    const piece = Buffer.alloc(1 << 20, ' ');
    const endless: Handler = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => void (response.destroyed || response.write(piece, more));
      more();
    };
    const { url } = await answering(endless);
    const failure = await failureOf(clusterAt(url, { patience: PATIENT }).core.listNamespacedPod({ namespace }));
    expect(failure.message).toMatch(/it has more than 67108864 bytes/);
    expect(server.received).toHaveLength(1);
  });
});

describe('a server that does not complete its response', () => {
  const drips: Handler = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  };

  it.each<[string, Handler]>([
    ['hangs', () => undefined],
    ['drips', drips],
  ])('and %s gets a retry, and is reported as not answering', async (_, handler) => {
    const { url } = await answering(handler);
    const retries: string[] = [];
    const failure = await failureOf(
      clusterAt(url, { retries, patience: { tries: 2, milliseconds: 50, final: new Set() } }).core.listNamespacedPod({
        namespace,
      }),
    );
    expect(retries).toEqual(['retrying GET /api/v1/namespaces/milvus/pods in 0.5 s: no answer in time']);
    expect(apiError(failure, 'list pods', url)).toMatchObject({
      code: 'cluster-unreachable',
      why: 'it did not answer in time (TimeoutError)',
    });
  });

  it.each<[string, Handler]>([
    ['hangs', () => undefined],
    ['drips', drips],
    ['is busy', busy],
  ])('and %s does not delay a cancellation', async (_, handler) => {
    const { url } = await answering(handler);
    const cancel = new AbortController();
    const reading = failureOf(
      clusterAt(url, { pause, patience: PATIENT, signal: cancel.signal }).core.listNamespacedPod({ namespace }),
    );
    setTimeout(() => cancel.abort(), 60);
    const startedAt = performance.now();
    expect(await reading).toMatchObject({ code: 'cancelled' });
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it('does not exceed step-timeout, and the error names it', async () => {
    const { url } = await answering(() => undefined);
    const step = limit(new AbortController().signal, [{ input: 'step-timeout', milliseconds: 60 }]);
    const failure = await failureOf(
      clusterAt(url, { patience: PATIENT, signal: step.signal }).core.listNamespacedPod({ namespace }),
    );
    expect(failure).toMatchObject({ code: 'step-timed-out', what: 'It took longer than step-timeout allows' });
  });

  it('does not delay a cancellation while an exec plugin hangs', async () => {
    await answering(() => undefined);
    const cancel = new AbortController();
    const user = {
      exec: { command: '/bin/sh', args: ['-c', 'exec sleep 600'], apiVersion: 'client.authentication.k8s.io/v1' },
    };
    const reading = failureOf(
      clusterAt(server.url, { user, signal: cancel.signal }).core.listNamespacedPod({ namespace }),
    );
    setTimeout(() => cancel.abort(), 60);
    expect(await reading).toMatchObject({ code: 'cancelled' });
    expect(server.received).toHaveLength(0);
  });
});

describe('a write whose response was lost', () => {
  const name = 'lock';
  it('is not sent again when the object shows that it was created', async () => {
    const { url } = await answering(reset, (response) => json(response, 200, kept('this-run', '1')));
    const { metadata: _version, ...body } = lease;
    const made = await clusterAt(url).coordination.createNamespacedLease({
      namespace,
      body: { ...body, metadata: { name } },
    });
    expect(made.spec?.holderIdentity).toBe('this-run');
    expect(server.requested().map((request) => request.split(' ')[0])).toEqual(['POST', 'GET']);
  });

  it('is sent again when the object does not exist', async () => {
    const { url } = await answering(
      busy,
      (response) => json(response, 404, {}),
      (response) => json(response, 201, kept('this-run', '1')),
    );
    await clusterAt(url).coordination.createNamespacedLease({ namespace, body: { ...lease, metadata: { name } } });
    expect(server.requested().map((request) => request.split(' ')[0])).toEqual(['POST', 'GET', 'POST']);
  });

  it('is sent again when another run was faster, so that the conflict is reported', async () => {
    const { url } = await answering(
      busy,
      (response) => json(response, 200, kept('another-run', '2')),
      (response) => json(response, 409, { message: 'conflict' }),
    );
    const failure = await failureOf(
      clusterAt(url).coordination.replaceNamespacedLease({ name, namespace, body: lease }),
    );
    expect(failure).toMatchObject({ code: 409 });
  });

  it('that deletes an object is complete when the object does not exist', async () => {
    const { url } = await answering(reset, (response) => json(response, 404, { message: 'not found' }));
    await expect(clusterAt(url).core.deleteNamespacedPod({ name, namespace })).resolves.toBeDefined();
  });

  it('is not repeated if its outcome cannot be determined', async () => {
    const { url } = await answering(busy);
    await failureOf(
      clusterAt(url).core.createNamespacedPod({ namespace, body: { metadata: { generateName: 'probe-' } } }),
    );
    expect(server.received).toHaveLength(1);
  });

  it('is repeated at once after a 429, which means that it was not processed', async () => {
    const { url } = await answering(
      (response) => json(response, 429, {}),
      (response) => json(response, 201, { kind: 'Pod', metadata: { name: 'probe-1' } }),
    );
    await clusterAt(url).core.createNamespacedPod({ namespace, body: { metadata: { generateName: 'probe-' } } });
    expect(server.requested()).toHaveLength(2);
  });
});

describe('a write that a quota rejects', () => {
  it('is reported as QUOTA and not as a missing permission', async () => {
    const message = 'pods "x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2';
    const { url } = await answering((response) => json(response, 403, { kind: 'Status', message }));
    const failure = await failureOf(
      clusterAt(url).core.createNamespacedPod({ namespace, body: { metadata: { name: 'x' } } }),
    );
    expect(apiError(failure, 'create pods', url)).toMatchObject({
      code: 'command-failed',
      causes: [{ code: 'QUOTA' }],
    });
  });
});
