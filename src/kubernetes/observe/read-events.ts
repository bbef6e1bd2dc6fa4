// Selects the events of a namespace that refer to the pods of Milvus and their claims, oldest first. Pure.
import type { CoreV1Event } from '@kubernetes/client-node';
import type { KubernetesEvent } from '../../core/diagnosis/snapshot.js';
import type { Pod } from '../../core/model/pod.js';
import { isoTime } from './read-pod.js';

export function readKubernetesEvents(events: readonly CoreV1Event[], pods: readonly Pod[]): KubernetesEvent[] {
  const uids = new Set(pods.map((pod) => pod.uid));
  const claims = new Set(pods.flatMap((pod) => pod.claims));
  const isOfRelease = ({ kind, name = '', uid = '' }: CoreV1Event['involvedObject']): boolean =>
    uids.has(uid) || (kind === 'PersistentVolumeClaim' && claims.has(name));
  return events
    .filter((event) => isOfRelease(event.involvedObject))
    .map(readKubernetesEvent)
    .sort((a, b) => (a.lastAt < b.lastAt ? -1 : Number(a.lastAt > b.lastAt)));
}

/** Older clients set `count` and `lastTimestamp`, newer ones `series` and `eventTime`. */
function readKubernetesEvent({
  involvedObject,
  reason = '',
  message = '',
  count,
  series,
  ...times
}: CoreV1Event): KubernetesEvent {
  const { kind = '', name = '', uid = '' } = involvedObject;
  const began = [times.firstTimestamp, times.eventTime, times.metadata.creationTimestamp];
  const last = [series?.lastObservedTime, times.lastTimestamp, times.eventTime, times.metadata.creationTimestamp];
  return {
    kind,
    object: name,
    uid,
    reason,
    message,
    count: series?.count ?? count ?? 1,
    firstAt: firstOf(began),
    lastAt: firstOf(last),
  };
}

function firstOf(times: readonly (Date | string | null | undefined)[]): string {
  return times.map(isoTime).find((time) => time !== '') ?? '';
}
