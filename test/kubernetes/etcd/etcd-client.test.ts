import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EtcdClient } from '../../../src/kubernetes/etcd/etcd-client.js';
import { EtcdGateway } from '../../fakes/etcd-gateway.js';

let gateway: EtcdGateway;
let sockets: Duplex[];
let end: AbortController;

beforeEach(async () => {
  gateway = await new EtcdGateway().listen();
  [sockets, end] = [[], new AbortController()];
});
afterEach(() => gateway.close());

function client(dial = (): Duplex => connect(gateway.port, '127.0.0.1')): EtcdClient {
  const dialled = (): Promise<Duplex> => {
    sockets.push(dial());
    return Promise.resolve(sockets.at(-1)!);
  };
  return new EtcdClient({ dial: dialled, host: 'my-etcd', port: 2379, tls: null, signal: end.signal, milliseconds: 300 }, () => undefined);
}

const watching = (onOpen = (): void => undefined) => ({ prefix: 'a/', after: 1n, onOpen, onChange: () => undefined });

describe('the client of etcd', () => {
  it('reads what is below a prefix and nothing beside it, values that are empty or no ASCII included', async () => {
    for (const [key, value] of [
      ['a', 'x'],
      ['a/1', ''],
      ['a/2', 'grün'],
      ['a0', 'x'],
    ] as const)
      gateway.put(key, value);
    expect(await client().range('a/')).toEqual({
      pairs: [
        { key: 'a/1', value: '' },
        { key: 'a/2', value: 'grün' },
      ],
      revision: 104n,
    });
  });

  it('gives up on a server that does not answer, and leaves no connection open', async () => {
    gateway.fails.set('/v3/kv/range', [0, '']);
    await expect(client().range('a/')).rejects.toThrow('it did not answer within 0.3 s');
    expect(sockets.map((each) => each.destroyed)).toEqual([true]);
  });

  it('gives up on a watch that is never opened', async () => {
    gateway.fails.set('/v3/watch', [0, '']);
    await expect(client().watch(watching())).rejects.toThrow('it did not answer within 0.3 s');
  });

  it('closes each connection after its answer', async () => {
    const one = client();
    await one.range('a/');
    await one.range('a/');
    expect(sockets).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sockets.map((each) => each.destroyed)).toEqual([true, true]);
  });

  it('ends a request and a watch when the run is over', async () => {
    gateway.fails.set('/v3/kv/range', [0, '']);
    const one = client();
    const asked = one.range('a/');
    const watched = one.watch(watching(() => end.abort()));
    await expect(watched).rejects.toThrow('no longer asked');
    await expect(asked).rejects.toThrow('no longer asked');
  });

  it('survives a connection that breaks before it is used', async () => {
    const broken = (): Duplex => connect(gateway.port, '127.0.0.1').destroy(new Error('broken'));
    await expect(client(broken).range('a/')).rejects.toThrow();
  });
});
