// Evaluates when a Deployment is paused, and when it is resumed and serves. Pure: it compares a step with an
// observation. The observed state decides, not elapsed time; only if etcd cannot be read, the time for which the new
// pods have been ready decides.
import type { Cause } from '../model/cause.js';
import type { Component, MilvusPod } from '../model/component.js';
import { evaluateReadiness } from '../helm/readiness.js';
import { keepsSession, registered } from './serving.js';
import type { StepStatus } from '../model/step-status.js';
import type { HelmObservation } from '../helm/observation.js';
import type { PauseStep, ResumeStep } from './step.js';
import {
  evaluateServing,
  isEnough,
  nameAll,
  newReadyPods,
  ownComponents,
  readySince,
  registration,
  secondsLeft,
} from './serving-status.js';

/**
 * Without etcd, a new coordinator counts as standby once it has been ready for this time. Measured on a node: 2 to 3 s.
 */
export const UNOBSERVED_SECONDS = 10;
/**
 * A new pod that has run without restarts for this time and is not ready may be waiting for another component to be
 * replaced.
 */
export const PATIENCE_SECONDS = 90;

export function evaluatePause(step: PauseStep, observation: HelmObservation): StepStatus {
  const missing = observation.components.filter(
    (component) => step.deployments.includes(component.deployment) && !isPausedFor(component, step),
  );
  return missing.length > 0 ? { state: 'pending' } : { state: 'complete' };
}

/** A Deployment that was already resumed, or whose rollout is complete, is not paused again for the same version. */
export function isPausedFor({ pauseRecord, paused, templateImage }: Component, { to, image }: PauseStep): boolean {
  if (!pauseRecord) return templateImage === image;
  return pauseRecord.to === to && (pauseRecord.state !== 'paused' || paused);
}

export function evaluateResume(step: ResumeStep, observation: HelmObservation): StepStatus {
  const own = ownComponents(step, observation);
  if (own.length === 0) return { state: 'in-progress', waitingFor: `${step.deployment || step.role} (not found yet)` };
  if (own.some((component) => component.pauseRecord?.state === 'paused' || component.paused))
    return { state: 'pending' };
  const settled = evaluateReadiness(own, step, observation);
  if (settled.state === 'complete') return evaluateServing(step, own, observation);
  if ((step.takeOver === 'standby' || step.takeOver === 'drain') && settled.state === 'in-progress')
    return evaluateBeside(step, own, observation) ?? deferOr(settled, step, own, observation);
  return settled.state === 'in-progress' ? deferOr(settled, step, own, observation) : settled;
}

/** Null while too few new pods are ready beside the old ones. */
function evaluateBeside(step: ResumeStep, own: readonly Component[], observation: HelmObservation): StepStatus | null {
  const { takeOver, readySeconds, role, version } = step;
  const pods = newReadyPods(own);
  if (!isEnough(pods, step, own)) return null;
  const seconds = takeOver === 'standby' ? UNOBSERVED_SECONDS : readySeconds;
  if (!observation.sessions || observation.sessions.list === null)
    return readyForLong(pods, seconds, 'because etcd cannot be read', observation);
  if (!keepsSession(role, version))
    return readyForLong(pods, seconds, `because ${role} registers no session in this version`, observation);
  const missing = pods.filter((pod) => !registered(pod, observation.sessions?.list ?? []));
  return missing.length === 0
    ? { state: 'complete' }
    : registration(`${nameAll(missing)} to register in etcd`, missing, observation);
}

function readyForLong(
  pods: readonly MilvusPod[],
  seconds: number,
  why: string,
  { takenAt }: HelmObservation,
): StepStatus {
  const left = secondsLeft(seconds, readySince(pods), takenAt);
  if (left <= 0) return { state: 'complete' };
  return {
    state: 'in-progress',
    waitingFor: `${nameAll(pods)} to be ready for ${seconds} s, ${why}`,
    recheckSeconds: left,
  };
}

/**
 * Two components that each wait for the other to be replaced would wait forever, so the step is deferred; the old pods
 * of both serve until the new ones are ready.
 */
function deferOr(
  inProgress: StepStatus & { readonly state: 'in-progress' },
  step: ResumeStep,
  own: readonly Component[],
  { takenAt, causes }: HelmObservation,
): StepStatus {
  const since = own.map((component) => component.pauseRecord?.changedAt ?? '').filter((time) => time !== '');
  const fresh = own.flatMap((component) => component.pods ?? []).filter((pod) => pod.isNew && !pod.terminating);
  const quiet =
    own.every((component) => component.waiting.length === 0 && component.restarts === 0) &&
    !causes.some((cause) => isOther(cause, own));
  if (!step.mayDefer || since.length === 0 || fresh.length === 0 || fresh.some((pod) => pod.ready) || !quiet)
    return inProgress;
  const left = secondsLeft(PATIENCE_SECONDS, Math.max(...since.map((time) => Date.parse(time))), takenAt);
  if (left > 0) return { ...inProgress, recheckSeconds: left };
  const reason = `${nameAll(fresh)} runs but is not ready after ${PATIENCE_SECONDS} s; it may be waiting for a component that is not upgraded yet`;
  return { state: 'deferred', reason };
}

/** A failing probe is expected while a pod waits. */
function isOther({ code, deployment }: Cause, own: readonly Component[]): boolean {
  return code !== 'PROBE_FAILING' && own.some((component) => component.deployment === deployment);
}
