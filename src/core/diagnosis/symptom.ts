// A symptom: what one look shows of a cause. When it has stood for long enough it is told, and later certain; see clock.ts.
import type { CauseCode } from '../causes.js';
import type { Snapshot, PodSnapshot } from './sight.js';

export interface Symptom {
  readonly code: CauseCode;
  readonly deployment: string;
  readonly pod: string;
  readonly evidence: string;
  /** In place of what the table of causes says, where this case is another; null is never. */
  readonly certainAfterSeconds?: number | null;
  readonly reportAfterSeconds?: number;
  /** True while something else moves that may heal it: this time does not count. */
  readonly excused?: boolean;
  /** The clock begins anew when this changes. */
  readonly mark?: string;
}

/** True while pods come or go that may make room: an old one that ends, or a new one that starts and then lets an old one end. */
export function roomMayCome(look: Snapshot): boolean {
  const starting = (pod: PodSnapshot): boolean => pod.isNew && !pod.ready && pod.scheduling.state === 'complete' && pod.containers.some(isStarting);
  return look.pods.some((pod) => pod.terminating !== null || starting(pod));
}

function isStarting({ state, restarts, reason }: PodSnapshot['containers'][number]): boolean {
  return restarts === 0 && (state === 'running' || reason === 'ContainerCreating' || reason === 'PodInitializing');
}
