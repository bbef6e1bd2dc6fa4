import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readEtcdConfig } from '../../../../src/kubernetes/etcd/config.js';
import { SessionWatch, type SessionWatchOptions } from '../../../../src/etcd/session-watch.js';
import { openConnection } from '../../../../src/kubernetes/etcd/connection.js';
import { clusterOfNames, EtcdGateway } from '../../../support/etcd-gateway.js';

const PREFIX = 'by-dev/meta/session/';
let gateway: EtcdGateway;
let hidden: string[];
let changes: number;
const watches: SessionWatch[] = [];

beforeEach(async () => {
  gateway = await new EtcdGateway().listen();
  gateway.put(`${PREFIX}id`, '14');
  gateway.put(`${PREFIX}rootcoord`, '{"ServerID":7,"ServerName":"rootcoord","Exclusive":true,"Version":"2.2.16"}');
  [hidden, changes] = [[], 0];
});

afterEach(async () => {
  for (const watch of watches.splice(0)) watch.stop();
  await gateway.close();
});

function watchOf(more = '', endpoints = `my-etcd:${gateway.port}`): { watch: SessionWatch; requested: string[] } {
  const { cluster, requested } = clusterOfNames('my-etcd');
  const etcd = readEtcdConfig({ 'milvus.yaml': `etcd: {endpoints: "${endpoints}"${more}}` }, null);
  const open: SessionWatchOptions['open'] = (signal) =>
    openConnection({ cluster, namespace: 'milvus', etcd, addSecret: (secret) => void hidden.push(secret), signal });
  const watch = new SessionWatch({ open, onChange: () => void (changes += 1) });
  watches.push(watch);
  return { watch, requested };
}

