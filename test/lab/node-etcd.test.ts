// Sessions read from a real etcd in the node lab, through port-forwards of its API server: as an administrator, and
// with the permissions of deploy/rbac.
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { V1Deployment } from '@kubernetes/client-node';
import type { Cluster } from '../../src/kubernetes/client/cluster.js';
import { readEtcdConfig } from '../../src/kubernetes/etcd/config.js';
import { SessionWatch, type SessionWatchOptions } from '../../src/etcd/session-watch.js';
import { openConnection } from '../../src/kubernetes/etcd/connection.js';
import { EtcdStage } from './etcd-stage.js';
import { environment, lab } from './lab.js';

let stage: EtcdStage;
let changes = 0;
const watches: SessionWatch[] = [];
const hidden: string[] = [];

beforeAll(() => {
  lab('node', 'up');
  stage = new EtcdStage(`etcd-${process.pid}`, environment('node'));
  stage.plain();
}, 300_000);

afterEach(() => {
  for (const watch of watches.splice(0)) watch.stop();
});

afterAll(() => stage.remove(), 60_000);

const PLAIN = 'etcd: {endpoints: [meta-etcd:2379], rootPath: by-dev}';

function watchOf(
  yaml: string,
  { cluster = stage.admin(), deployment = null }: { cluster?: Cluster; deployment?: V1Deployment | null } = {},
): SessionWatch {
  const etcd = readEtcdConfig({ 'milvus.yaml': yaml }, deployment);
  const onChange = (): void => void (changes += 1);
  const open: SessionWatchOptions['open'] = (signal) =>
    openConnection({
      cluster,
      namespace: stage.namespace,
      etcd,
      addSecret: (secret) => void hidden.push(secret),
      signal,
    });
  const watch = new SessionWatch({ open, onChange });
  watches.push(watch);
  return watch;
}

const session = (name: string, id: number): string =>
  JSON.stringify({ ServerID: id, ServerName: name, Address: `10.244.0.9:2${id}`, Exclusive: true, Version: '2.2.16' });
const put = (key: string, value: string): string => stage.etcdctl('put', `by-dev/meta/session/${key}`, value);
const observation = (watch: SessionWatch): string =>
  (watch.sessions() ?? [])
    .map((session) => `${session.role} ${session.serverId} ${session.isActive ? 'active' : 'registered'}`)
    .join(', ');

