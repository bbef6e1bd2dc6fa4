// Stands between the action and the API server, so that a test can break every connection.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from '../fakes/listen.js';

export class Proxy {
  readonly kubeconfig: string;
  readonly #folder: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  private constructor(kubeconfig: string, folder: string, server: Server, sockets: Set<Socket>) {
    this.kubeconfig = kubeconfig;
    this.#folder = folder;
    this.#server = server;
    this.#sockets = sockets;
  }

  /** Makes a kubeconfig that leads through the proxy to the server that the given one names. */
  static async before(kubeconfig: string): Promise<Proxy> {
    const text = readFileSync(kubeconfig, 'utf8');
    const [address = '', host = '', port = ''] = /https:\/\/([\d.]+):(\d+)/.exec(text) ?? [];
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const upstream = connect(Number(port), host);
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy()).on('close', () => sockets.delete(from));
      }
    });
    await listen(server);
    const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
    const path = join(folder, 'kubeconfig');
    writeFileSync(path, text.replace(address, `https://127.0.0.1:${(server.address() as AddressInfo).port}`), { mode: 0o600 });
    return new Proxy(path, folder, server, sockets);
  }

  /** From now on nothing gets through, and nobody is told: as when a network dies. */
  freeze(): void {
    for (const socket of this.#sockets) socket.unpipe();
  }

  /** Breaks every connection there is; new ones are accepted. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
    rmSync(this.#folder, { recursive: true });
  }
}
