// A connection to a port of a pod, through the API server. Each has its own web socket: none can block another, and a
// broken one is discarded.
import { Duplex, PassThrough, Writable } from 'node:stream';
import { PortForward, type KubeConfig } from '@kubernetes/client-node';
import type { LoginConfig } from '../client/login-config.js';
import { EtcdError, firstLine } from '../../etcd/etcd-error.js';
import type { Target } from './target.js';

/** The API server has to answer within this time. */
const OPEN_MILLISECONDS = 10_000;
/**
 * Keeps proxies between this process and the API server from closing an idle connection, and detects a lost connection.
 * Costs no request.
 */
const PING_MILLISECONDS = 20_000;

/** The part of the client's web socket that is used here; its own types are not installed. */
interface Socket {
  readonly readyState: number;
  ping(): void;
  terminate(): void;
  on(event: 'pong' | 'close' | 'error', listener: (error?: Error) => void): void;
}

const OPEN_STATE = 1;

type PodTarget = Extract<Target, { kind: 'pod' }>;

/** Throws EtcdError, most often because the permission is missing. */
export async function openForward(config: LoginConfig, { namespace, pod, port }: PodTarget): Promise<Duplex> {
  const toPod = new PassThrough();
  const stream = new ForwardStream(toPod);
  // The kubelet reports this when nothing listens on the port.
  const errors = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      const text = firstLine(chunk.toString('utf8'));
      if (text !== '')
        stream.destroy(new EtcdError(`the kubelet cannot connect to port ${port} of the pod ${pod}: ${text}`));
      done();
    },
  });
  const received = new Writable({ write: (chunk: Buffer, _encoding, done) => (stream.receive(chunk), done()) });
  try {
    const opened: unknown = await new PortForward(impatient(config)).portForward(
      namespace,
      pod,
      [port],
      received,
      errors,
      toPod,
    );
    return stream.attach(opened as Socket);
  } catch (error) {
    throw explain((error as Error).message, { config, namespace, pod });
  }
}

/** The client itself has no timeout for a server that does not answer. */
function impatient(config: LoginConfig): KubeConfig {
  const applyToHTTPSOptions: KubeConfig['applyToHTTPSOptions'] = async (options) => {
    await config.applyToHTTPSOptions(options);
    Object.assign(options, {
      handshakeTimeout: OPEN_MILLISECONDS,
      headers: { ...options.headers, 'User-Agent': 'milvus-upgrade' },
    });
  };
  return {
    getCurrentCluster: () => config.getCurrentCluster(),
    applyToHTTPSOptions,
  } as Partial<KubeConfig> as KubeConfig;
}

/**
 * A rejected web socket only returns its status. The request is a GET, so the verb is `get`; from Kubernetes 1.35 on,
 * `create` is required as well.
 */
function explain(
  message: string,
  at: { readonly config: LoginConfig; readonly namespace: string; readonly pod: string },
): EtcdError {
  const status = /Unexpected server response: (\d+)/.exec(message)?.[1] ?? '';
  if (status === '401') at.config.credentials?.reject();
  if (status === '403') {
    const grant = `grant \`get\` and \`create\` on \`pods/portforward\` in the namespace ${at.namespace} (deploy/rbac/rolling.yaml)`;
    return new EtcdError(`pods/portforward is denied to this login; ${grant}`, { isFinal: true });
  }
  if (status === '404') return new EtcdError(`the pod ${at.pod} no longer exists`);
  return new EtcdError(
    `the API server did not open a port-forward to the pod ${at.pod}: ${firstLine(message) || 'it closed the connection'}`,
  );
}

class ForwardStream extends Duplex {
  readonly #toPod: PassThrough;
  #socket: Socket | null = null;
  #ping: NodeJS.Timeout | null = null;
  #answered = true;
  constructor(toPod: PassThrough) {
    super();
    this.#toPod = toPod;
    // The connection may fail before it is in use.
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
    // The web socket pushes its data.
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
