// Whose a session in etcd is: of a pod here, of one that has gone, or of another installation that uses the same root path. Pure.
import type { Observation } from '../observation.js';
import type { Session } from '../session.js';

/** Sessions of no pod here, while there are pods; none where the addresses of sessions cannot be compared with those of pods. */
export function foreignSessions({ components, sessions }: Pick<Observation, 'components' | 'sessions'>): readonly Session[] {
  const hosts = new Set(components.flatMap((each) => each.pods ?? []).map((each) => each.address));
  const all = sessions?.observation ?? [];
  const managed = all.filter((each) => hosts.has(hostOf(each)));
  return managed.length === 0 ? [] : all.filter((each) => !managed.includes(each) && !isTool(each));
}

/** Role of the migration tool's own session. It is no Milvus, and one that was killed leaves its session behind for as long as any. */
const TOOL = 'migration';

export function isTool({ role }: Session): boolean {
  return role === TOOL;
}

/** Of a pod that was ours and that this run saw go. */
export function isGone(session: Session, { migration }: Pick<Observation, 'migration'>): boolean {
  return migration?.gone.includes(hostOf(session)) === true;
}

/** `10.244.0.12:21123`, `[fd00::12]:21123`. */
export function hostOf({ address }: Session): string {
  return address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}
