// Connects to etcd: to the first endpoint that answers, with a login and one read. Holds no connection.
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import { readEtcdLogin, type EtcdLogin, type LoginSource } from './credentials.js';
import { parseEndpoint, type Endpoint, type Place } from './endpoint.js';
import { connectFirst, connectTo, type Connection, type Failure } from '../../etcd/connect.js';
import { EtcdError, NoServiceError, toEtcdError } from '../../etcd/etcd-error.js';
import { openForward } from './forward.js';
import { findTarget, type Target } from './target.js';

export interface ConnectionOptions extends LoginSource {
  readonly signal: AbortSignal;
}

/** Throws EtcdError with the reason for every endpoint; final only if all of them are final. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { etcd, namespace } = options;
  if (etcd.problem !== '') throw new EtcdError(`etcd cannot be read: ${etcd.problem}`, { isFinal: true });
  const login = await readEtcdLogin(options).catch((error: unknown) => {
    throw named(etcd.endpoints.join(', '), toEtcdError(error));
  });
  return connectFirst(etcd.endpoints, async (text) => {
    const endpoint = parseEndpoint(text, namespace, etcd.tls !== null);
    return endpoint
      ? tryPlaces(endpoint, login, options)
      : { endpoint: text, errors: [new EtcdError('it is not a valid address', { isFinal: true })] };
  });
}

/** The opened connection, or why each interpretation of the name failed. */
async function tryPlaces(
  endpoint: Endpoint,
  login: EtcdLogin,
  options: ConnectionOptions,
): Promise<Connection | Failure> {
  const errors: EtcdError[] = [];
  for (const place of endpoint.places) {
    const answer = await tryPlace(place, endpoint, login, options).catch(toEtcdError);
    if (!(answer instanceof EtcdError)) return answer;
    errors.push(answer);
    if (options.signal.aborted || !mayMeanElse(endpoint, answer)) break;
  }
  return { endpoint: endpoint.name, errors };
}

/**
 * The password must not be sent to another server. A name that resolves to a Service means that Service, whatever its
 * state; so does a short name that could not be resolved.
 */
function mayMeanElse({ host }: Endpoint, error: EtcdError): boolean {
  return error instanceof NoServiceError && (error.isSure || host.split('.').length > 2);
}

async function tryPlace(
  place: Place,
  endpoint: Endpoint,
  login: EtcdLogin,
  options: ConnectionOptions,
): Promise<Connection> {
  const { cluster, signal, addSecret, etcd } = options;
  const target = await findTarget(cluster, place, endpoint);
  const dial = (): Promise<Duplex> =>
    target.kind === 'pod' ? openForward(cluster.config, target) : dialOutside(target);
  const tls: SecureContextOptions | null = endpoint.isSecure ? (login.tls ?? {}) : null;
  const { name, host, port } = endpoint;
  return connectTo(
    { endpoint: name, sessionPrefix: etcd.sessionPrefix },
    { dial, host, port, tls, signal },
    { user: login.user, addSecret },
  );
}

/** A direct connection from this machine: a host outside the cluster is not reachable through its API server. */
function dialOutside({ host, port }: Extract<Target, { kind: 'outside' }>): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new EtcdError(
          `${host}:${port} is outside the cluster, and this machine cannot connect to it (${error.code ?? error.message})`,
        ),
      );
    });
  });
}

function named(endpoints: string, error: EtcdError): EtcdError {
  return new EtcdError(`etcd ${endpoints} cannot be read: ${error.message}`, { isFinal: error.isFinal, cause: error });
}
