// One request to the JSON gateway that etcd serves beside gRPC (etcd.io/docs/v3.5/dev-guide/api_grpc_gateway), over a connection that somebody else opened.
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions, type SecureContextOptions } from 'node:tls';
import { isIP } from 'node:net';
import { isRecord, type Values } from '../core/values.js';
import { EtcdError, firstLine, toEtcdError } from './etcd-error.js';

export interface GatewayOptions {
  /** A fresh connection for each request. */
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
  /** A text is JSON already. */
  readonly body: Values | string;
  readonly token: string;
}

const LIMIT_MILLISECONDS = 10_000;
const LONGEST_ANSWER = 32 << 20;

/** The answer's beginning: its status was good, its body is to be read. Throws EtcdError otherwise, and after the time limit. */
export async function sendRequest(options: GatewayOptions, requested: EtcdRequest): Promise<IncomingMessage> {
  const { signal, milliseconds = LIMIT_MILLISECONDS } = options;
  return limited(milliseconds, signal, async (hold) => {
    const socket = await dial(options);
    hold(socket);
    const response = await send(socket, options, requested);
    // What breaks it while nobody reads is told to who reads next, by its end; and why the connection broke, Node alone would not tell.
    response.on('error', () => undefined);
    socket.once('error', (error) => response.destroy(error));
    // However the answer ends, its connection ends with it.
    response.once('close', () => socket.destroy());
    if (response.statusCode === 200) return response;
    throw failedCheck(response.statusCode ?? 0, await readText(response));
  });
}

export async function requestAll(options: GatewayOptions, requested: EtcdRequest): Promise<Values> {
  const { signal, milliseconds = LIMIT_MILLISECONDS } = options;
  const response = await sendRequest(options, requested);
  const text = await limited(milliseconds, signal, (hold) => {
    hold(response);
    return readText(response);
  });
  const answer = parse(text);
  if (answer) return answer;
  throw new EtcdError('what answers there is no etcd: it speaks no JSON');
}

/** Ends the work, and whatever it holds, at the limit or when the run is over. */
async function limited<T>(milliseconds: number, signal: AbortSignal, work: (hold: (pauseRecord: Destroyable) => void) => Promise<T>): Promise<T> {
  const pauseRecord: Destroyable[] = [];
  let end: (error: EtcdError) => void = () => undefined;
  const over = new Promise<never>((_, reject) => (end = reject));
  const stop = (): void => end(new EtcdError('no longer asked'));
  const timer = setTimeout(() => end(new EtcdError(`it did not answer within ${milliseconds / 1000} s`)), milliseconds);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const isOver = { yet: false };
  const hold = (each: Destroyable): void => {
    if (isOver.yet) each.destroy();
    else pauseRecord.push(each);
  };
  try {
    return await Promise.race([work(hold), over]);
  } catch (error) {
    isOver.yet = true;
    for (const each of pauseRecord) each.destroy();
    throw toEtcdError(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

interface Destroyable {
  destroy(): unknown;
}

async function dial({ dial: open, tls, host }: GatewayOptions): Promise<Duplex> {
  const plain = await open();
  // It may break while nobody listens yet, or no longer.
  plain.on('error', () => undefined);
  if (!tls) return plain;
  const options: ConnectionOptions = { ...tls, socket: plain, ...(isIP(host) === 0 ? { servername: host } : {}), host };
  const secure = connectTls(options);
  secure.on('error', () => undefined);
  secure.once('close', () => plain.destroy());
  plain.once('error', (error) => secure.destroy(error));
  return secure;
}

function send(socket: Duplex, { host, port }: GatewayOptions, { path, method = 'POST', body, token }: EtcdRequest): Promise<IncomingMessage> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text), ...(token === '' ? {} : { Authorization: token }) };
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
      if (text.length > LONGEST_ANSWER) response.destroy(new EtcdError('its answer has no end'));
    });
    response.once('end', () => resolve(text));
    response.once('error', reject);
    response.once('close', () => reject(new EtcdError('the connection broke off within its answer')));
  });
}

function parse(text: string): Values | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

/** What etcd says, by its status; its own words name users and never passwords. */
function failedCheck(status: number, text: string): EtcdError {
  const { error, message } = parse(text) ?? {};
  const said = [error, message].find((each) => typeof each === 'string') ?? firstLine(text);
  if (/user name is empty/.test(said))
    return new EtcdError('it asks for a user, and the configuration of Milvus names none (etcd.auth.enabled)', { isFinal: true });
  if (/authentication failed/.test(said)) return new EtcdError(`it does not accept user and password of etcd.auth: ${said}`, { isFinal: true });
  if (status === 403) return new EtcdError(`the user of etcd.auth may not read the sessions: ${said}`, { isFinal: true });
  if (status === 404) return new EtcdError('it offers no JSON gateway: it is older than 3.4, or runs with --enable-grpc-gateway=false', { isFinal: true });
  return new EtcdError(`it answered ${status}: ${said || 'nothing'}`);
}

/** What a code of Node or OpenSSL means here; errors of TLS last until somebody changes a certificate. The first that fits. */
const TLS_ERRORS: readonly (readonly [RegExp, string])[] = [
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'its certificate is for other names than the one of the endpoint'],
  [/^ERR_SSL_.*(CERTIFICATE|HANDSHAKE_FAILURE)/, 'it accepts no client without a certificate that it trusts (etcd.ssl.tlsCert, etcd.ssl.tlsKey)'],
  [/^(ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO)$/, 'it does not speak TLS, which etcd.ssl.enabled asks for'],
  [/^ERR_SSL_/, 'TLS with it fails (etcd.ssl)'],
  [/^ERR_(OSSL|CRYPTO)/, 'a certificate or key of etcd.ssl cannot be used'],
  [/CERT|SIGNATURE|_CA$/, 'its certificate is not trusted by the authority in etcd.ssl.tlsCACert'],
  [/^HPE_/, 'what answers there does not speak HTTP; where etcd has TLS, etcd.ssl.enabled says so'],
];

function explain(error: Error): Error {
  const { code = '' } = error as NodeJS.ErrnoException;
  const why = TLS_ERRORS.find(([codes]) => codes.test(code))?.[1];
  return why === undefined ? error : new EtcdError(`${why}: ${code}`, { isFinal: true, cause: error });
}
