// Sends one request to the JSON gateway of etcd (etcd.io/docs/v3.5/dev-guide/api_grpc_gateway), over a connection that
// the caller opens.
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import { isIP } from 'node:net';
import { isRecord, parseJson, parseJsonRecord } from '../core/lib/json.js';
import type { Values } from '../core/model/values.js';
import { EtcdError, firstLine, toEtcdError } from './etcd-error.js';
import { limited, type Hold, type Limits } from './limited.js';
import { openSocket } from './open-socket.js';

/** The port of an endpoint without one. */
export const ETCD_PORT = 2379;

export interface GatewayOptions {
  /** Opens a new connection for each request. */
  readonly dial: () => Promise<Duplex>;
  readonly host: string;
  readonly port: number;
  /** Null for plain http. */
  readonly tls: SecureContextOptions | null;
  readonly signal: AbortSignal;
  readonly milliseconds?: number;
}

export interface EtcdRequest {
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  /** A string is sent as it is; it must be JSON. */
  readonly body: Values | string;
  readonly token: string;
}

const LIMIT_MILLISECONDS = 10_000;
const MAX_ANSWER_BYTES = 32 << 20;

/**
 * Sends a request and returns the response once its status is 200; its body is not read yet. Throws EtcdError
 * otherwise, and after the timeout.
 */
export async function sendRequest(options: GatewayOptions, requested: EtcdRequest): Promise<IncomingMessage> {
  const { signal, milliseconds = LIMIT_MILLISECONDS } = options;
  return inTime({ milliseconds, signal }, async (hold) => {
    const socket = await dial(options);
    hold(socket);
    const response = await send(socket, options, requested);
    // An error while the body is not read is reported to the next reader by the end of the response. Without the second
    // listener the reason would be lost.
    response.on('error', () => undefined);
    socket.once('error', (error) => response.destroy(error));
    // The connection is closed when the response ends, for whatever reason.
    response.once('close', () => socket.destroy());
    if (response.statusCode === 200) return response;
    throw failedCheck(response.statusCode ?? 0, await readText(response));
  });
}

export async function requestAll(options: GatewayOptions, requested: EtcdRequest): Promise<Values> {
  const { signal, milliseconds = LIMIT_MILLISECONDS } = options;
  const response = await sendRequest(options, requested);
  const text = await inTime({ milliseconds, signal }, (hold) => {
    hold(response);
    return readText(response);
  });
  const answer = parseJson(text);
  if (isRecord(answer)) return answer;
  throw new EtcdError('the server at this address is not etcd: its response is not JSON');
}

/** Throws EtcdError. */
async function inTime<T>(limits: Limits, work: (hold: Hold) => Promise<T>): Promise<T> {
  try {
    return await limited(limits, work);
  } catch (error) {
    throw toEtcdError(error);
  }
}

async function dial({ dial: open, tls, host }: GatewayOptions): Promise<Duplex> {
  return openSocket(await open(), tls && { ...tls, ...(isIP(host) === 0 ? { servername: host } : {}), host });
}

function send(
  socket: Duplex,
  { host, port }: GatewayOptions,
  { path, method = 'POST', body, token }: EtcdRequest,
): Promise<IncomingMessage> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    ...(token === '' ? {} : { Authorization: token }),
  };
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request({ createConnection: () => socket, host, port, path, method, headers }, resolve);
    sent.on('error', (error) => reject(explain(error)));
    sent.end(text);
  });
}

function readText(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MAX_ANSWER_BYTES) response.destroy(new EtcdError('its response is too large'));
    });
    response.once('end', () => resolve(text));
    response.once('error', reject);
    response.once('close', () => reject(new EtcdError('the connection was closed during its response')));
  });
}

/** The error for an HTTP status. The messages of etcd contain users and never passwords. */
function failedCheck(status: number, text: string): EtcdError {
  const { error, message } = parseJsonRecord(text);
  const detail = [error, message].find((text) => typeof text === 'string') ?? firstLine(text);
  if (/user name is empty/.test(detail))
    return new EtcdError('it requires a user, but the configuration of Milvus has none (etcd.auth.enabled)', {
      isFinal: true,
    });
  if (/authentication failed/.test(detail))
    return new EtcdError(`it rejects the user and password of etcd.auth: ${detail}`, { isFinal: true });
  if (status === 403)
    return new EtcdError(`the user of etcd.auth is not allowed to read the sessions: ${detail}`, { isFinal: true });
  if (status === 404)
    return new EtcdError('it has no JSON gateway: it is older than 3.4, or runs with --enable-grpc-gateway=false', {
      isFinal: true,
    });
  return new EtcdError(`it responded with ${status}: ${detail || 'empty body'}`);
}

/**
 * Messages for error codes of Node and OpenSSL; the first match is used. TLS errors persist until a certificate is
 * changed.
 */
const TLS_ERRORS: readonly (readonly [RegExp, string])[] = [
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'its certificate is not valid for the name of the endpoint'],
  [
    /^ERR_SSL_.*(CERTIFICATE|HANDSHAKE_FAILURE)/,
    'it requires a client certificate that it trusts (etcd.ssl.tlsCert, etcd.ssl.tlsKey)',
  ],
  [
    /^(ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO)$/,
    'it does not use TLS, but etcd.ssl.enabled is set',
  ],
  [/^ERR_SSL_/, 'the TLS connection failed (etcd.ssl)'],
  [/^ERR_(OSSL|CRYPTO)/, 'a certificate or key of etcd.ssl cannot be used'],
  [/CERT|SIGNATURE|_CA$/, 'its certificate cannot be verified with the CA in etcd.ssl.tlsCACert'],
  [/^HPE_/, 'the server at this address does not use HTTP; if etcd uses TLS, set etcd.ssl.enabled'],
];

function explain(error: Error): Error {
  const { code = '' } = error as NodeJS.ErrnoException;
  const why = TLS_ERRORS.find(([codes]) => codes.test(code))?.[1];
  return why === undefined ? error : new EtcdError(`${why}: ${code}`, { isFinal: true, cause: error });
}
