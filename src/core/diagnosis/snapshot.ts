// An observation of the pods, events and conditions of a release, limited to what can explain missing progress. Data
// only.
import { hasEnded, type Pod } from '../model/pod.js';

export interface PodSnapshot extends Pod {
  /**
   * True for a pod of the current template of the Deployment. Only these pods can stall an upgrade; the others can only
   * drain.
   */
  readonly isNew: boolean;
}

export interface DeploymentSnapshot {
  readonly name: string;
  readonly desired: number;
  readonly updated: number;
  readonly ready: number;
  /** False while its controller has not observed the latest spec. */
  readonly settledSpec: boolean;
  readonly paused: boolean;
  /** Name of the ReplicaSet of its current template; empty while it is unknown. */
  readonly target: string;
  /** Message of the condition ReplicaFailure: pods that the API server did not create; empty without it. */
  readonly failedCheck: string;
  /** Message of the condition Progressing if the deadline is exceeded; empty otherwise. */
  readonly givenUp: string;
}

/** A Kubernetes event. */
export interface KubernetesEvent {
  /** Kind, name and UID of the involved object. */
  readonly kind: string;
  readonly object: string;
  readonly uid: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

export interface Snapshot {
  readonly takenAt: string;
  /** False while a watch is broken: the data may be outdated and proves nothing. */
  readonly isCurrent: boolean;
  readonly deployments: readonly DeploymentSnapshot[];
  readonly pods: readonly PodSnapshot[];
  readonly kubernetesEvents: readonly KubernetesEvent[];
}

/** The pods that can stall an upgrade: pods of the new template that have not finished and are not terminating. */
export function newPods(snapshot: Snapshot): readonly PodSnapshot[] {
  return snapshot.pods.filter((pod) => pod.isNew && pod.terminating === null && !hasEnded(pod));
}

export function kubernetesEventsOf(pod: PodSnapshot, snapshot: Snapshot): readonly KubernetesEvent[] {
  return snapshot.kubernetesEvents.filter((event) => event.uid === pod.uid);
}
