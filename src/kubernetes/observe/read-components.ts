// Converts Deployments and pods, as the API server returns them, into components. Pure.
import type { V1ContainerStatus, V1Deployment, V1DeploymentStatus, V1Pod } from '@kubernetes/client-node';
import type { Component, MilvusPod, WaitingContainer } from '../../core/model/component.js';
import { findManagers } from '../../core/helm/managers.js';
import { PAUSE_ANNOTATION, LEAVING_ANNOTATION, parsePauseRecord } from '../../core/rolling/pause-record.js';
import type { Values } from '../../core/model/values.js';
import { deploymentOf, imageOf, isMilvusPod, milvusDeployments, roleOf } from './milvus-objects.js';
import { isNewPod, isReady, readySinceOf } from './read-pods.js';
import type { Manager } from '../../core/model/manager.js';
import { nameOf, count, failedCheckOf, failureOf, isRolloutComplete, waiting } from './deployment-conditions.js';

/** Waiting reasons of every healthy pod at its start. */
const HARMLESS_WAITING = new Set(['ContainerCreating', 'PodInitializing']);

/** One component for each Deployment, and one for the pods of a deleted Deployment; sorted by Deployment. */
export function readComponents(
  release: string,
  deployments: readonly V1Deployment[],
  pods: readonly V1Pod[],
): Component[] {
  const milvus = milvusDeployments(release, deployments);
  const milvusPods = pods.filter(isMilvusPod);
  const names = new Set(milvus.map(nameOf));
  const orphans = milvusPods.filter((pod) => !names.has(deploymentOf(pod)));
  const orphanRoles = [...new Set(orphans.map((pod) => roleOf(pod.metadata?.labels)))];
  const podsOf = (deployment: V1Deployment): V1Pod[] =>
    milvusPods.filter((pod) => deploymentOf(pod) === nameOf(deployment));
  const components = milvus.map((deployment) => readComponent(deployment, podsOf(deployment)));
  const remaining = orphanRoles.map((role) =>
    leftBehind(
      role,
      orphans.filter((pod) => roleOf(pod.metadata?.labels) === role),
    ),
  );
  return [...components, ...remaining].sort((a, b) => (a.deployment < b.deployment ? -1 : 1));
}

/** Other programs than Helm that manage the Milvus Deployments of a release. */
export function managersOf(release: string, deployments: readonly V1Deployment[]): Manager[] {
  return findManagers(
    milvusDeployments(release, deployments).map(({ metadata }) => ({
      labels: metadata?.labels ?? {},
      annotations: metadata?.annotations ?? {},
    })),
  );
}

function readComponent(deployment: V1Deployment, pods: readonly V1Pod[]): Component {
  const { spec, status, metadata } = deployment;
  const role = roleOf(metadata?.labels);
  const generation = count(metadata?.generation);
  const settledSpec = count(status?.observedGeneration) >= generation;
  return {
    ...countPods(role, pods),
    role,
    deployment: nameOf(deployment),
    templateImage: imageOf(role, spec?.template.spec),
    desired: spec?.replicas ?? 1,
    ...countsOf(status),
    waiting: [...failedCheckOf(deployment), ...pods.flatMap(waitingOf)],
    settledSpec,
    paused: spec?.paused === true,
    failure: settledSpec ? failureOf(deployment, pods) : '',
    rolloutComplete: settledSpec && isRolloutComplete(status),
    ...rollOf(deployment),
    generation,
    pods: pods.map((pod) => readMilvusPod(pod, deployment, pods)),
  };
}

function rollOf({ metadata, spec }: V1Deployment): Pick<Component, 'pauseRecord' | 'settings'> {
  const settings = { strategy: { ...spec?.strategy } as Values, minReadySeconds: count(spec?.minReadySeconds) };
  return { pauseRecord: parsePauseRecord(metadata?.annotations?.[PAUSE_ANNOTATION]), settings };
}

function readMilvusPod(pod: V1Pod, deployment: V1Deployment | null, pods: readonly V1Pod[]): MilvusPod {
  return {
    name: nameOf(pod),
    address: pod.status?.podIP ?? '',
    isNew: deployment !== null && isNewPod(pod, deployment, pods),
    ready: isReady(pod),
    readySince: readySinceOf(pod),
    terminating: pod.metadata?.deletionTimestamp !== undefined,
    leavingSince: pod.metadata?.annotations?.[LEAVING_ANNOTATION] ?? '',
  };
}

function countsOf(
  status: V1DeploymentStatus | undefined,
): Pick<Component, 'updated' | 'ready' | 'available' | 'outdated'> {
  const updated = count(status?.updatedReplicas);
  return {
    updated,
    ready: count(status?.readyReplicas),
    available: count(status?.availableReplicas),
    outdated: Math.max(0, count(status?.replicas) - updated),
  };
}

/** Pods of a deleted Deployment: all of them are terminating. */
function leftBehind(role: string, pods: readonly V1Pod[]): Component {
  const counts = countPods(role, pods);
  const outdated = pods.length - counts.terminating;
  return {
    ...counts,
    role,
    deployment: '',
    templateImage: '',
    desired: 0,
    updated: 0,
    ready: 0,
    available: 0,
    outdated,
    waiting: [],
    settledSpec: true,
    paused: false,
    failure: '',
    pods: pods.map((pod) => readMilvusPod(pod, null, pods)),
  };
}

function countPods(role: string, pods: readonly V1Pod[]): Pick<Component, 'podImages' | 'terminating' | 'restarts'> {
  const alive = pods.filter((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed');
  return {
    podImages: [...new Set(alive.map((pod) => imageOf(role, pod.spec)))].sort(),
    terminating: pods.filter((pod) => pod.metadata?.deletionTimestamp).length,
    restarts: alive.flatMap(containerStatuses).reduce((sum, container) => sum + container.restartCount, 0),
  };
}

function waitingOf(pod: V1Pod): WaitingContainer[] {
  if (pod.metadata?.deletionTimestamp) return [];
  const containers = containerStatuses(pod).flatMap(({ state }) => (state?.waiting ? [state.waiting] : []));
  const unscheduled =
    pod.status?.conditions?.filter((condition) => condition.type === 'PodScheduled' && condition.status === 'False') ??
    [];
  const troubles = [...containers.filter((container) => !HARMLESS_WAITING.has(container.reason ?? '')), ...unscheduled];
  return troubles.map((trouble) => waiting(nameOf(pod), trouble));
}

function containerStatuses({ status }: V1Pod): V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}
