// The JSON gateway of etcd as an HTTP server in memory: range, watch and authenticate, and their failures.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { ApiException, type V1Service } from '@kubernetes/client-node';
import type { Cluster } from '../../src/kubernetes/client/cluster.js';
import { listen } from './listen.js';

const encode = (text: string): string => Buffer.from(text).toString('base64');
const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

interface Watched {
  readonly response: ServerResponse;
  readonly from: string;
  readonly to: string;
}

export class EtcdGateway {
  /** The path of every request, in order. */
  readonly requested: string[] = [];
  /** If set, a request without a valid token is rejected. */
  password = '';
  /** Answers these paths with a status and a text instead; 0 means no answer. */
  readonly fails = new Map<string, readonly [number, string]>();
  /** Watches are cancelled with this reason as soon as they are opened. */
  cancels = '';
  port = 0;
  readonly #keys = new Map<string, string>();
  readonly #leases = new Map<string, string>();
  readonly #watches = new Set<Watched>();
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));
  #revision = 100;

  async listen(): Promise<this> {
    this.port = await listen(this.#server, { port: this.port });
    return this;
  }

  /** Simulates a deleted pod: every connection is closed, and new ones are refused. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  put(key: string, value: string, lease = ''): void {
    this.#keys.set(key, value);
    this.#leases.set(key, lease);
    // The gateway omits zero values, for example the type PUT.
    this.#tell(key, { kv: { key: encode(key), value: encode(value) } });
  }

  delete(key: string): void {
    this.#keys.delete(key);
    this.#tell(key, { type: 'DELETE', kv: { key: encode(key) } });
  }

  /** Ends every watch; changes until the next watch are not reported. */
  breakWatches(): void {
    for (const { response } of this.#watches) response.destroy();
  }

  /** The next lines are sent in two chunks. */
  #tell(key: string, event: object): void {
    this.#revision += 1;
    for (const { response, from, to } of this.#watches) {
      if (key < from || key >= to) continue;
      const line = `${JSON.stringify({ result: { header: { revision: String(this.#revision) }, events: [event] } })}\n`;
      response.write(line.slice(0, 30));
      setTimeout(() => response.write(line.slice(30)), 20);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.requested.push(path);
    const [status, text] = this.fails.get(path) ?? [200, ''];
    if (status === 0) return;
    if (status !== 200) return void response.writeHead(status).end(text);
    const body = (await json(request)) as Record<string, never>;
    if (path === '/v3/auth/authenticate') return this.#authenticate(body, response);
    if (this.password !== '' && request.headers.authorization !== `token-of-${this.password}`)
      return void response
        .writeHead(400)
        .end('{"error":"etcdserver: user name is empty","code":3,"message":"etcdserver: user name is empty"}');
    if (path === '/v3/kv/range') return this.#range(body, response);
    if (path === '/v3/lease/revoke') return this.#revoke(body, response);
    this.#watch(body as never, response);
  }

  #authenticate({ password }: Record<string, string>, response: ServerResponse): void {
    const right = password === this.password;
    const failed = 'etcdserver: authentication failed, invalid user ID or password';
    response
      .writeHead(right ? 200 : 400)
      .end(
        JSON.stringify(
          right ? { header: {}, token: `token-of-${this.password}` } : { error: failed, code: 3, message: failed },
        ),
      );
  }

  #range({ key = '', range_end: end = '' }: Record<string, string>, response: ServerResponse): void {
    const found = [...this.#keys].filter(([stored]) => stored >= decode(key) && stored < decode(end));
    const kvs = found.map(([stored, value]) => ({
      key: encode(stored),
      ...(value === '' ? {} : { value: encode(value) }),
      ...(this.#leases.get(stored) ? { lease: this.#leases.get(stored) } : {}),
    }));
    response.end(JSON.stringify({ header: { revision: String(this.#revision) }, ...(kvs.length > 0 ? { kvs } : {}) }));
  }

  /** Deletes every key of the lease. */
  #revoke({ ID: lease = '' }: Record<string, string>, response: ServerResponse): void {
    for (const [key, of] of this.#leases) if (of === lease) this.delete(key);
    response.end('{"header":{}}');
  }

  #watch(
    {
      create_request: { key, range_end: end },
    }: { readonly create_request: { readonly key: string; readonly range_end: string } },
    response: ServerResponse,
  ): void {
    const cancelled = this.cancels === '' ? {} : { canceled: true, cancel_reason: this.cancels };
    response.write(`${JSON.stringify({ result: { header: {}, created: true, ...cancelled } })}\n`);
    const watched = { response, from: decode(key), to: decode(end) };
    this.#watches.add(watched);
    response.once('close', () => this.#watches.delete(watched));
  }
}

/**
 * A cluster in which these Services are external: their names resolve to an address of this machine. The Service
 * `denied` is forbidden. Counts the requests.
 */
export function clusterOfNames(...names: string[]): { readonly cluster: Cluster; readonly requested: string[] } {
  const requested: string[] = [];
  const readNamespacedService = ({ name }: { readonly name: string }): Promise<V1Service> => {
    requested.push(name);
    if (names.includes(name)) return Promise.resolve({ spec: { externalName: '127.0.0.1' } });
    return Promise.reject(
      name === 'denied' ? new ApiException(403, 'forbidden', '{}', {}) : new ApiException(404, 'not found', '{}', {}),
    );
  };
  return {
    cluster: { server: 'https://cluster.test', core: { readNamespacedService } } as unknown as Cluster,
    requested,
  };
}
