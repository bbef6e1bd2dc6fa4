import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectTo, type Connection } from '../../../src/etcd/connect.js';
import { SessionReader } from '../../../src/etcd/session-reader.js';
import { EtcdGateway } from '../../support/etcd-gateway.js';

const PREFIX = 'by-dev/meta/session/';
let gateway: EtcdGateway;
let reader: DirectReader;

class DirectReader extends SessionReader {
  protected open(signal: AbortSignal): Promise<Connection> {
    const dial = () => Promise.resolve(connect(gateway.port, '127.0.0.1'));
    const options = { dial, host: 'my-etcd', port: 2379, tls: null, signal };
    const login = { user: null, addSecret: () => undefined };
    return connectTo({ endpoint: 'my-etcd:2379', sessionPrefix: PREFIX }, options, login);
  }
}

const session = (address: string): string => JSON.stringify({ ServerName: 'querynode', Address: address });

beforeEach(async () => {
  gateway = await new EtcdGateway().listen();
  gateway.put(`${PREFIX}querynode-1`, session('10.0.0.1:21123'), '11');
  gateway.put(`${PREFIX}querynode-2`, session('10.0.0.12:21123'), '12');
  gateway.put(`${PREFIX}querynode-3`, session('10.0.0.1:21124'));
  gateway.put('by-dev/meta/other', session('10.0.0.1:1'), '13');
  reader = new DirectReader({ signal: new AbortController().signal, onChange: () => undefined });
});
afterEach(async () => {
  reader.stop();
  await gateway.close();
});

const addresses = (): unknown => reader.read()?.list?.map(({ address }) => address);

describe('the session reader', () => {
  it('has no sessions before its watch is started and after it is stopped', async () => {
    expect(reader.read()).toBeUndefined();
    await reader.startWatch();
    expect(addresses()).toEqual(['10.0.0.1:21123', '10.0.0.12:21123', '10.0.0.1:21124']);
    reader.stop();
    expect(reader.read()).toBeUndefined();
  });

  it('revokes only leases of sessions of the given hosts, each after proof of the lock', async () => {
    const before: string[][] = [];
    await reader.revoke(['10.0.0.1'], () => Promise.resolve(before.push([...gateway.requested])));
    expect(before).toEqual([['/v3/kv/range']]);
    await reader.startWatch();
    expect(addresses()).toEqual(['10.0.0.12:21123', '10.0.0.1:21124']);
    expect(gateway.requested.filter((path) => path === '/v3/lease/revoke')).toHaveLength(1);
  });

  it('revokes only the given sessions, not those of a process that has their key or address by now', async () => {
    const others = [{ serverId: 99 }, { address: '10.0.0.12:1' }, { key: 'by-dev/meta/session/other' }];
    await reader.startWatch();
    const [first] = reader.read()?.list ?? [];
    if (!first) throw new Error('no session was found');
    await reader.revokeSessions(
      others.map((other) => ({ ...first, ...other })),
      () => Promise.resolve(),
    );
    expect(gateway.requested.filter((path) => path === '/v3/lease/revoke')).toEqual([]);
    await reader.revokeSessions([first], () => Promise.resolve());
    expect(gateway.requested.filter((path) => path === '/v3/lease/revoke')).toHaveLength(1);
  });

  it('revokes nothing once the lock is lost', async () => {
    await expect(reader.revoke(['10.0.0.1'], () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    expect(gateway.requested).toEqual(['/v3/kv/range']);
  });
});
