// Connects to etcd: to the first endpoint that answers, with a login and one read. Holds no connection; how a
// connection is opened is decided by the platform.
import { EtcdClient, type Found } from './etcd-client.js';
import { EtcdError } from './etcd-error.js';
import type { GatewayOptions } from './gateway.js';

/** A connection to etcd that has responded once. */
export interface Connection {
  /** The name of the endpoint, such as `my-etcd:2379`. */
  readonly endpoint: string;
  readonly client: EtcdClient;
  /** The prefix of all session keys, such as `by-dev/meta/session/`. */
  readonly sessionPrefix: string;
  /** All keys with the prefix. */
  readonly found: Found;
}

export interface Login {
  /** Null if etcd requires none. */
  readonly user: { readonly name: string; readonly password: string } | null;
  /** Masks a secret in all output. */
  readonly addSecret: (secret: string) => void;
}

/** Authenticates and reads the sessions. Throws EtcdError. */
export async function connectTo(
  { endpoint, sessionPrefix }: Pick<Connection, 'endpoint' | 'sessionPrefix'>,
  options: GatewayOptions,
  { user, addSecret }: Login,
): Promise<Connection> {
  const client = new EtcdClient(options, addSecret);
  if (user) await client.authenticate(user.name, user.password);
  return { endpoint, client, sessionPrefix, found: await client.range(sessionPrefix) };
}

/** An endpoint to which no connection could be opened, and why. */
export interface Failure {
  readonly endpoint: string;
  readonly errors: readonly EtcdError[];
}

/** Throws EtcdError with the reasons of every endpoint; final only if all of them are final. */
export async function connectFirst(
  endpoints: readonly string[],
  connect: (endpoint: string) => Promise<Connection | Failure>,
): Promise<Connection> {
  const failures: Failure[] = [];
  for (const endpoint of endpoints) {
    const answer = await connect(endpoint);
    if ('client' in answer) return answer;
    failures.push(answer);
  }
  throw together(failures);
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
