import { connect, createServer, type AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EtcdClient } from '../../../src/etcd/etcd-client.js';
import { EtcdGateway } from '../../support/etcd-gateway.js';
import { listen } from '../../support/listen.js';

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
  return new EtcdClient(
    { dial: dialled, host: 'my-etcd', port: 2379, tls: null, signal: end.signal, milliseconds: 300 },
    () => undefined,
  );
}

const watching = (onOpen = (): void => undefined) => ({ prefix: 'a/', after: 1n, onOpen, onChange: () => undefined });

describe('the etcd client', () => {
  it('reads only the keys with a prefix, including empty and non-ASCII values', async () => {
    for (const [key, value] of [
      ['a', 'x'],
      ['a/1', ''],
      ['a/2', 'grün'],
      ['a0', 'x'],
    ] as const)
      gateway.put(key, value);
    expect(await client().range('a/')).toEqual({
      pairs: [
        { key: 'a/1', value: '', lease: '0' },
        { key: 'a/2', value: 'grün', lease: '0' },
      ],
      revision: 104n,
    });
  });

  it('times out on a server that does not respond, and leaves no connection open', async () => {
    gateway.fails.set('/v3/kv/range', [0, '']);
    await expect(client().range('a/')).rejects.toThrow('it did not respond within 0.3 s');
    expect(sockets.map((socket) => socket.destroyed)).toEqual([true]);
  });

  it('times out on a watch that is never opened', async () => {
    gateway.fails.set('/v3/watch', [0, '']);
    await expect(client().watch(watching())).rejects.toThrow('it did not respond within 0.3 s');
  });

  it('closes each connection after its response', async () => {
    const one = client();
    await one.range('a/');
    await one.range('a/');
    expect(sockets).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sockets.map((socket) => socket.destroyed)).toEqual([true, true]);
  });

  it('cancels a request and a watch when the run ends', async () => {
    gateway.fails.set('/v3/kv/range', [0, '']);
    const one = client();
    const requested = one.range('a/');
    const watched = one.watch(watching(() => end.abort()));
    await expect(watched).rejects.toThrow('the request was cancelled');
    await expect(requested).rejects.toThrow('the request was cancelled');
  });

  it('closes a connection that is not a socket, to a server that would keep it open', async () => {
    const keeping = createServer((socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}')),
    );
    await listen(keeping);
    const socket = connect((keeping.address() as AddressInfo).port, '127.0.0.1');
    const one = client(() => Duplex.from({ readable: socket, writable: socket }));
    await expect(one.range('a/')).rejects.toThrow(
      'the server at this address is not etcd: its response has no revision',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([sockets[0]?.destroyed, socket.destroyed]).toEqual([true, true]);
    keeping.close();
  });

  it('closes a connection that is opened after the timeout', async () => {
    const late = connect(gateway.port, '127.0.0.1');
    const dial = (): Promise<Duplex> => new Promise((resolve) => setTimeout(() => resolve(late), 400));
    const one = new EtcdClient(
      { dial, host: 'my-etcd', port: 2379, tls: null, signal: end.signal, milliseconds: 200 },
      () => undefined,
    );
    await expect(one.range('a/')).rejects.toThrow('it did not respond within 0.2 s');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(late.destroyed).toBe(true);
    expect(gateway.requested).toEqual([]);
  });

  it('reports a connection that fails before it is used', async () => {
    const broken = (): Duplex => connect(gateway.port, '127.0.0.1').destroy(new Error('broken'));
    await expect(client(broken).range('a/')).rejects.toThrow();
  });
});
