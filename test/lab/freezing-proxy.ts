// A proxy between the action and the API server that freezes one connection, by its number: nothing is forwarded any
// longer, and neither side is notified.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class FreezingProxy {
  readonly kubeconfig: string;
  readonly #directory: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #upstream: { readonly host: string; readonly port: number };
  /** Nothing is forwarded from this connection on; without a value, everything is forwarded. */
  #from = Number.POSITIVE_INFINITY;
  #accepted = 0;
  #frozen: () => void = () => undefined;
  private constructor(kubeconfig: string, directory: string, upstream: { host: string; port: number }) {
    this.kubeconfig = kubeconfig;
    this.#directory = directory;
    this.#upstream = upstream;
    this.#server = createServer((client) => this.#accept(client));
  }

  static async before(kubeconfig: string): Promise<FreezingProxy> {
    const text = readFileSync(kubeconfig, 'utf8');
    const [address = '', host = '', port = ''] = /https:\/\/([\d.]+):(\d+)/.exec(text) ?? [];
    const directory = mkdtempSync(join(tmpdir(), 'freezing-'));
    const proxy = new FreezingProxy(join(directory, 'kubeconfig'), directory, { host, port: Number(port) });
    await new Promise<void>((resolve, reject) => proxy.#server.once('error', reject).listen(0, '127.0.0.1', resolve));
    const own = `https://127.0.0.1:${(proxy.#server.address() as AddressInfo).port}`;
    writeFileSync(proxy.kubeconfig, text.replace(address, own), { mode: 0o600 });
    return proxy;
  }

  /** The number of connections since the last call of freezeAt. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Restarts the count; resolves at the nth connection. That connection and all later ones are frozen. */
  freezeAt(nth: number): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#accepted = 0;
    this.#from = nth;
    return new Promise((resolve) => (this.#frozen = resolve));
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    rmSync(this.#directory, { recursive: true });
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    this.#keep(client);
    if (this.#accepted >= this.#from) return this.#frozen();
    const upstream = this.#keep(connect(this.#upstream.port, this.#upstream.host));
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
