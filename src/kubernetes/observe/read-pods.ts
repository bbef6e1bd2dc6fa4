// Converts pods and the conditions of Deployments, as the API server returns them, into the input of a diagnosis. Pure.
import type { V1Deployment, V1DeploymentCondition, V1Pod } from '@kubernetes/client-node';
import type { DeploymentSnapshot, PodSnapshot } from '../../core/diagnosis/snapshot.js';
import type { Pod } from '../../core/model/pod.js';
import { imageOf, roleOf } from './milvus-objects.js';
import { readPod } from './read-pod.js';

export function readPodSnapshots(deployments: readonly V1Deployment[], listed: readonly V1Pod[]): PodSnapshot[] {
  const pods = listed.map(readPod);
  const targets = new Map(deployments.map((deployment) => [deployment.metadata?.name ?? '', deployment]));
  return pods.map((pod) => {
    const deployment = targets.get(pod.deployment);
    return { ...pod, isNew: deployment !== undefined && isNewPod(pod, deployment, pods) };
  });
}

export function readDeploymentSnapshots(deployments: readonly V1Deployment[]): DeploymentSnapshot[] {
  return deployments.map((deployment) => ({
    ...countsOf(deployment),
    ...wordsOf(deployment),
    name: deployment.metadata?.name ?? '',
    paused: deployment.spec?.paused === true,
  }));
}

/** The API server omits zeros. */
function countsOf({ spec, status }: V1Deployment): Pick<DeploymentSnapshot, 'desired' | 'updated' | 'ready'> {
  return { desired: spec?.replicas ?? 1, updated: status?.updatedReplicas ?? 0, ready: status?.readyReplicas ?? 0 };
}

function wordsOf(
  deployment: V1Deployment,
): Pick<DeploymentSnapshot, 'settledSpec' | 'target' | 'failedCheck' | 'givenUp'> {
  const settledSpec = isObserved(deployment);
  const late = condition(deployment, 'Progressing', 'False');
  return {
    settledSpec,
    target: targetOf(deployment),
    failedCheck: condition(deployment, 'ReplicaFailure', 'True')?.message ?? '',
    givenUp: settledSpec && late ? `${late.reason}: ${late.message}` : '',
  };
}

function isObserved({ metadata, status }: V1Deployment): boolean {
  return (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
}

function condition({ status }: V1Deployment, type: string, state: string): V1DeploymentCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type && condition.status === state);
}

/**
 * Each message of the condition Progressing names the newest ReplicaSet, except for a pause (kubernetes
 * pkg/controller/deployment/progress.go, sync.go).
 */
function targetOf(deployment: V1Deployment): string {
  if (!isObserved(deployment)) return '';
  const message = deployment.status?.conditions?.find((condition) => condition.type === 'Progressing')?.message ?? '';
  return /replica ?set "([^"]+)"/i.exec(message)?.[1] ?? '';
}

/**
 * If no message names the ReplicaSet (no progress deadline), the newest is that of the youngest pod. A pod with an old
 * image is never new.
 */
export function isNewPod(pod: Pod, deployment: V1Deployment, pods: readonly Pod[]): boolean {
  const role = roleOf(deployment.metadata?.labels);
  if (!isObserved(deployment) || pod.image !== imageOf(role, deployment.spec?.template.spec)) return false;
  const target = targetOf(deployment);
  if (target !== '') return pod.replicaSet === target;
  const siblings = pods.filter((sibling) => sibling.deployment === pod.deployment);
  const youngest = siblings.reduce((newest, sibling) => (sibling.createdAt > newest.createdAt ? sibling : newest), pod);
  return pod.replicaSet === youngest.replicaSet;
}
