// Reads the conditions of a Deployment: a failed rollout, refused pods, and whether the rollout is complete. Pure.
import type { V1Deployment, V1DeploymentCondition, V1DeploymentStatus } from '@kubernetes/client-node';
import type { WaitingContainer } from '../../core/model/component.js';
import type { Pod } from '../../core/model/pod.js';
import { roleOf, imageOf } from './milvus-objects.js';

/** The API server omits zeros. */
export function count(value: number | undefined): number {
  return value ?? 0;
}

export function nameOf({ metadata }: V1Deployment): string {
  return metadata?.name ?? '';
}

export function failureOf(deployment: V1Deployment, pods: readonly Pod[]): string {
  const progressing = deployment.status?.conditions?.find(
    (condition) => condition.type === 'Progressing' && condition.status === 'False',
  );
  return progressing && !isStale(progressing, deployment, pods) ? `${progressing.reason}: ${progressing.message}` : '';
}

/**
 * The controller keeps the condition of an abandoned template until the next one makes progress (kubernetes
 * pkg/controller/deployment/progress.go): it names a ReplicaSet to which no pod of the current image belongs.
 */
function isStale({ message = '' }: V1DeploymentCondition, deployment: V1Deployment, pods: readonly Pod[]): boolean {
  const [, replicaSet] = /^ReplicaSet "([^"]+)"/.exec(message) ?? [];
  const role = roleOf(deployment.metadata?.labels);
  const desired = imageOf(role, deployment.spec?.template.spec);
  const own = pods.filter((pod) => pod.terminating === null && pod.replicaSet === replicaSet);
  return (
    replicaSet !== undefined && failedCheckOf(deployment).length === 0 && !own.some((pod) => pod.image === desired)
  );
}

/**
 * The controller keeps this reason when pods of a complete rollout are lost later (kubernetes
 * pkg/controller/deployment/progress.go, syncRolloutStatus).
 */
export function isRolloutComplete(status: V1DeploymentStatus | undefined): boolean {
  const isComplete =
    status?.conditions?.some(
      (condition) => condition.type === 'Progressing' && condition.reason === 'NewReplicaSetAvailable',
    ) ?? false;
  return isComplete && count(status?.replicas) === count(status?.updatedReplicas);
}

/** Pods that the API server does not create because of a quota or an admission rule; this can be temporary. */
export function failedCheckOf(deployment: V1Deployment): WaitingContainer[] {
  const refused = deployment.status?.conditions?.find(
    (condition) => condition.type === 'ReplicaFailure' && condition.status === 'True',
  );
  return refused ? [waiting(nameOf(deployment), refused)] : [];
}

export function waiting(
  pod: string,
  { reason = 'Waiting', message = '' }: { reason?: string; message?: string },
): WaitingContainer {
  return { pod, reason, message };
}
