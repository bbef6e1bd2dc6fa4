// Parses the sessions of Milvus from keys and values of etcd. Pure.
import type { Session } from '../core/model/session.js';
import { getString, parseJsonRecord } from '../core/lib/json.js';
import type { Values } from '../core/model/values.js';

export interface Pair {
  readonly key: string;
  readonly value: string;
  /** The ID of the lease of the key; `0` for none. */
  readonly lease?: string;
}

/**
 * Keys with the prefix that are not sessions: the counter of server IDs, and the version guard of 2.6 (milvus-io/milvus
 * #46451).
 */
const NO_SESSIONS: readonly string[] = ['id', 'version'];

/**
 * The sessions below `prefix`, sorted by key. A value that cannot be parsed is still a session: a process keeps it
 * alive.
 */
export function readSessions(pairs: readonly Pair[], prefix: string): readonly Session[] {
  const sessions = pairs
    .filter(({ key }) => key.startsWith(prefix) && !NO_SESSIONS.includes(key.slice(prefix.length)))
    .map(({ key, value }) => readSession(key, key.slice(prefix.length), parseJsonRecord(value)))
    .sort((first, other) => (first.key < other.key ? -1 : 1));
  return sessions.map((session) => ({ ...session, isStandby: session.isStandby && !isOfActive(session, sessions) }));
}

/**
 * Milvus 2.2.16 takes over the key of the role and does not remove the other one (observed on a cluster;
 * session_util.go, ProcessActiveStandBy).
 */
function isOfActive({ role, serverId }: Session, sessions: readonly Session[]): boolean {
  return sessions.some((session) => session.isActive && session.role === role && session.serverId === serverId);
}

/**
 * The key is `<role>` for a single active process, and `<role>-<server id>` for all others (milvus
 * internal/util/sessionutil/session_util.go, getCompleteKey).
 */
function readSession(key: string, name: string, value: Values): Session {
  const [, roleOfName = name, id = ''] = /^(.+?)(?:-(\d+))?$/.exec(name) ?? [];
  const role = getString(value.ServerName) || roleOfName;
  const isActive = name === role;
  const idOfName = id === '' ? null : Number(id);
  return {
    key,
    role,
    serverId: typeof value.ServerID === 'number' ? value.ServerID : idOfName,
    address: getString(value.Address),
    version: getString(value.Version),
    isActive,
    isStandby: !isActive && value.Exclusive === true,
    isStopping: value.Stopping === true,
  };
}
