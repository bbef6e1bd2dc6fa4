// An HTTP server that imitates an API server. The test provides a function that answers each request; the server
// records what it receives.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clusterOf } from '../../src/kubernetes/client/connect.js';
import type { Cluster } from '../../src/kubernetes/client/cluster.js';
import type { Access } from '../../src/core/config/access.js';
import { LoginConfig, type LoginOptions } from '../../src/kubernetes/client/login-config.js';
import { NO_LIMIT } from '../../src/run/deadline.js';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly authorization: string;
  readonly body: string;
}

export type Handler = (response: ServerResponse, received: Received, nth: number) => void;

export class ApiServer {
  readonly received: Received[] = [];
  handler: Handler;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  constructor(handler: Handler) {
    this.handler = handler;
  }

  static async start(
    handler: Handler = (response) => json(response, 404, { kind: 'Status', message: 'not found' }),
  ): Promise<ApiServer> {
    const server = new ApiServer(handler);
    await new Promise<void>((resolve, reject) => server.#server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Such as `GET /api/v1/namespaces/milvus/pods`. */
  requested(): string[] {
    return this.received.map(({ method, url }) => `${method} ${url.split('?', 1).join('')}`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const received = {
      method: request.method ?? '',
      url: request.url ?? '',
      authorization: request.headers.authorization ?? '',
      body,
    };
    this.received.push(received);
    this.handler(response, received, this.received.length);
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function list(items: unknown, kind = 'PodList'): object {
  return { kind, apiVersion: 'v1', metadata: { resourceVersion: '7' }, items };
}

function accessTo(url: string, user: Readonly<Record<string, unknown>> = { token: 'a-token' }): Access {
  const chosen = {
    context: 'test',
    cluster: { name: 'test', body: { server: url, 'insecure-skip-tls-verify': true }, directory: '' },
    user: { name: 'test', body: user, directory: '' },
  };
  return {
    kubeconfig: null,
    context: null,
    insecure: true,
    chosen,
    addSecret: () => undefined,
    env: { PATH: process.env.PATH },
  } as unknown as Access;
}

export interface TestLogin extends Partial<LoginOptions> {
  readonly user?: Readonly<Record<string, unknown>>;
  readonly retries?: string[];
}

/** A valid lock. */
const HELD = { prove: () => Promise.resolve(NO_LIMIT) };

/** A cluster client for the server, with a valid lock. Waits between two attempts take no time and are recorded. */
export function clusterAt(url: string, { user, retries = [], ...options }: TestLogin = {}): Cluster {
  const patience = { tries: 5, milliseconds: 10_000, final: new Set<string>() };
  const onRetry = (message: string): void => void retries.push(message);
  return clusterOf(
    new LoginConfig(accessTo(url, user), {
      signal: NO_LIMIT,
      onRetry,
      patience,
      fence: { current: HELD },
      pause: () => Promise.resolve(),
      ...options,
    }),
  );
}
