// Which pods of a stopping Milvus get a short grace period, because Milvus is down until they have ended. Pure.
import type { MilvusPod } from '../model/component.js';
import type { SharedObservation } from '../model/shared-observation.js';

/**
 * Roles whose pods hold no data: proxies only forward requests, query nodes load what is in the object store and the
 * message queue, and an index that a terminated index node was building is built again by another one. A query node of
 * 2.2 spends its whole grace period, because it waits for another one to take over its segments, and none is left.
 */
const STATELESS: ReadonlySet<string> = new Set(['proxy', 'querynode', 'indexnode']);
export const SHORT_GRACE_SECONDS = 5;

/** Pods of stateless roles that are being removed with a longer grace period. */
export function podsToShorten({ components }: Pick<SharedObservation, 'components'>): readonly MilvusPod[] {
  return components
    .filter(({ role, desired }) => STATELESS.has(role) && desired === 0)
    .flatMap(({ pods = [] }) => pods)
    .filter(({ ended, graceSeconds = 0 }) => ended !== true && graceSeconds > SHORT_GRACE_SECONDS);
}
