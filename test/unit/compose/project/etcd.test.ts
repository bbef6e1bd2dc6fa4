// The etcd of a project with TLS, client certificates and a user: a real TLS server, reached through a stand-in for
// docker that runs the commands of `docker exec` on this machine.
import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ProjectEtcd, type EtcdAddress } from '../../../../src/compose/project/etcd.js';
import type { ServiceObservation } from '../../../../src/core/compose/observation.js';
import type { Values } from '../../../../src/core/model/values.js';
import { composeConfig } from '../../../support/configs.js';
import { containerObservation, serviceObservation } from '../../../support/containers.js';
import { ANSWERS, DockerProgram } from '../../../support/docker-program.js';
import { EtcdGateway } from '../../../support/etcd-gateway.js';
import { listen } from '../../../support/listen.js';
import { makeCertificates } from '../../../lab/certificates.js';

const EXEC = '"exec c1") shift 2; exec "$@" ;;\n"exec --interactive") shift 3; exec "$@" ;;';
/** The helper container of a stopped one: the last argument is the path. */
const HELPER = '"run --rm") shift $(($# - 1)); exec cat "$1" ;;';

let directory = '';
let gateway: EtcdGateway;
let server: Server;
let port = 0;
let fake: DockerProgram;
const signal = new AbortController();
const secrets: string[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'etcd-tls-'));
  makeCertificates(directory, [{ name: 'server', names: 'IP:127.0.0.1' }]);
  const pem = (name: string): Buffer => readFileSync(join(directory, name));
  gateway = await new EtcdGateway().listen();
  gateway.password = 'hunter2';
  gateway.put(
    'by-dev/meta/session/rootcoord',
    JSON.stringify({ ServerID: 1, ServerName: 'rootcoord', Version: '2.2.9' }),
  );
  const options = { cert: pem('server.pem'), key: pem('key.pem'), ca: pem('authority.pem'), requestCert: true };
  server = createServer(options, (secure) => {
    const plain = connect({ host: '127.0.0.1', port: gateway.port });
    for (const [one, other] of [
      [secure, plain],
      [plain, secure],
    ] as const) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  port = await listen(server, { port: 0 });
});
afterAll(async () => {
  signal.abort();
  server.close();
  await gateway.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  secrets.length = 0;
  fake = new DockerProgram().program('docker', [ANSWERS, EXEC, HELPER].join('\n'));
});
afterEach(() => fake.remove());

const settings = (ssl: Values = {}): Values => ({
  etcd: {
    endpoints: `127.0.0.1:${port}`,
    auth: { enabled: 'true', userName: 'root', password: 'hunter2' },
    ssl: {
      enabled: 'true',
      tlsCert: join(directory, 'server.pem'),
      tlsKey: join(directory, 'key.pem'),
      tlsCACert: join(directory, 'authority.pem'),
      tlsMinVersion: '1.3',
      ...ssl,
    },
  },
});
const services = (state: 'running' | 'exited' = 'running'): ServiceObservation[] => [
  serviceObservation({ containers: [containerObservation({ state })] }),
];

async function etcdOf(from: Values, own = services()): Promise<{ etcd: ProjectEtcd; address: EtcdAddress }> {
  const etcd = new ProjectEtcd({
    docker: await fake.find(),
    config: composeConfig(),
    via: () => 'c1',
    addSecret: (secret) => void secrets.push(secret),
    signal: signal.signal,
    onChange: () => undefined,
  });
  return { etcd, address: await etcd.learn(from, own) };
}

describe('the etcd of a project with TLS', () => {
  it('is read with the certificates and the user of Milvus', async () => {
    const { etcd } = await etcdOf(settings());
    await etcd.startWatch();
    expect(etcd.read()).toMatchObject({ list: [{ role: 'rootcoord', version: '2.2.9' }] });
    etcd.stop();
    expect(secrets).toContain(readFileSync(join(directory, 'key.pem'), 'utf8'));
  });

  it('is read with the certificates of a stopped container, which a helper reads', async () => {
    const { etcd } = await etcdOf(settings(), services('exited'));
    await etcd.startWatch();
    expect(etcd.read()).toMatchObject({ list: [{ role: 'rootcoord' }] });
    etcd.stop();
    expect(fake.calls.filter((call) => call.includes('--volumes-from c1:ro'))).toHaveLength(3);
  });

  it.each<[string, Values, string]>([
    ['a file does not exist', { tlsKey: '/nowhere/key.pem' }, '/nowhere/key.pem (etcd.ssl.tlsKey) cannot be read in'],
    ['a file is not in PEM format', { tlsCACert: '/etc/hostname' }, 'it is not a file in PEM format'],
  ])('cannot be read if %s, and the reason is reported', async (_, ssl, reason) => {
    const { etcd, address } = await etcdOf(settings(ssl));
    expect(address.problem).toContain(reason);
    await etcd.startWatch();
    expect(etcd.read()).toMatchObject({ list: null, why: expect.stringContaining(reason) });
    etcd.stop();
  });

  it('is not read if its certificate is issued by another authority', async () => {
    const other = mkdtempSync(join(tmpdir(), 'etcd-other-'));
    makeCertificates(other, []);
    const { etcd } = await etcdOf(settings({ tlsCACert: join(other, 'authority.pem') }));
    await etcd.startWatch();
    expect(etcd.read()).toMatchObject({ list: null, why: expect.stringContaining('cannot be verified with the CA') });
    etcd.stop();
    rmSync(other, { recursive: true, force: true });
  });

  it('keeps its certificates while Milvus is stopped', async () => {
    const copy = join(directory, 'copy.pem');
    writeFileSync(copy, readFileSync(join(directory, 'server.pem')));
    const { etcd } = await etcdOf(settings({ tlsCert: copy }));
    unlinkSync(copy);
    expect((await etcd.learn(settings({ tlsCert: copy }), [])).problem).toBe('');
  });

  it('has no certificates if TLS is not enabled', async () => {
    const { address } = await etcdOf(settings({ enabled: 'false' }));
    expect(address).toMatchObject({ tls: null, problem: '' });
  });
});
