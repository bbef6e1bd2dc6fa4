// Sends HTTP requests to one port of Milvus, over connections that a platform opens. A connection is reused, because
// each of them may be a port-forward or a process.
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { isIP } from 'node:net';
import { isRecord, type JsonRecord } from '../core/lib/json.js';
import { parseExactJson } from '../core/lib/exact-json.js';
import { limited } from '../etcd/limited.js';
import { openSocket } from '../etcd/open-socket.js';
import { MilvusError, toMilvusError } from './milvus-error.js';
import { Slots } from './slots.js';

export interface Tls {
  /** PEM; null for the certificates that Node.js trusts. */
  readonly ca: string | null;
  /** The name in the certificate; empty if it is not known, because the connection is a port-forward. */
  readonly host: string;
}

export interface HttpOptions {
  readonly dial: () => Promise<Duplex>;
  readonly port: number;
  readonly tls: Tls | null;
  /** `user:password` or an API key; empty for none. Sent in a header only. */
  readonly token: string;
  readonly signal: AbortSignal;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** Integers that are not safe in JavaScript are text. */
  readonly body: JsonRecord;
}

/** The number of requests at the same time. */
export const MAX_PARALLEL = 8;
const REQUEST_MILLISECONDS = 10_000;
/** For all responses together. */
const MAX_BYTES = 16 << 20;

/** What the agent calls on an idle socket. A port-forward has none of these. */
const SOCKET_METHODS = ['setKeepAlive', 'setTimeout', 'ref', 'unref'];

/** Keeps the connections that the platform has opened. */
class DialAgent extends Agent {
  readonly #open: () => Promise<Duplex>;
  constructor(open: () => Promise<Duplex>) {
    super({ keepAlive: true, maxSockets: MAX_PARALLEL, maxFreeSockets: MAX_PARALLEL });
    this.#open = open;
  }

  override createConnection(...[, done]: Parameters<Agent['createConnection']>): undefined {
    this.#open().then(
      (stream) => done?.(null, likeSocket(stream)),
      (error: unknown) => done?.(error as Error, undefined as unknown as Duplex),
    );
  }
}

function likeSocket(stream: Duplex): Duplex {
  const missing = SOCKET_METHODS.filter((name) => !(name in stream));
  return Object.assign(stream, Object.fromEntries(missing.map((name) => [name, () => stream])));
}

export class MilvusHttp {
  readonly #options: HttpOptions;
  readonly #agent: DialAgent;
  readonly #slots = new Slots(MAX_PARALLEL);
  #bytes = 0;
  constructor(options: HttpOptions) {
    this.#options = options;
    this.#agent = new DialAgent(async () => openSocket(await options.dial(), tlsOptions(options.tls)));
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Returns every response that is JSON, whatever its status. Throws MilvusError. */
  send(requested: HttpRequest): Promise<HttpAnswer> {
    return this.#slots.run(() => this.#send(requested));
  }

  async #send({ method, path, body }: HttpRequest): Promise<HttpAnswer> {
    const { token, port, signal } = this.#options;
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      ...(token === '' ? {} : { Authorization: `Bearer ${token}` }),
    };
    const options = { agent: this.#agent, host: 'localhost', port, method, path, headers };
    try {
      return await limited({ milliseconds: REQUEST_MILLISECONDS, signal }, async (hold) => {
        const response = await new Promise<IncomingMessage>((resolve, reject) => {
          const sent: ClientRequest = request(options, resolve);
          hold(sent);
          sent.on('error', reject);
          sent.end(body);
        });
        return { status: response.statusCode ?? 0, body: await this.#read(response) };
      });
    } catch (error) {
      if (error instanceof MilvusError) throw error;
      throw explain(error, port);
    }
  }

  async #read(response: IncomingMessage): Promise<JsonRecord> {
    response.setEncoding('utf8');
    let text = '';
    for await (const chunk of response as AsyncIterable<string>) {
      text += chunk;
      this.#bytes += Buffer.byteLength(chunk);
      if (this.#bytes > MAX_BYTES) throw new MilvusError('rejected', 'its responses are too large');
    }
    const body = parseExactJson(text);
    return isRecord(body) ? body : {};
  }
}

/** The options of a TLS connection; null without TLS. `protocols` are those of ALPN. */
export function tlsOptions(tls: Tls | null, protocols: string[] = []): ConnectionOptions | null {
  if (!tls) return null;
  const { ca, host } = tls;
  return {
    ...(ca === null ? {} : { ca }),
    ...(protocols.length === 0 ? {} : { ALPNProtocols: protocols }),
    ...(host !== '' && isIP(host) === 0 ? { servername: host } : {}),
    // The name of a forwarded port is not known; the given authority still has to have signed the certificate.
    ...(host === '' ? { checkServerIdentity: () => undefined } : { host }),
  };
}

function explain(error: unknown, port: number): MilvusError {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (/^HPE_/.test(code))
    return new MilvusError(
      'unreachable',
      `port ${port} does not answer in HTTP; if Milvus uses TLS, set milvus-ca-certificate`,
    );
  if (/CERT|SIGNATURE|_CA$|ALTNAME/.test(code))
    return new MilvusError('unreachable', `its certificate cannot be verified: ${code}`);
  if (/^(ERR_SSL|EPROTO)/.test(code)) return new MilvusError('unreachable', `it does not use TLS: ${code}`);
  if (code === 'ECONNRESET')
    return new MilvusError('unreachable', 'it closed the connection; if Milvus uses TLS, set milvus-ca-certificate');
  return toMilvusError(error);
}