const auth = (password: string): string => `, auth: {enabled: true, userName: milvus, password: ${password}}`;
const observation = (watch: SessionWatch): string[] | null =>
  watch.sessions()?.map((session) => session.key.slice(PREFIX.length)) ?? null;

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries += 1) {
    if (tries > 500) throw new Error('the condition was not met');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('the session watch', () => {
  it('reports before its start that nothing was requested', () => {
    const { watch } = watchOf();
    expect({ sessions: watch.sessions(), isCurrent: watch.isCurrent(), why: watch.why() }).toEqual({
      sessions: null,
      isCurrent: false,
      why: 'etcd was not queried yet',
    });
  });

  it('reports the existing sessions and each change, in one piece or several', async () => {
    const { watch } = watchOf();
    await watch.start();
    expect({ observation: observation(watch), isCurrent: watch.isCurrent(), why: watch.why() }).toEqual({
      observation: ['rootcoord'],
      isCurrent: true,
      why: '',
    });
    const before = changes;
    gateway.put(`${PREFIX}rootcoord-12`, '{}');
    await until(() => changes > before);
    expect(observation(watch)).toEqual(['rootcoord', 'rootcoord-12']);
    gateway.delete(`${PREFIX}rootcoord`);
    await until(() => observation(watch)?.length === 1);
    expect(observation(watch)).toEqual(['rootcoord-12']);
  });

  it('reports an empty list when there are no sessions', async () => {
    gateway.delete(`${PREFIX}rootcoord`);
    const { watch } = watchOf();
    await watch.start();
    expect(watch.sessions()).toEqual([]);
  });

  it('sends no further requests to etcd or the API server during a long wait', async () => {
    const { watch, requested } = watchOf();
    await watch.start();
    await watch.start();
    const before = [...requested, ...gateway.requested];
    for (const round of [1, 2, 3]) {
      gateway.put(`${PREFIX}proxy-${round}`, '{}');
      await until(() => observation(watch)?.length === 1 + round);
    }
    expect([...requested, ...gateway.requested]).toEqual(before);
    expect(before).toEqual(['my-etcd', '/v3/kv/range', '/v3/watch']);
  });

  it('reads again after an interruption and detects deletions in the meantime', async () => {
    const { watch } = watchOf();
    await watch.start();
    gateway.breakWatches();
    await until(() => !watch.isCurrent());
    expect(observation(watch)).toEqual(['rootcoord']);
    expect(watch.why()).toBe(`etcd my-etcd:${gateway.port} cannot be watched: the connection was closed`);
    gateway.delete(`${PREFIX}rootcoord`);
    gateway.put(`${PREFIX}rootcoord-12`, '{}');
    await until(() => watch.isCurrent());
    expect(observation(watch)).toEqual(['rootcoord-12']);
  });

  it('resumes when etcd is available again and keeps its last observation', async () => {
    const { watch } = watchOf();
    await watch.start();
    await gateway.close();
    await until(() => watch.why().includes('ECONNREFUSED'));
    expect({ observation: observation(watch), isCurrent: watch.isCurrent() }).toEqual({
      observation: ['rootcoord'],
      isCurrent: false,
    });
    await gateway.listen();
    await until(() => watch.isCurrent());
    expect(watch.why()).toBe('');
  });

  it('ends when it is stopped and sends no requests afterwards', async () => {
    const { watch } = watchOf();
    await watch.start();
    watch.stop();
    const [before, changesBefore] = [gateway.requested.length, changes];
    gateway.put(`${PREFIX}proxy-1`, '{}');
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect([gateway.requested.length, changes, watch.isCurrent()]).toEqual([before, changesBefore, false]);
  });

  it('logs in and masks password and token', async () => {
    gateway.password = 'very-secret';
    const { watch } = watchOf(auth('very-secret'));
    await watch.start();
    expect(observation(watch)).toEqual(['rootcoord']);
    expect(hidden).toEqual(['very-secret', 'token-of-very-secret']);
  });

  it.each<[string, string, RegExp]>([
    [
      'a wrong password',
      auth('wrong'),
      /rejects the user and password of etcd.auth: etcdserver: authentication failed/,
    ],
    ['no user', '', /requires a user, but the configuration of Milvus has none/],
  ])('reports the reason after %s and does not retry', async (_, more, why) => {
    gateway.password = 'very-secret';
    const { watch } = watchOf(more);
    await watch.start();
    expect(watch.sessions()).toBeNull();
    expect(watch.why()).toMatch(why);
    const before = gateway.requested.length;
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(gateway.requested).toHaveLength(before);
  });

  it.each<[string, readonly [number, string], RegExp]>([
    [
      'an error of the server',
      [500, '{"error":"etcdserver: request timed out"}'],
      /it responded with 500: etcdserver: request timed out/,
    ],
    ['no leader', [503, ''], /it responded with 503: empty body/],
    [
      'a user without rights',
      [403, '{"error":"etcdserver: permission denied"}'],
      /the user of etcd.auth is not allowed to read the sessions/,
    ],
    ['an etcd without gateway', [404, '404 page not found'], /has no JSON gateway/],
    ['a web page', [203, '<html>'], /it responded with 203: <html>/],
  ])('reports the reason after %s', async (_, answer, why) => {
    gateway.fails.set('/v3/kv/range', answer);
    const { watch } = watchOf();
    await watch.start();
    expect(watch.why()).toMatch(why);
    expect(watch.isCurrent()).toBe(false);
  });

  it('resumes after a server error', async () => {
    gateway.fails.set('/v3/kv/range', [500, '']);
    const { watch } = watchOf();
    await watch.start();
    gateway.fails.clear();
    await until(() => watch.isCurrent());
    expect(observation(watch)).toEqual(['rootcoord']);
  });

  it('reports why the watch was cancelled and is not current', async () => {
    gateway.cancels = 'rpc error: code = PermissionDenied desc = etcdserver: permission denied';
    const { watch } = watchOf();
    await watch.start();
    expect({ observation: observation(watch), isCurrent: watch.isCurrent() }).toEqual({
      observation: ['rootcoord'],
      isCurrent: false,
    });
    expect(watch.why()).toContain('cannot be watched: it closed its watch: rpc error');
  });

  it('uses the first endpoint that answers', async () => {
    const { watch } = watchOf('', `gone:2379,my-etcd:1,my-etcd:${gateway.port}`);
    await watch.start();
    expect(observation(watch)).toEqual(['rootcoord']);
  });

  it('lists every endpoint that does not answer, grouped by reason', async () => {
    const { watch } = watchOf('', 'localhost:2379,gone:2379,127.0.0.1:2379,localhost:2380');
    await watch.start();
    expect(watch.why()).toBe(
      'etcd localhost:2379, localhost:2380 cannot be read: localhost is the Milvus pod itself, and no other process can connect to it. ' +
        'etcd gone:2379 cannot be read: the Service gone does not exist in the namespace milvus. ' +
        'etcd 127.0.0.1:2379 cannot be read: 127.0.0.1 is the Milvus pod itself, and no other process can connect to it',
    );
  });

  it('reports for an ambiguous name why each interpretation fails', async () => {
    const { watch } = watchOf('', 'my-etcd-0.gone.invalid:2379');
    await watch.start();
    expect(watch.why()).toMatch(
      /^etcd my-etcd-0.gone.invalid:2379 cannot be read: the Service gone does not exist in the namespace invalid; my-etcd-0.gone.invalid:2379 is outside the cluster, and this machine cannot connect to it \(\w+\)$/,
    );
  });

  it('sends nothing to a short name in the DNS of this machine when the login is not allowed to read the Service', async () => {
    const { watch } = watchOf('', `localhost.denied:${gateway.port}`);
    await watch.start();
    expect(watch.why()).toBe(
      `etcd localhost.denied:${gateway.port} cannot be read: services of the namespace milvus are denied to this login; grant \`get\` on \`services\` there (deploy/rbac/rolling.yaml)`,
    );
  });

  it('reports a server without TLS when TLS is required', async () => {
    const { watch } = watchOf(', ssl: {enabled: true}');
    await watch.start();
    expect(watch.why()).toMatch(/it does not use TLS, but etcd.ssl.enabled is set/);
  });

  it('names a file of etcd.ssl that cannot be read', async () => {
    const { watch } = watchOf(', ssl: {enabled: true, tlsCACert: /etc/ca.pem}');
    await watch.start();
    expect(watch.why()).toMatch(
      /its file \/etc\/ca.pem \(etcd.ssl.tlsCACert\) is not mounted into Milvus from a Secret or ConfigMap/,
    );
  });
});
