// Converts Deployments and pods, as the API server returns them, into components. Pure.
import type { V1Deployment, V1DeploymentStatus, V1Pod } from '@kubernetes/client-node';
import type { Component, MilvusPod, WaitingContainer } from '../../core/model/component.js';
import { findManagers } from '../../core/helm/managers.js';
import { PAUSE_ANNOTATION, LEAVING_ANNOTATION, parsePauseRecord } from '../../core/rolling/pause-record.js';
import type { Values } from '../../core/model/values.js';
import { hasEnded, isStarting, type Pod } from '../../core/model/pod.js';
import { imageOf, isMilvusPod, milvusDeployments, roleOf } from './milvus-objects.js';
import { readPod } from './read-pod.js';
import { isNewPod } from './read-pods.js';
import type { Manager } from '../../core/model/manager.js';
import { nameOf, count, failedCheckOf, failureOf, isRolloutComplete, waiting } from './deployment-conditions.js';

/** One component for each Deployment, and one for the pods of a deleted Deployment; sorted by Deployment. */
export function readComponents(
  release: string,
  deployments: readonly V1Deployment[],
  listed: readonly V1Pod[],
): Component[] {
  const milvus = milvusDeployments(release, deployments);
  const pods = listed.filter(isMilvusPod).map(readPod);
  const names = new Set(milvus.map(nameOf));
  const orphans = pods.filter((pod) => !names.has(pod.deployment));
  const orphanRoles = [...new Set(orphans.map((pod) => pod.role))];
  const podsOf = (deployment: V1Deployment): Pod[] => pods.filter((pod) => pod.deployment === nameOf(deployment));
  const components = milvus.map((deployment) => readComponent(deployment, podsOf(deployment)));
  const remaining = orphanRoles.map((role) =>
    leftBehind(
      role,
      orphans.filter((pod) => pod.role === role),
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

function readComponent(deployment: V1Deployment, pods: readonly Pod[]): Component {
  const { spec, status, metadata } = deployment;
  const role = roleOf(metadata?.labels);
  const generation = count(metadata?.generation);
  const settledSpec = count(status?.observedGeneration) >= generation;
  return {
    ...countPods(pods),
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

function readMilvusPod(pod: Pod, deployment: V1Deployment | null, pods: readonly Pod[]): MilvusPod {
  const { name, address, ready, readySince, terminating, annotations, containers } = pod;
  const ended = terminating !== null && containers.every(({ isInit, state }) => isInit || state === 'terminated');
  return {
    name,
    address,
    isNew: deployment !== null && isNewPod(pod, deployment, pods),
    ready,
    readySince,
    terminating: terminating !== null,
    ...(ended && { ended }),
    leavingSince: annotations[LEAVING_ANNOTATION] ?? '',
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
function leftBehind(role: string, pods: readonly Pod[]): Component {
  const counts = countPods(pods);
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

function countPods(pods: readonly Pod[]): Pick<Component, 'podImages' | 'terminating' | 'restarts'> {
  const alive = pods.filter((pod) => !hasEnded(pod));
  return {
    podImages: [...new Set(alive.map((pod) => pod.image))].sort(),
    terminating: pods.filter((pod) => pod.terminating !== null).length,
    restarts: alive.flatMap((pod) => pod.containers).reduce((sum, container) => sum + container.restarts, 0),
  };
}

function waitingOf({ name, terminating, containers, scheduling }: Pod): WaitingContainer[] {
  if (terminating !== null) return [];
  const stopped = containers.filter(
    (container) => container.state === 'waiting' && container.reason !== '' && !isStarting(container),
  );
  return [...stopped, ...(scheduling.state === 'refused' ? [scheduling] : [])].map((trouble) => waiting(name, trouble));
}
