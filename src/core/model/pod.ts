// One pod of Kubernetes as observed: the only model of a pod, for progress, causes, diagnostics and probes. Data only.

/** How a container terminated. */
export interface Exit {
  readonly reason: string;
  readonly exitCode: number;
  readonly message: string;
  readonly at: string;
}

export interface PodContainer {
  readonly name: string;
  readonly image: string;
  readonly isInit: boolean;
  readonly state: 'waiting' | 'running' | 'terminated';
  /** Of the current state; empty while it runs. */
  readonly reason: string;
  readonly message: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** Empty while it does not run. */
  readonly startedAt: string;
  /** Of the current state if it is terminated, else of the run before. */
  readonly lastExit: Exit | null;
}

/** Scheduling state of a pod; `silent` if the scheduler has not processed it. */
export type Scheduling =
  | { readonly state: 'complete' }
  | { readonly state: 'silent' }
  | { readonly state: 'refused'; readonly reason: string; readonly message: string };

export interface Pod {
  readonly name: string;
  readonly uid: string;
  /** The Milvus role, from the label `component`; empty without it. */
  readonly role: string;
  /** Name of its Deployment, which may no longer exist. */
  readonly deployment: string;
  readonly replicaSet: string;
  /** The image of its Milvus container. */
  readonly image: string;
  readonly createdAt: string;
  /** Its IP address; empty until it has one. */
  readonly address: string;
  readonly node: string;
  readonly claims: readonly string[];
  readonly phase: string;
  readonly ready: boolean;
  /** ISO 8601; empty while it is not ready. */
  readonly readySince: string;
  /** Of the pod itself, such as `Evicted`. */
  readonly reason: string;
  readonly message: string;
  readonly scheduling: Scheduling;
  /** `deadline` is when the grace period ends. */
  readonly terminating: { readonly deadline: string; readonly graceSeconds: number } | null;
  readonly annotations: Readonly<Record<string, string>>;
  readonly containers: readonly PodContainer[];
}

/** Ready, and not terminating. */
export function isServing({ ready, terminating }: Pick<Pod, 'ready' | 'terminating'>): boolean {
  return ready && terminating === null;
}

export function hasEnded({ phase }: Pick<Pod, 'phase'>): boolean {
  return phase === 'Failed' || phase === 'Succeeded';
}

/** Whether its container waits for a reason that every healthy pod has at its start. */
export function isStarting({ reason }: Pick<PodContainer, 'reason'>): boolean {
  return reason === 'ContainerCreating' || reason === 'PodInitializing';
}
