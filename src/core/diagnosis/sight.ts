// What a look at the pods, the events and the conditions of a release shows, as far as it can tell why something does not go on. Data only.

/** How a container ended. */
export interface Exit {
  readonly reason: string;
  readonly exitCode: number;
  readonly at: string;
}

export interface ContainerSnapshot {
  readonly name: string;
  readonly image: string;
  readonly isInit: boolean;
  readonly state: 'waiting' | 'running' | 'terminated';
  /** Of the state that it is in; empty while it runs. */
  readonly reason: string;
  readonly message: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** Empty while it does not run. */
  readonly startedAt: string;
  readonly lastExit: Exit | null;
}

/** Where the scheduler is with a pod; `silent` is one that it has not looked at. */
export type Scheduling =
  | { readonly state: 'complete' }
  | { readonly state: 'silent' }
  | { readonly state: 'refused'; readonly reason: string; readonly message: string };

export interface PodSnapshot {
  readonly name: string;
  readonly uid: string;
  /** Name of its Deployment, which may be gone. */
  readonly deployment: string;
  /** True for a pod of the template that the Deployment asks for. Only these can make an upgrade stuck; the others can only drain. */
  readonly isNew: boolean;
  readonly node: string;
  readonly claims: readonly string[];
  readonly phase: string;
  readonly ready: boolean;
  /** Of the pod itself, such as `Evicted`. */
  readonly reason: string;
  readonly message: string;
  readonly scheduling: Scheduling;
  /** `deadline` is when the grace period ends. */
  readonly terminating: { readonly deadline: string; readonly graceSeconds: number } | null;
  readonly containers: readonly ContainerSnapshot[];
}

export interface DeploymentSnapshot {
  readonly name: string;
  readonly desired: number;
  readonly updated: number;
  readonly ready: number;
  /** False while its controller has not looked at the newest spec. */
  readonly settledSpec: boolean;
  readonly paused: boolean;
  /** Name of the ReplicaSet of the template that it asks for; empty while it cannot be told. */
  readonly target: string;
  /** The condition ReplicaFailure: pods that the API server would not create; empty without. */
  readonly failedCheck: string;
  /** The condition Progressing, where it says that the deadline has passed; empty otherwise. */
  readonly givenUp: string;
}

/** A Kubernetes event. */
export interface KubernetesEvent {
  /** Kind, name and uid of the object that it is about. */
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
  /** False while a watch is broken: what is seen may be old, and proves nothing. */
  readonly isCurrent: boolean;
  readonly deployments: readonly DeploymentSnapshot[];
  readonly pods: readonly PodSnapshot[];
  readonly kubernetesEvents: readonly KubernetesEvent[];
}

/** The pods that can make an upgrade stuck: of the new template, not at their end and not on their way out. */
export function newPods(look: Snapshot): readonly PodSnapshot[] {
  return look.pods.filter((pod) => pod.isNew && pod.terminating === null && pod.phase !== 'Failed' && pod.phase !== 'Succeeded');
}

export function kubernetesEventsOf(pod: PodSnapshot, look: Snapshot): readonly KubernetesEvent[] {
  return look.kubernetesEvents.filter((each) => each.uid === pod.uid);
}
