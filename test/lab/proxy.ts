// A proxy between the action and the API server, with which a test can close every connection.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from '../support/listen.js';
import { JoinedSockets } from './joined-sockets.js';

export class Proxy extends JoinedSockets {
  readonly kubeconfig: string;
  readonly #directory: string;
  readonly #server: Server;
  private constructor(kubeconfig: string, directory: string, server: Server) {
    super();
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
      this.add(from, to);
      from.on('error', () => to.destroy());
    }
  }

  close(): void {
    this.cut();
    this.#server.close();
    rmSync(this.#directory, { recursive: true });
  }
}
