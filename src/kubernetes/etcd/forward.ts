// A connection to a port of a pod, through the API server. One web socket each: none of them can hold up another, and what is broken is thrown away.
import { Duplex, PassThrough, Writable } from 'node:stream';
import { PortForward, type KubeConfig } from '@kubernetes/client-node';
import type { LoginConfig } from '../login-config.js';
import { EtcdError, firstLine } from '../../etcd/etcd-error.js';
import type { Target } from './target.js';

/** The API server has to answer within this time. */
const OPEN_MILLISECONDS = 10_000;
/** Keeps what stands between us and the API server from ending a quiet connection, and tells when it is gone. Costs no request. */
const PING_MILLISECONDS = 20_000;

/** What we use of the web socket that the client gives; its own types are not installed. */
interface Socket {
  readonly readyState: number;
  ping(): void;
  terminate(): void;
  on(event: 'pong' | 'close' | 'error', listener: (error?: Error) => void): void;
}

const OPEN_STATE = 1;

type PodTarget = Extract<Target, { kind: 'pod' }>;

/** Throws EtcdError, above all where the right to it is missing. */
export async function openForward(config: LoginConfig, { namespace, pod, port }: PodTarget): Promise<Duplex> {
  const toPod = new PassThrough();
  const stream = new ForwardStream(toPod);
  // What the kubelet says when nothing listens there.
  const said = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      const text = firstLine(chunk.toString('utf8'));
      if (text !== '') stream.destroy(new EtcdError(`the kubelet does not reach port ${port} of the pod ${pod}: ${text}`));
      done();
    },
  });
  const received = new Writable({ write: (chunk: Buffer, _encoding, done) => (stream.receive(chunk), done()) });
  try {
    const opened: unknown = await new PortForward(impatient(config)).portForward(namespace, pod, [port], received, said, toPod);
    return stream.attach(opened as Socket);
  } catch (error) {
    throw explain((error as Error).message, { config, namespace, pod });
  }
}

/** The client waits without end for a server that does not answer. */
function impatient(config: LoginConfig): KubeConfig {
  const applyToHTTPSOptions: KubeConfig['applyToHTTPSOptions'] = async (options) => {
    await config.applyToHTTPSOptions(options);
    Object.assign(options, { handshakeTimeout: OPEN_MILLISECONDS, headers: { ...options.headers, 'User-Agent': 'milvus-upgrade' } });
  };
  return { getCurrentCluster: () => config.getCurrentCluster(), applyToHTTPSOptions } as Partial<KubeConfig> as KubeConfig;
}

/** A refused web socket only tells its status. It is a GET, so the right is `get`; from Kubernetes 1.35 on it is `create` as well. */
function explain(message: string, at: { readonly config: LoginConfig; readonly namespace: string; readonly pod: string }): EtcdError {
  const status = /Unexpected server response: (\d+)/.exec(message)?.[1] ?? '';
  if (status === '401') at.config.credentials?.reject();
  if (status === '403') {
    const grant = `grant \`get\` and \`create\` on \`pods/portforward\` in the namespace ${at.namespace} (deploy/rbac/rolling.yaml)`;
    return new EtcdError(`pods/portforward is denied to this login; ${grant}`, { isFinal: true });
  }
  if (status === '404') return new EtcdError(`the pod ${at.pod} is gone`);
  return new EtcdError(`the API server opens no port-forward to the pod ${at.pod}: ${firstLine(message) || 'it ended the connection'}`);
}

class ForwardStream extends Duplex {
  readonly #toPod: PassThrough;
  #socket: Socket | null = null;
  #ping: NodeJS.Timeout | null = null;
  #answered = true;
  constructor(toPod: PassThrough) {
    super();
    this.#toPod = toPod;
    // It may break before anybody has it.
    this.on('error', () => undefined);
  }

  receive(chunk: Buffer): void {
    if (!this.destroyed) this.push(chunk);
  }

  attach(socket: Socket): this {
    this.#socket = socket;
    socket.on('pong', () => (this.#answered = true));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.#closed());
    if (socket.readyState !== OPEN_STATE) this.#closed();
    if (this.destroyed) socket.terminate();
    else this.#ping = setInterval(() => this.#check(socket), PING_MILLISECONDS);
    return this;
  }

  override _read(): void {
    // The web socket pushes.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#toPod.write(chunk, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#ping) clearInterval(this.#ping);
    this.#socket?.terminate();
    done(error);
  }

  #closed(): void {
    this.destroy(new EtcdError('the port-forward ended'));
  }

  #check(socket: Socket): void {
    if (!this.#answered) this.destroy(new EtcdError('the API server no longer answers the port-forward'));
    else socket.ping();
    this.#answered = false;
  }
}
