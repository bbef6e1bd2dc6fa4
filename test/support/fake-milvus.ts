// A Milvus in memory that answers over HTTP: the REST API v2 on one port, and the API of the management port on
// another one, as different versions do.
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { clientPort } from './fake-milvus-grpc.js';
import { answerManagement } from './fake-milvus-management.js';
import { answerRest } from './fake-milvus-rest.js';

export interface FakeCollection {
  readonly database?: string;
  readonly name: string;
  /** Type of the primary key. */
  readonly key: 'Int64' | 'VarChar';
  /** Keys as JSON text, so that large integers stay exact. */
  rows: readonly string[];
  partitions: readonly string[];
  aliases: readonly string[];
  indexes: readonly { readonly name: string; readonly type: string; readonly metric: string }[];
  loaded: boolean;
  /** The names of the primary key and the vector; `pk` and `vec` by default. */
  readonly fields?: { readonly primary: string; readonly vector: string };
  /** Rows that were deleted and are still in the statistics. */
  readonly deleted?: number;
}

export interface FakeMilvusState {
  collections: FakeCollection[];
  databases: readonly string[];
  users: Readonly<Record<string, readonly string[]>>;
  /** Grants by role. */
  roles: Readonly<
    Record<string, readonly { readonly objectType: string; readonly objectName: string; readonly privilege: string }[]>
  >;
  /** The only accepted token; empty if no credentials are required. */
  token: string;
  /** Which APIs the version offers. */
  offers: readonly ('rest' | 'management' | 'grpc')[];
  /** Requests that fail, by a part of their path. */
  failing: string;
  /** False before count(*) existed. */
  counts: boolean;
}

export function threeCollections(): FakeCollection[] {
  const indexes = [{ name: 'ix', type: 'FLAT', metric: 'L2' }];
  const common = { partitions: ['_default'], aliases: [], indexes, loaded: true };
  return [
    { name: 'exact', key: 'Int64', rows: ['9007199254740993', '9007199254740994', '-5'], ...common },
    { name: 'people', key: 'VarChar', rows: ['"a@example.com"', '"b\\"@example.com"'], ...common },
    {
      ...common,
      name: 'parts',
      key: 'Int64',
      rows: ['1', '2'],
      partitions: ['_default', 'p2024'],
      aliases: ['current'],
      loaded: false,
    },
  ];
}

export class FakeMilvus {
  readonly state: FakeMilvusState;
  /** Method and path of each request. */
  readonly requests: string[] = [];
  /** The largest number of requests at the same time. */
  mostAtOnce = 0;
  connections = 0;
  /** Called before each answer. */
  onRequest: () => void = () => undefined;
  #active = 0;
  readonly #servers: readonly (Server | NetServer)[];
  readonly #sockets = new Set<Socket>();
  /** `tls` is for the port of the clients. */
  constructor(
    changes: Partial<FakeMilvusState> = {},
    tls: { readonly key: string; readonly cert: string } | null = null,
  ) {
    this.state = {
      collections: threeCollections(),
      databases: ['default'],
      users: { root: ['admin'], alice: ['reader'] },
      roles: { admin: [], reader: [{ objectType: 'Collection', objectName: 'exact', privilege: 'Query' }] },
      token: '',
      offers: ['rest', 'management', 'grpc'],
      failing: '',
      counts: true,
      ...changes,
    };
    this.#servers = (['rest', 'management'] as const).map((api) => {
      const listener: RequestListener = (request, response) => {
        void this.#answer(api, request).then(({ status, text }) => {
          response.writeHead(status, { 'Content-Type': 'application/json' });
          response.end(text);
        });
      };
      const server = api === 'rest' && tls ? createSecureServer(tls, listener) : createServer(listener);
      const onCall = (method: string): void => void this.requests.push(`gRPC ${method}`);
      return api === 'rest' && !tls ? clientPort(server, this.state, onCall) : server;
    });
    for (const server of this.#servers)
      server.on('connection', (socket: Socket) => {
        this.connections += 1;
        this.#sockets.add(socket);
      });
  }

  async listen(): Promise<this> {
    await Promise.all(
      this.#servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))),
    );
    return this;
  }

  /** Connects to the port of the clients or to the management port. */
  dial = (port: number): Promise<Duplex> => {
    const server = this.#servers[port === 9091 ? 1 : 0];
    return new Promise((resolve, reject) => {
      const socket: Socket = connect((server?.address() as AddressInfo).port, '127.0.0.1');
      socket.once('connect', () => resolve(socket));
      socket.once('error', reject);
    });
  };

  /** The port of the clients. */
  port(): number {
    return (this.#servers[0]?.address() as AddressInfo).port;
  }

  close(): void {
    for (const server of this.#servers) {
      server.close();
    }
    for (const socket of this.#sockets) socket.destroy();
  }

  async #answer(api: 'rest' | 'management', request: IncomingMessage): Promise<{ status: number; text: string }> {
    this.#active += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#active);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    this.#active -= 1;
    const path = request.url ?? '';
    this.requests.push(`${request.method} ${path}`);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Readonly<Record<string, unknown>>;
    this.onRequest();
    if (!this.state.offers.includes(api)) return { status: 404, text: '404 page not found' };
    if (this.state.failing !== '' && path.includes(this.state.failing)) return { status: 500, text: '{}' };
    const answer = {
      method: request.method ?? '',
      path,
      body,
      token: (request.headers.authorization ?? '').replace('Bearer ', ''),
    };
    return api === 'rest' ? answerRest(this.state, answer) : answerManagement(this.state, answer);
  }
}
