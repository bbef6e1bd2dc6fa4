// Converts a pod, as the API server returns it, into the model of a pod. Pure.
import type { V1ContainerState, V1ContainerStatus, V1Pod, V1PodCondition } from '@kubernetes/client-node';
import type { Exit, Pod, PodContainer, Scheduling } from '../../core/model/pod.js';
import { deploymentOf, imageOf, replicaSetOf, roleOf } from './milvus-objects.js';

export function readPod(pod: V1Pod): Pod {
  return {
    ...identityOf(pod),
    ...statusOf(pod),
    node: pod.spec?.nodeName ?? '',
    claims: claimsOf(pod),
    scheduling: schedulingOf(pod),
    terminating: endOf(pod),
    containers: containersOf(pod),
  };
}

type Identity = Pick<
  Pod,
  'name' | 'uid' | 'role' | 'deployment' | 'replicaSet' | 'image' | 'createdAt' | 'annotations'
>;

function identityOf(pod: V1Pod): Identity {
  const { name = '', uid = '', labels, annotations = {}, creationTimestamp } = pod.metadata ?? {};
  const role = roleOf(labels);
  return {
    name,
    uid,
    role,
    deployment: deploymentOf(pod),
    replicaSet: replicaSetOf(pod),
    image: imageOf(role, pod.spec),
    createdAt: isoTime(creationTimestamp),
    annotations,
  };
}

function statusOf(pod: V1Pod): Pick<Pod, 'address' | 'phase' | 'reason' | 'message' | 'ready' | 'readySince'> {
  const { podIP: address = '', phase = '', reason = '', message = '' } = pod.status ?? {};
  const condition = conditionOf(pod, 'Ready');
  const ready = condition?.status === 'True';
  return { address, phase, reason, message, ready, readySince: ready ? isoTime(condition.lastTransitionTime) : '' };
}

function conditionOf({ status }: V1Pod, type: string): V1PodCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

function claimsOf({ spec }: V1Pod): string[] {
  return (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => (claim ? [claim.claimName] : []));
}

function containersOf({ status }: V1Pod): PodContainer[] {
  const init = (status?.initContainerStatuses ?? []).map((container) => readContainer(container, true));
  return [...init, ...(status?.containerStatuses ?? []).map((container) => readContainer(container, false))];
}

/** The deletion timestamp is the time of the request plus the grace period. */
function endOf({ metadata, spec }: V1Pod): Pod['terminating'] {
  if (!metadata?.deletionTimestamp) return null;
  const graceSeconds = metadata.deletionGracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? 30;
  return { deadline: isoTime(metadata.deletionTimestamp), graceSeconds };
}

function schedulingOf(pod: V1Pod): Scheduling {
  if (pod.spec?.nodeName) return { state: 'complete' };
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (!scheduled) return { state: 'silent' };
  return scheduled.status === 'True'
    ? { state: 'complete' }
    : { state: 'refused', reason: scheduled.reason ?? 'Unschedulable', message: scheduled.message ?? '' };
}

function readContainer(
  { name, image, state = {}, lastState = {}, ready, restartCount }: V1ContainerStatus,
  isInit: boolean,
): PodContainer {
  const { reason = '', message = '' } = state.waiting ?? state.terminated ?? {};
  const startedAt = isoTime(state.running?.startedAt);
  const about = { name, image, isInit, ready, restarts: restartCount };
  return { ...about, state: stateOf(state), reason, message, startedAt, lastExit: exitOf(state) ?? exitOf(lastState) };
}

function stateOf({ running, terminated }: V1ContainerState): PodContainer['state'] {
  if (running) return 'running';
  return terminated ? 'terminated' : 'waiting';
}

function exitOf({ terminated }: V1ContainerState): Exit | null {
  if (!terminated) return null;
  const { reason = '', exitCode, message = '', finishedAt } = terminated;
  return { reason, exitCode, message, at: isoTime(finishedAt) };
}

/** Lists return dates, watches return strings. */
export function isoTime(time: Date | string | null | undefined): string {
  const date = time ? new Date(time) : null;
  return date && !Number.isNaN(date.getTime()) ? date.toISOString() : '';
}
