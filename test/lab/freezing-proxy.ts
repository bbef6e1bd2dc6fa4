// Stands between the action and the API server, and freezes one connection, by its number: nothing more gets through, and neither side is told.
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
  /** From this connection on nothing gets through; never, unless it is set. */
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

  /** How many connections there were since the last call of freezeAt. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Counts anew; resolves when the nth connection has come, which is frozen, with all that follow it. */
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
