// A proxy between the action and the API server, with which a test can close every connection.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from '../support/listen.js';

export class Proxy {
  readonly kubeconfig: string;
  readonly #directory: string;
  readonly #server: Server;
  /** Each connection with its peer. */
  readonly #sockets = new Map<Socket, Socket>();
  #isFrozen = false;
  private constructor(kubeconfig: string, directory: string, server: Server) {
    this.kubeconfig = kubeconfig;
    this.#directory = directory;
    this.#server = server;
  }

  /** Creates a kubeconfig that reaches the server of the given kubeconfig through the proxy. */
  static async before(kubeconfig: string): Promise<Proxy> {
    const text = readFileSync(kubeconfig, 'utf8');
    const [address = '', host = '', port = ''] = /https:\/\/([\d.]+):(\d+)/.exec(text) ?? [];
    const server = createServer();
    await listen(server);
    const directory = mkdtempSync(join(tmpdir(), 'proxy-'));
    const path = join(directory, 'kubeconfig');
    writeFileSync(path, text.replace(address, `https://127.0.0.1:${(server.address() as AddressInfo).port}`), {
      mode: 0o600,
    });
    const proxy = new Proxy(path, directory, server);
    server.on('connection', (client) => proxy.#join(client, connect(Number(port), host)));
    return proxy;
  }

  #join(client: Socket, upstream: Socket): void {
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.set(from, to);
      if (!this.#isFrozen) from.pipe(to);
      from.on('error', () => to.destroy()).on('close', () => this.#sockets.delete(from));
    }
  }

  /** From now on nothing is forwarded, without an error: simulates a network failure. */
  freeze(): void {
    this.#isFrozen = true;
    for (const socket of this.#sockets.keys()) socket.unpipe();
  }

  /** Ends the network failure, and delivers delayed data, also of programs that have ended in the meantime. */
  thaw(): void {
    this.#isFrozen = false;
    for (const [from, to] of this.#sockets) from.pipe(to);
  }

  /** Closes every connection; new ones are accepted. */
  cut(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
    rmSync(this.#directory, { recursive: true });
  }
}
