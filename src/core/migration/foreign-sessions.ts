// Finds the owner of a session in etcd: a pod of this installation, a removed pod, or another installation with the
// same root path. Pure.
import { hostOf } from '../lib/address.js';
import type { Session } from '../model/session.js';
import type { SharedObservation } from '../model/shared-observation.js';

/**
 * Sessions that belong to no pod of this installation; empty if there are no pods, or if the addresses of sessions and
 * pods are not comparable.
 */
export function foreignSessions({
  components,
  sessions,
}: Pick<SharedObservation, 'components' | 'sessions'>): readonly Session[] {
  const hosts = new Set(components.flatMap((component) => component.pods ?? []).map((pod) => pod.address));
  const all = sessions?.list ?? [];
  const ownSessions = all.filter((session) => hosts.has(hostOf(session.address)));
  return ownSessions.length === 0 ? [] : all.filter((session) => !ownSessions.includes(session) && !isTool(session));
}

/**
 * Role of the session of the migration tool. The tool is not a Milvus component; after it is killed, its session stays
 * until the lease expires.
 */
const TOOL = 'migration';

export function isTool({ role }: Session): boolean {
  return role === TOOL;
}

/** True for a session of a pod of this installation that this run observed and that no longer exists. */
export function isGone(session: Session, { migration }: Pick<SharedObservation, 'migration'>): boolean {
  return migration?.gone.includes(hostOf(session.address)) === true;
}
