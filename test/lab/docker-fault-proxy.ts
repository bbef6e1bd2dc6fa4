// A Unix socket in front of the Docker daemon that disturbs the n-th connection, or all of them from a moment on: the
// docker CLI opens one or two for each command.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JoinedSockets } from './joined-sockets.js';

/**
 * `fail` answers with status 500; `reset` forwards the request and closes the connection before the response; `freeze`
 * never answers; `hang` never answers on this connection and on every later one.
 */
export type ConnectionFault = 'fail' | 'reset' | 'freeze' | 'hang';

/** The faults of a single connection. */
export const CONNECTION_FAULTS: readonly ConnectionFault[] = ['fail', 'reset', 'freeze'];

const DAEMON = '/var/run/docker.sock';
const BODY = JSON.stringify({ message: 'daemon is broken' });
const FAILED = `HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`;

export class DockerFaultProxy extends JoinedSockets {
  /** The value for `docker-host`. */
  readonly address: string;
  /** Resolves when the first connection is disturbed. */
  readonly disturbed: Promise<void>;
  readonly #directory = mkdtempSync(join(tmpdir(), 'docker-'));
  readonly #server: Server;
  /** Connections that are never answered. */
  readonly #held = new Set<Socket>();
  readonly #fault: ConnectionFault;
  readonly #nth: number;
  #connections = 0;
  #tellDisturbed: () => void = () => undefined;
  private constructor(fault: ConnectionFault, nth: number) {
    super();
    this.#fault = fault;
    this.#nth = nth;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
    this.address = `unix://${join(this.#directory, 'docker.sock')}`;
    this.disturbed = new Promise((resolve) => (this.#tellDisturbed = resolve));
  }

  /** With `nth` 0, no connection is disturbed. */
  static async start(fault: ConnectionFault = 'freeze', nth = 0): Promise<DockerFaultProxy> {
    const proxy = new DockerFaultProxy(fault, nth);
    const path = join(proxy.#directory, 'docker.sock');
    await new Promise<void>((resolve, reject) => proxy.#server.once('error', reject).listen(path, resolve));
    return proxy;
  }

  /** The number of connections so far. */
  connections(): number {
    return this.#connections;
  }

  override cut(): void {
    super.cut();
    for (const socket of this.#held) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #accept(client: Socket): void {
    this.#connections += 1;
    const fault = this.#faultOf(this.#connections);
    client.on('error', () => client.destroy());
    if (fault) this.#tellDisturbed();
    if (fault === 'freeze' || fault === 'hang') {
      this.#held.add(client);
      client.on('close', () => this.#held.delete(client));
    } else if (fault === 'fail') client.once('data', () => client.end(FAILED));
    else this.#join(client, connect({ path: DAEMON, allowHalfOpen: true }), fault === 'reset');
  }

  #faultOf(connection: number): ConnectionFault | null {
    if (this.#nth === 0) return null;
    const isDisturbed = this.#fault === 'hang' ? connection >= this.#nth : connection === this.#nth;
    return isDisturbed ? this.#fault : null;
  }

  #join(client: Socket, daemon: Socket, isReset: boolean): void {
    const pairs = [[client, daemon] as const, ...(isReset ? [] : [[daemon, client] as const])];
    for (const [from, to] of pairs) {
      this.add(from, to);
      from.on('error', () => from.destroy()).on('close', () => to.destroy());
    }
    if (isReset) daemon.on('error', () => client.destroy()).once('data', () => client.destroy());
  }
}
