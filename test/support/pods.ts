// Pods, Deployments and events as an API server returns them, for one Deployment with a known newest ReplicaSet; shapes
// and texts are those of a real one.
import type {
  CoreV1Event,
  V1ContainerState,
  V1ContainerStatus,
  V1Deployment,
  V1DeploymentCondition,
  V1Pod,
  V1PodCondition,
} from '@kubernetes/client-node';

export const IMAGE = 'milvusdb/milvus:v2.2.16';
const OLD_IMAGE = 'milvusdb/milvus:v2.2.12';
const BEGIN = Date.UTC(2026, 0, 15, 3, 0, 0);

/** The timestamp of a second of the simulated run. */
export function at(seconds: number): Date {
  return new Date(BEGIN + seconds * 1000);
}

export interface DeploymentOver {
  readonly role?: string;
  readonly desired?: number;
  readonly updated?: number;
  readonly ready?: number;
  readonly observedGeneration?: number;
  readonly paused?: boolean;
  readonly conditions?: readonly V1DeploymentCondition[];
}

export function deployment({
  role = 'proxy',
  desired = 1,
  updated = 1,
  ready = 0,
  observedGeneration = 2,
  paused = false,
  conditions,
}: DeploymentOver = {}): V1Deployment {
  const name = `my-milvus-${role}`;
  const labels = { component: role };
  return {
    metadata: { name, generation: 2, labels },
    spec: {
      replicas: desired,
      paused,
      selector: {},
      template: { metadata: { labels }, spec: { containers: [{ name: role, image: IMAGE }] } },
    },
    status: {
      observedGeneration,
      replicas: desired,
      updatedReplicas: updated,
      readyReplicas: ready,
      conditions: [...(conditions ?? [progressing(role)])],
    },
  };
}

export function progressing(role = 'proxy'): V1DeploymentCondition {
  return {
    type: 'Progressing',
    status: 'True',
    reason: 'ReplicaSetUpdated',
    message: `ReplicaSet "my-milvus-${role}-new" is progressing.`,
  };
}

export function givenUp(role = 'proxy'): V1DeploymentCondition {
  return {
    type: 'Progressing',
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: `ReplicaSet "my-milvus-${role}-new" has timed out progressing.`,
  };
}

export function replicaFailure(message: string): V1DeploymentCondition {
  return { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message };
}

export interface PodOver {
  readonly role?: string;
  readonly id?: string;
  readonly isOld?: boolean;
  readonly node?: string;
  readonly phase?: string;
  readonly ready?: boolean;
  readonly conditions?: readonly V1PodCondition[];
  readonly containers?: readonly V1ContainerStatus[];
  readonly deletedAt?: Date;
  readonly reason?: string;
  readonly message?: string;
  readonly claim?: string;
}

export function pod({
  role = 'proxy',
  id = 'a',
  isOld = false,
  node = 'node-1',
  ready = false,
  ...over
}: PodOver = {}): V1Pod {
  const hash = isOld ? 'old' : 'new';
  const name = `my-milvus-${role}-${hash}-${id}`;
  const scheduled: V1PodCondition[] = node ? [{ type: 'PodScheduled', status: 'True' }] : [];
  const conditions = over.conditions ?? [...scheduled, { type: 'Ready', status: ready ? 'True' : 'False' }];
  const volumes = over.claim ? [{ name: 'data', persistentVolumeClaim: { claimName: over.claim } }] : [];
  return {
    metadata: {
      name,
      uid: `uid-${name}`,
      creationTimestamp: at(0),
      labels: { component: role, 'pod-template-hash': hash },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `my-milvus-${role}-${hash}`, uid: hash }],
      ...(over.deletedAt ? { deletionTimestamp: over.deletedAt, deletionGracePeriodSeconds: 30 } : {}),
    },
    spec: {
      containers: [{ name: role, image: isOld ? OLD_IMAGE : IMAGE }],
      volumes,
      ...(node ? { nodeName: node } : {}),
    },
    status: {
      phase:
        over.phase ?? (node && over.containers?.some((container) => container.state?.running) ? 'Running' : 'Pending'),
      conditions: [...conditions],
      containerStatuses: [...(over.containers ?? [])],
      ...(over.reason ? { reason: over.reason, message: over.message ?? '' } : {}),
    },
  };
}

export function refused(message: string): V1PodCondition {
  return { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
}

export function container(state: V1ContainerState, over: Partial<V1ContainerStatus> = {}): V1ContainerStatus {
  return { name: 'proxy', image: IMAGE, imageID: '', ready: false, restartCount: 0, state, ...over };
}

export const waiting = (reason: string, message = ''): V1ContainerState => ({ waiting: { reason, message } });
export const running = (since: number): V1ContainerState => ({ running: { startedAt: at(since) } });
export const ended = (when: number, exitCode = 1, reason = 'Error'): V1ContainerState => ({
  terminated: { exitCode, reason, finishedAt: at(when) },
});

/** A Warning about a pod, as the kubelet writes it. */
export function event(
  about: V1Pod,
  reason: string,
  message: string,
  lastAt = 0,
  over: Partial<CoreV1Event> = {},
): CoreV1Event {
  const { name = '', uid = '' } = about.metadata ?? {};
  const involvedObject = { kind: 'Pod', name, uid };
  return {
    metadata: {},
    involvedObject,
    reason,
    message,
    type: 'Warning',
    count: 1,
    firstTimestamp: at(lastAt),
    lastTimestamp: at(lastAt),
    ...over,
  };
}
