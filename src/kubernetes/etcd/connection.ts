// Connects to etcd: to the first endpoint that answers, with a login and one read. Holds no connection.
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import { readEtcdLogin, type EtcdLogin, type LoginSource } from './credentials.js';
import { parseEndpoint, type Endpoint, type Place } from './endpoint.js';
import { EtcdClient } from '../../etcd/etcd-client.js';
import { EtcdError, NoServiceError, toEtcdError } from '../../etcd/etcd-error.js';
import type { Connection } from '../../etcd/session-watch.js';
import { openForward } from './forward.js';
import { findTarget, type Target } from './target.js';

export interface ConnectionOptions extends LoginSource {
  readonly signal: AbortSignal;
}

/** An endpoint for which no interpretation of its name works. */
interface Failure {
  readonly endpoint: string;
  readonly errors: readonly EtcdError[];
}

/** Throws EtcdError with the reason for every endpoint; final only if all of them are final. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { etcd, namespace } = options;
  if (etcd.problem !== '') throw new EtcdError(`etcd cannot be read: ${etcd.problem}`, { isFinal: true });
  const login = await readEtcdLogin(options).catch((error: unknown) => {
    throw named(etcd.endpoints.join(', '), toEtcdError(error));
  });
  const failures: Failure[] = [];
  for (const text of etcd.endpoints) {
    const endpoint = parseEndpoint(text, namespace, etcd.tls !== null);
    const answer = endpoint
      ? await tryPlaces(endpoint, login, options)
      : [new EtcdError('it is not a valid address', { isFinal: true })];
    if (!Array.isArray(answer)) return answer;
    failures.push({ endpoint: endpoint?.name ?? text, errors: answer });
  }
  throw together(failures);
}

/** The opened connection, or why each interpretation of the name failed. */
async function tryPlaces(
  endpoint: Endpoint,
  login: EtcdLogin,
  options: ConnectionOptions,
): Promise<Connection | EtcdError[]> {
  const errors: EtcdError[] = [];
  for (const place of endpoint.places) {
    const answer = await tryPlace(place, endpoint, login, options).catch(toEtcdError);
    if (!(answer instanceof EtcdError)) return answer;
    errors.push(answer);
    if (options.signal.aborted || !mayMeanElse(endpoint, answer)) break;
  }
  return errors;
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
  const client = new EtcdClient({ dial, host: endpoint.host, port: endpoint.port, tls, signal }, addSecret);
  if (login.user) await client.authenticate(login.user.name, login.user.password);
  return { endpoint: endpoint.name, client, found: await client.range(etcd.sessionPrefix) };
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

/** Endpoints with the same reasons are listed together. */
function together(failures: readonly Failure[]): EtcdError {
  const byReason = new Map<string, string[]>();
  for (const { endpoint, errors } of failures) {
    const why = errors.map(({ message }) => message).join('; ');
    byReason.set(why, [...(byReason.get(why) ?? []), endpoint]);
  }
  const parts = [...byReason].map(([why, endpoints]) => `etcd ${endpoints.join(', ')} cannot be read: ${why}`);
  return new EtcdError(parts.join('. '), {
    isFinal: failures.every(({ errors }) => errors.every(({ isFinal }) => isFinal)),
  });
}

function named(endpoints: string, error: EtcdError): EtcdError {
  return new EtcdError(`etcd ${endpoints} cannot be read: ${error.message}`, { isFinal: error.isFinal, cause: error });
}
