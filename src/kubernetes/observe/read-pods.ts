// Converts pods and the conditions of Deployments, as the API server returns them, into the input of a diagnosis. Pure.
import type {
  V1ContainerState,
  V1ContainerStatus,
  V1Deployment,
  V1DeploymentCondition,
  V1Pod,
} from '@kubernetes/client-node';
import type {
  ContainerSnapshot,
  DeploymentSnapshot,
  Exit,
  PodSnapshot,
  Scheduling,
} from '../../core/diagnosis/snapshot.js';
import { deploymentOf, imageOf, roleOf } from './milvus-objects.js';

export function readPodSnapshots(deployments: readonly V1Deployment[], pods: readonly V1Pod[]): PodSnapshot[] {
  const targets = new Map(deployments.map((deployment) => [deployment.metadata?.name ?? '', deployment]));
  return pods.map((pod) => {
    const deployment = targets.get(deploymentOf(pod));
    return readPod(pod, deployment !== undefined && isNewPod(pod, deployment, pods));
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
export function isNewPod(pod: V1Pod, deployment: V1Deployment, pods: readonly V1Pod[]): boolean {
  const role = roleOf(deployment.metadata?.labels);
  if (!isObserved(deployment) || imageOf(role, pod.spec) !== imageOf(role, deployment.spec?.template.spec))
    return false;
  const target = targetOf(deployment);
  if (target !== '') return replicaSetOf(pod) === target;
  const siblings = pods.filter((sibling) => deploymentOf(sibling) === deploymentOf(pod));
  const youngest = siblings.reduce((newest, sibling) => (madeAt(sibling) > madeAt(newest) ? sibling : newest), pod);
  return replicaSetOf(pod) === replicaSetOf(youngest);
}

function replicaSetOf({ metadata }: V1Pod): string {
  return metadata?.ownerReferences?.find((owner) => owner.kind === 'ReplicaSet')?.name ?? '';
}

function madeAt({ metadata }: V1Pod): string {
  return isoTime(metadata?.creationTimestamp);
}

function readPod(pod: V1Pod, fresh: boolean): PodSnapshot {
  const { name = '', uid = '' } = pod.metadata ?? {};
  const { spec } = pod;
  return {
    ...conditionOf(pod),
    name,
    uid,
    deployment: deploymentOf(pod),
    isNew: fresh,
    node: spec?.nodeName ?? '',
    claims: (spec?.volumes ?? []).flatMap((volume) =>
      volume.persistentVolumeClaim ? [volume.persistentVolumeClaim.claimName] : [],
    ),
    scheduling: schedulingOf(pod),
    terminating: endOf(pod),
    containers: containersOf(pod),
  };
}

export function isReady({ status }: V1Pod): boolean {
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}

/** ISO 8601; empty while the pod is not ready. */
export function readySinceOf({ status }: V1Pod): string {
  return isoTime(
    status?.conditions?.find((condition) => condition.type === 'Ready' && condition.status === 'True')
      ?.lastTransitionTime,
  );
}

function conditionOf({ status = {} }: V1Pod): Pick<PodSnapshot, 'phase' | 'reason' | 'message' | 'ready'> {
  const { phase = '', reason = '', message = '', conditions = [] } = status;
  return {
    phase,
    reason,
    message,
    ready: conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
  };
}

function containersOf({ status }: V1Pod): ContainerSnapshot[] {
  const init = (status?.initContainerStatuses ?? []).map((container) => readContainer(container, true));
  return [...init, ...(status?.containerStatuses ?? []).map((container) => readContainer(container, false))];
}

/** The deletion timestamp is the time of the request plus the grace period. */
function endOf({ metadata, spec }: V1Pod): PodSnapshot['terminating'] {
  if (!metadata?.deletionTimestamp) return null;
  const graceSeconds = metadata.deletionGracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? 30;
  return { deadline: isoTime(metadata.deletionTimestamp), graceSeconds };
}

function schedulingOf({ spec, status }: V1Pod): Scheduling {
  if (spec?.nodeName) return { state: 'complete' };
  const word = status?.conditions?.find((condition) => condition.type === 'PodScheduled');
  if (!word) return { state: 'silent' };
  return word.status === 'True'
    ? { state: 'complete' }
    : { state: 'refused', reason: word.reason ?? 'Unschedulable', message: word.message ?? '' };
}

function readContainer(
  { name, image, state = {}, lastState = {}, ready, restartCount }: V1ContainerStatus,
  isInit: boolean,
): ContainerSnapshot {
  const { reason = '', message = '' } = state.waiting ?? state.terminated ?? {};
  const startedAt = isoTime(state.running?.startedAt);
  const about = { name, image, isInit, ready, restarts: restartCount };
  return { ...about, state: stateOf(state), reason, message, startedAt, lastExit: exitOf(state) ?? exitOf(lastState) };
}

function stateOf({ running, terminated }: V1ContainerState): ContainerSnapshot['state'] {
  if (running) return 'running';
  return terminated ? 'terminated' : 'waiting';
}

function exitOf({ terminated }: V1ContainerState): Exit | null {
  return terminated
    ? { reason: terminated.reason ?? '', exitCode: terminated.exitCode, at: isoTime(terminated.finishedAt) }
    : null;
}

/** Lists return dates, watches return strings. */
export function isoTime(time: Date | string | null | undefined): string {
  const date = time ? new Date(time) : null;
  return date && !Number.isNaN(date.getTime()) ? date.toISOString() : '';
}
