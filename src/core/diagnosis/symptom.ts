// A symptom: what one observation shows of a cause. A symptom that is present for long enough is reported, and later
// certain; see clock.ts.
import { isStarting, type PodContainer } from '../model/pod.js';
import type { Snapshot, PodSnapshot } from './snapshot.js';
import type { CauseCode } from '../model/cause-code.js';

export interface Symptom {
  readonly code: CauseCode;
  readonly deployment: string;
  readonly pod: string;
  readonly evidence: string;
  /** Overrides the table of causes for this case; null for never. */
  readonly certainAfterSeconds?: number | null;
  readonly reportAfterSeconds?: number;
  /** When time alone changes the symptom: it is observed again by then. */
  readonly recheckInSeconds?: number;
  /** True while other progress may resolve it: this time does not count. */
  readonly excused?: boolean;
  /** The clock restarts when this changes. */
  readonly mark?: string;
}

/**
 * True while pods that may free capacity start or terminate: an old pod that terminates, or a new pod that starts and
 * then replaces an old one.
 */
export function mayFreeCapacity(snapshot: Snapshot): boolean {
  const starting = (pod: PodSnapshot): boolean =>
    pod.isNew && !pod.ready && pod.scheduling.state === 'complete' && pod.containers.some(comesUp);
  return snapshot.pods.some((pod) => pod.terminating !== null || starting(pod));
}

function comesUp(container: PodContainer): boolean {
  return container.restarts === 0 && (container.state === 'running' || isStarting(container));
}