/** The milliseconds until the condition is true. */
async function until(isSo: () => boolean, seconds: number, told: () => string): Promise<number> {
  const began = Date.now();
  while (!isSo()) {
    if (Date.now() - began > seconds * 1000) throw new Error(`not within ${seconds} s: ${told()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return Date.now() - began;
}

describe('the sessions in a real etcd', () => {
  it('are read through a port-forward, and every change is reported within two seconds', async () => {
    put('id', '13');
    put('rootcoord', session('rootcoord', 7));
    const watch = watchOf(PLAIN);
    await watch.start();
    expect({ why: watch.why(), isCurrent: watch.isCurrent(), observation: observation(watch) }).toEqual({
      why: '',
      isCurrent: true,
      observation: 'rootcoord 7 active',
    });
    const before = changes;
    put('rootcoord-12', session('rootcoord', 12));
    const told = await until(
      () => changes > before,
      2,
      () => watch.why(),
    );
    expect(observation(watch)).toBe('rootcoord 7 active, rootcoord 12 registered');
    stage.etcdctl('del', 'by-dev/meta/session/rootcoord');
    await until(
      () => observation(watch) === 'rootcoord 12 registered',
      2,
      () => observation(watch),
    );
    process.stdout.write(`told ${told} ms after etcdctl had ended\n`);
  });

  it('are read again after the pod of etcd was deleted, including changes in the meantime', async () => {
    const watch = watchOf(PLAIN);
    await watch.start();
    const before = observation(watch);
    const pod = stage.kubectl('get', 'pods', '-l', 'app=meta-etcd', '-o', 'name').trim();
    stage.kubectl('delete', pod, '--wait=false');
    await until(
      () => !watch.isCurrent(),
      20,
      () => 'it still says that it is current',
    );
    process.stdout.write(`told as lost: ${watch.why()}\n`);
    expect(watch.why()).toMatch(/^etcd meta-etcd:2379 cannot be (watched|read): /);
    expect(observation(watch)).toBe(before);
    stage.kubectl('wait', pod, '--for=delete', '--timeout=60s');
    stage.ready('meta-etcd');
    put('querynode-20', session('querynode', 20));
    const back = await until(
      () => watch.isCurrent() && observation(watch).includes('querynode 20 registered'),
      45,
      () => watch.why(),
    );
    process.stdout.write(`seen again ${back} ms after etcd was ready\n`);
  });

  it('are reported with the missing permission, and are read with deploy/rbac/rolling.yaml', async () => {
    const manifests = (name: string): object[] =>
      parseAllDocuments(readFileSync(`deploy/rbac/${name}.yaml`, 'utf8')).map((document) => document.toJS() as object);
    stage.apply(...(manifests('namespace') as { subjects?: { namespace?: string }[] }[]));
    const without = watchOf(PLAIN, { cluster: stage.account() });
    await without.start();
    expect(without.sessions()).toBeNull();
    expect(without.why()).toMatch(
      /^etcd meta-etcd:2379 cannot be read: pods\/portforward is denied to this login; grant `get` and `create` on `pods\/portforward`/,
    );
    stage.apply(...manifests('rolling'));
    const watch = watchOf(PLAIN, { cluster: stage.account() });
    await watch.start();
    expect({ why: watch.why(), isCurrent: watch.isCurrent() }).toEqual({ why: '', isCurrent: true });
  });

  it('are read with TLS, with the certificates in the Secret that Milvus mounts', async () => {
    stage.secure();
    stage.secureEtcdctl('put', 'by-dev/meta/session/datacoord', session('datacoord', 3));
    const ssl =
      'enabled: true, tlsCert: /milvus/tls/client.pem, tlsKey: /milvus/tls/key.pem, tlsCACert: /milvus/tls/authority.pem, tlsMinVersion: 1.3';
    const yaml = `etcd: {endpoints: [secure-etcd:12379], ssl: {${ssl}}}`;
    const watch = watchOf(yaml, { deployment: mounting('etcd-tls', '/milvus/tls') });
    await watch.start();
    expect({ why: watch.why(), observation: observation(watch) }).toEqual({
      why: '',
      observation: 'datacoord 3 active',
    });
    stage.secureEtcdctl('put', 'by-dev/meta/session/datanode-4', session('datanode', 4));
    await until(
      () => observation(watch).includes('datanode 4'),
      2,
      () => watch.why(),
    );
    expect(hidden.some((secret) => secret.includes('PRIVATE KEY'))).toBe(true);
    const stranger = watchOf(
      `etcd: {endpoints: [secure-etcd:12379], ssl: {enabled: true, tlsCACert: /milvus/tls/authority.pem}}`,
      {
        deployment: mounting('etcd-tls', '/milvus/tls'),
      },
    );
    await stranger.start();
    expect(stranger.sessions()).toBeNull();
    expect(stranger.why()).toMatch(/it requires a client certificate that it trusts/);
  });

  it('are read with user and password, and a wrong password is reported', async () => {
    stage.etcdctl('user', 'add', 'root:right-password');
    stage.etcdctl('user', 'grant-role', 'root', 'root');
    stage.etcdctl('auth', 'enable');
    const open = watchOf(PLAIN);
    await open.start();
    expect(open.why()).toMatch(/it requires a user/);
    const auth = (password: string): string =>
      `etcd: {endpoints: [meta-etcd.${stage.namespace}.svc.cluster.local:2379], auth: {enabled: true, userName: root, password: ${password}}}`;
    const wrong = watchOf(auth('wrong-password'));
    await wrong.start();
    expect(wrong.why()).toMatch(/rejects the user and password of etcd.auth/);
    expect(wrong.why()).not.toContain('wrong-password');
    const watch = watchOf(auth('right-password'));
    await watch.start();
    expect({ why: watch.why(), isCurrent: watch.isCurrent() }).toEqual({ why: '', isCurrent: true });
    const before = observation(watch);
    stage.etcdctl('--user', 'root:right-password', 'put', 'by-dev/meta/session/proxy-30', session('proxy', 30));
    await until(
      () => observation(watch) !== before,
      2,
      () => watch.why(),
    );
    expect(hidden).toEqual(expect.arrayContaining(['right-password', 'wrong-password']));
  });
});

/** A minimal Milvus Deployment with this mount. */
function mounting(secretName: string, mountPath: string): V1Deployment {
  const containers = [{ name: 'rootcoord', volumeMounts: [{ name: 'tls', mountPath }] }];
  return {
    spec: { selector: {}, template: { spec: { containers, volumes: [{ name: 'tls', secret: { secretName } }] } } },
  };
}
