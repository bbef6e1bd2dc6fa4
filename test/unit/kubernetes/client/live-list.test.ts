import { afterEach, describe, expect, it } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import type { ServerResponse } from 'node:http';
import { LiveList } from '../../../../src/kubernetes/client/live-list.js';
import { ApiServer, clusterAt, json, list } from '../../../support/api-server.js';

const path = '/api/v1/namespaces/milvus/pods';
const pod = (name: string, resourceVersion: string): object => ({
  kind: 'Pod',
  metadata: { name, namespace: 'milvus', resourceVersion },
});
const line = (type: string, object: unknown): string =>
  `${JSON.stringify({ type, ...(object === undefined ? {} : { object }) })}\n`;

let server: ApiServer;
let pods: LiveList<V1Pod>;
let watches: ServerResponse[];
let lost: string[];
afterEach(async () => {
  pods.stop();
  await server.close();
});

/** Lists one pod; each watch is opened and left to the test. */
async function begin(signal?: AbortSignal): Promise<void> {
  [watches, lost] = [[], []];
  server = await ApiServer.start((response, { url }) => {
    if (!url.includes('watch=true')) return json(response, 200, list([pod('first', '5')]));
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    watches.push(response);
  });
  const cluster = clusterAt(server.url);
  const read = (): ReturnType<typeof cluster.core.listNamespacedPod> =>
    cluster.core.listNamespacedPod({ namespace: 'milvus' });
  pods = new LiveList<V1Pod>({
    config: cluster.config,
    path,
    list: read,
    onChange: () => undefined,
    onLost: (why) => void lost.push(why),
  });
  await pods.refresh(signal);
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds() && tries < 300; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
}

const names = (): (string | undefined)[] => pods.items().map(({ metadata }) => metadata?.name);

describe('a watched list', () => {
  it('applies the events of its watch', async () => {
    await begin();
    watches[0]?.write(line('ADDED', pod('second', '8')));
    await until(() => names().length === 2);
    expect(names()).toEqual(['first', 'second']);
  });

  it.each<[string, string, RegExp]>([
    ['without an object', line('ADDED', undefined), /its event ADDED has no object/],
    [
      'without a name',
      line('ADDED', { metadata: { resourceVersion: '8' } }),
      /the object of its event ADDED has no name/,
    ],
    ['without a resourceVersion', line('MODIFIED', { metadata: { name: 'x' } }), /no metadata\.resourceVersion/],
    ['of an unknown type', line('CHANGED', pod('x', '8')), /not a watch event/],
    ['that is not JSON', '<html>bad gateway</html>\n', /not a watch event/],
  ])('survives a line %s: it is not current until the watch is resumed at the same place', async (_, text, why) => {
    await begin();
    watches[0]?.write(text);
    await until(() => lost.length > 0);
    expect(lost[0]).toMatch(why);
    expect(pods.isCurrent()).toBe(false);
    await until(() => watches.length === 2);
    expect(server.received.at(-1)?.url).toContain('resourceVersion=7');
    watches[1]?.write(line('ADDED', pod('second', '8')));
    await until(() => names().length === 2);
    expect(names()).toEqual(['first', 'second']);
    expect(pods.isCurrent()).toBe(true);
  });

  it('lists again when the server reports that its resourceVersion is too old', async () => {
    await begin();
    watches[0]?.write(line('ERROR', { kind: 'Status', code: 410, message: 'too old resource version' }));
    await until(() => watches.length === 2);
    expect(server.requested().filter((request) => request === `GET ${path}`)).toHaveLength(4);
  });

  it('resumes a watch whose last line was truncated, without a loss', async () => {
    await begin();
    watches[0]?.end('{"type":"ADDED","object":{"kind":"Pod","meta');
    await until(() => watches.length === 2);
    expect(names()).toEqual(['first']);
    expect(server.received.at(-1)?.url).toContain('resourceVersion=7');
  });

  it('ends its refresh with the signal while the list request hangs', async () => {
    await begin();
    server.handler = () => undefined;
    const cancel = new AbortController();
    const refreshing = pods.refresh(cancel.signal);
    setTimeout(() => cancel.abort(), 20);
    await expect(refreshing).rejects.toMatchObject({ code: 'cancelled' });
  });
});
