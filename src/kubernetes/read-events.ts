// Picks from the events of a namespace those that are about our pods and their claims, oldest first. Pure.
import type { CoreV1Event } from '@kubernetes/client-node';
import type { Happening, PodSight } from '../core/diagnosis/sight.js';
import { isoTime } from './read-pods.js';

export function readHappenings(events: readonly CoreV1Event[], pods: readonly PodSight[]): Happening[] {
  const uids = new Set(pods.map((each) => each.uid));
  const claims = new Set(pods.flatMap((each) => each.claims));
  const isOurs = ({ kind, name = '', uid = '' }: CoreV1Event['involvedObject']): boolean =>
    uids.has(uid) || (kind === 'PersistentVolumeClaim' && claims.has(name));
  return events
    .filter((each) => isOurs(each.involvedObject))
    .map(readHappening)
    .sort((a, b) => (a.lastAt < b.lastAt ? -1 : Number(a.lastAt > b.lastAt)));
}

/** Older writers count and date in `count` and `lastTimestamp`, newer ones in `series` and `eventTime`. */
function readHappening({ involvedObject, reason, message, count, series, firstTimestamp, lastTimestamp, eventTime, metadata }: CoreV1Event): Happening {
  const madeAt = isoTime(metadata.creationTimestamp);
  return {
    kind: involvedObject.kind ?? '',
    object: involvedObject.name ?? '',
    uid: involvedObject.uid ?? '',
    reason: reason ?? '',
    message: message ?? '',
    count: series?.count ?? count ?? 1,
    firstAt: isoTime(firstTimestamp) || isoTime(eventTime as Date | undefined) || madeAt,
    lastAt: isoTime(series?.lastObservedTime as Date | undefined) || isoTime(lastTimestamp) || isoTime(eventTime as Date | undefined) || madeAt,
  };
}
