// Calls methods of the gRPC service of Milvus (github.com/grpc/grpc doc/PROTOCOL-HTTP2.md), over a connection that a
// platform opens. Only for what older versions do not offer over HTTP.
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { protoText } from '../core/lib/protobuf.js';
import { limited } from '../etcd/limited.js';
import { MilvusError, toMilvusError } from './milvus-error.js';

export interface GrpcOptions {
  /** Opens a connection, with TLS if Milvus uses it. */
  readonly open: () => Promise<Duplex>;
  readonly token: string;
  readonly signal: AbortSignal;
}

const SERVICE = '/milvus.proto.milvus.MilvusService/';
const CALL_MILLISECONDS = 10_000;
const MAX_BYTES = 4 << 20;
/** A flag and the length of a message. */
const PREFIX_BYTES = 5;
/** google.golang.org/grpc/codes. */
const UNAUTHENTICATED: ReadonlySet<string> = new Set(['7', '16']);
const UNIMPLEMENTED = '12';
/** Status of each response of Milvus (milvus-proto common.proto): its field 1, and the reason in field 2. */
const STATUS_FIELD = 1;

export class MilvusGrpc {
  readonly #options: GrpcOptions;
  #session: Promise<ClientHttp2Session> | null = null;
  constructor(options: GrpcOptions) {
    this.#options = options;
  }

  close(): void {
    void this.#session?.then(
      (session) => session.destroy(),
      () => undefined,
    );
  }

  /** Returns the response message. Throws MilvusError. */
  async call(method: string, message: Uint8Array): Promise<Uint8Array> {
    try {
      const answer = await limited({ milliseconds: CALL_MILLISECONDS, signal: this.#options.signal }, async (hold) => {
        const session = await this.#connected();
        const stream = this.#send(session, method, message);
        hold(stream);
        return readAnswer(stream, session);
      });
      const reason = protoText(answer, STATUS_FIELD, 2);
      if (reason !== '') throw new MilvusError('rejected', reason);
      return answer;
    } catch (error) {
      throw toMilvusError(error);
    }
  }

  /** After a connection that failed or was closed, the next call opens another one. */
  #connected(): Promise<ClientHttp2Session> {
    if (this.#session) return this.#session;
    const session = this.#connect();
    this.#session = session;
    const forget = (): void => {
      if (this.#session === session) this.#session = null;
    };
    session.then((opened) => opened.once('close', forget), forget);
    return session;
  }

  async #connect(): Promise<ClientHttp2Session> {
    const socket = await this.#options.open();
    const session = connect('http://localhost', { createConnection: () => socket });
    session.on('error', () => undefined);
    return session;
  }

  #send(session: ClientHttp2Session, method: string, message: Uint8Array): ClientHttp2Stream {
    const { token } = this.#options;
    const credentials = token === '' ? {} : { authorization: Buffer.from(token).toString('base64') };
    const { HTTP2_HEADER_METHOD, HTTP2_HEADER_PATH } = constants;
    const stream = session.request({
      [HTTP2_HEADER_METHOD]: 'POST',
      [HTTP2_HEADER_PATH]: `${SERVICE}${method}`,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...credentials,
    });
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([prefix, message]));
    return stream;
  }
}

function readAnswer(stream: ClientHttp2Stream, session: ClientHttp2Session): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let status = '';
  let text = '';
  const readStatus = (headers: { readonly [name: string]: unknown }): void => {
    if (typeof headers['grpc-status'] === 'string') status = headers['grpc-status'];
    if (typeof headers['grpc-message'] === 'string') text = headers['grpc-message'];
  };
  return new Promise((resolve, reject) => {
    // A connection that is closed is not an error of the stream.
    const closed = (): void => reject(new MilvusError('unreachable', 'it closed the gRPC connection'));
    session.once('close', closed);
    stream.once('close', () => session.off('close', closed));
    stream.on('response', readStatus);
    stream.on('trailers', readStatus);
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) stream.destroy(new MilvusError('rejected', 'its response is too large'));
      else chunks.push(chunk);
    });
    stream.on('error', reject);
    stream.on('close', () => {
      if (status === '0') resolve(Buffer.concat(chunks).subarray(PREFIX_BYTES));
      else reject(failed(status, text));
    });
  });
}

function failed(status: string, text: string): MilvusError {
  const reason = text === '' ? `gRPC status ${status === '' ? 'unknown' : status}` : text;
  // Older versions respond with the status `unknown`.
  if (UNAUTHENTICATED.has(status) || /^auth/i.test(text))
    return new MilvusError('credentials', `Milvus requires credentials for it (milvus-token): ${reason}`);
  if (status === UNIMPLEMENTED) return new MilvusError('not-offered', 'this version does not offer it');
  return new MilvusError('rejected', reason);
}
