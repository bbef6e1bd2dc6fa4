// The status of draining: whether the old pods of a component have left their Service and have ended. Pure.
import type { Component } from '../model/component.js';
import type { HelmObservation } from '../helm/observation.js';
import type { StepStatus } from '../model/step-status.js';
import type { DrainStep } from './step.js';
import { evaluateReadiness } from '../helm/readiness.js';
import {
  changedAt,
  evaluateServing,
  isEnough,
  nameAll,
  newReadyPods,
  ownComponents,
  secondsLeft,
} from './serving-status.js';
import { staleSessions } from './serving.js';

/**
 * This time after a pod has left its Service, no node routes connections to it: kube-proxy writes its rules at least
 * once a second (kubernetes pkg/proxy/apis/config, minSyncPeriod).
 */
const LEAVING_SECONDS = 3;
/**
 * The longest time for which a session outlives its process (milvus-io/milvus configs/milvus.yaml common.session.ttl,
 * 60 s at most in any version).
 */
export const LEASE_SECONDS = 60;

export function evaluateDrain(step: DrainStep, observation: HelmObservation): StepStatus {
  const own = ownComponents(step, observation);
  const settled = evaluateReadiness(own, step, observation);
  if (step.takeOver === 'drain' && own.some((component) => component.pauseRecord?.state === 'drained')) {
    const leaving = evaluateLeaving(step, observation);
    if (leaving) return leaving;
  }
  if (settled.state === 'complete') return evaluateServing(step, own, observation);
  if (settled.state !== 'in-progress' || !own.some((component) => component.pauseRecord?.state === 'resumed'))
    return settled;
  // Until then nothing but the old pods serves, whatever was true when the Deployment was resumed.
  if (!isEnough(newReadyPods(own), step, own)) return settled;
  return evaluateReady(own, observation);
}

/** Null if no pod is out of its Service. */
function evaluateLeaving({ role }: DrainStep, { components, takenAt }: HelmObservation): StepStatus | null {
  const pods = components.filter((component) => component.role === role).flatMap((component) => component.pods ?? []);
  const leaving = pods.filter((pod) => pod.leavingSince);
  if (leaving.length === 0) return null;
  const ending = leaving.filter((pod) => pod.terminating);
  if (ending.length === leaving.length) return { state: 'in-progress', waitingFor: `${nameAll(ending)} to terminate` };
  const left = secondsLeft(
    LEAVING_SECONDS,
    Math.max(...leaving.map((pod) => Date.parse(pod.leavingSince ?? ''))),
    takenAt,
  );
  if (left <= 0) return { state: 'pending' };
  return {
    state: 'in-progress',
    waitingFor: `all nodes to stop routing connections to ${nameAll(leaving)}`,
    recheckSeconds: left,
  };
}

/**
 * A coordinator that becomes active treats every session as alive and connects to it: the sessions of removed pods must
 * have expired before.
 */
function evaluateReady(own: readonly Component[], observation: HelmObservation): StepStatus {
  const stale = observation.sessions?.list ? staleSessions(observation) : [];
  const released = Math.max(...own.map(changedAt));
  const left = secondsLeft(LEASE_SECONDS, released, observation.takenAt);
  if (stale.length === 0 || left <= 0) return { state: 'pending' };
  const described = stale.map(({ role, address }) => `${role} at ${address}`).join(', ');
  return { state: 'in-progress', waitingFor: `sessions of removed pods to expire: ${described}`, recheckSeconds: left };
}
