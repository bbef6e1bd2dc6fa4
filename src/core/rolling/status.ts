// Evaluates when the steps of a rolling upgrade are complete. Pure: it compares a step with an observation. The
// observed state decides, not elapsed time; only if etcd cannot be read, the time for which the new pods have been
// ready decides.
import type { Cause } from '../model/cause.js';
import { describeComponent, type Component, type MilvusPod } from '../model/component.js';
import { evaluateReadiness } from '../helm/readiness.js';
import { holds } from '../model/values.js';
import { activeElsewhere, keepsSession, registered, staleSessions, unregistered } from './serving.js';
import type { StepStatus } from '../model/step-status.js';
import type { HelmObservation } from '../helm/observation.js';
import type { DrainStep, PauseStep, RestoreSettingsStep, ResumeStep, PruneStep } from './step.js';
import type { Loaded } from '../model/shared-observation.js';

/**
 * Without etcd, a new coordinator counts as standby once it has been ready for this time. Measured on a node: 2 to 3 s.
 */
export const UNOBSERVED_SECONDS = 10;
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
/**
 * The longest wait for a ready pod to register; after it the step continues, because another version may register
 * differently.
 */
const MAX_REGISTRATION_SECONDS = 120;
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
    return evaluateBeside(step, own, observation) ?? yieldOr(settled, step, own, observation);
  return settled.state === 'in-progress' ? yieldOr(settled, step, own, observation) : settled;
}

/**
 * Null while too few new pods are ready beside the old ones: one standby is sufficient; proxies need all of their pods.
 */
function evaluateBeside(
  { takeOver, readySeconds, role, version }: ResumeStep,
  own: readonly Component[],
  observation: HelmObservation,
): StepStatus | null {
  const pods = own
    .flatMap((component) => component.pods ?? [])
    .filter((pod) => pod.isNew && pod.ready && !pod.terminating);
  const enough = takeOver === 'standby' ? 1 : own.reduce((sum, component) => sum + component.desired, 0);
  if (pods.length < enough) return null;
  const seconds = takeOver === 'standby' ? UNOBSERVED_SECONDS : readySeconds;
  if (!observation.sessions || observation.sessions.observation === null)
    return readyForLong(pods, seconds, 'because etcd cannot be read', observation);
  if (!keepsSession(role, version))
    return readyForLong(pods, seconds, `because ${role} registers no session in this version`, observation);
  const missing = pods.filter((pod) => !registered(pod, observation.sessions?.observation ?? []));
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

/** `later` is another possible start of the wait, in milliseconds. */
function registration(
  waitingFor: string,
  pods: readonly MilvusPod[],
  { takenAt }: HelmObservation,
  later = 0,
): StepStatus {
  const left = secondsLeft(MAX_REGISTRATION_SECONDS, Math.max(readySince(pods), later), takenAt);
  return left <= 0 ? { state: 'complete' } : { state: 'in-progress', waitingFor, recheckSeconds: left };
}

/** 0 or less once the time is over. For a pod that was never ready, all of the time is left. */
function secondsLeft(seconds: number, since: number, takenAt: string): number {
  return Number.isFinite(since) ? Math.ceil(seconds - (Date.parse(takenAt) - since) / 1000) : seconds;
}

function readySince(pods: readonly MilvusPod[]): number {
  return Math.max(...pods.map((pod) => (pod.ready ? Date.parse(pod.readySince) : Number.NaN)));
}

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
  const stale = observation.sessions?.observation ? staleSessions(observation) : [];
  const released = Math.max(...own.map(changedAt));
  const left = secondsLeft(LEASE_SECONDS, released, observation.takenAt);
  if (stale.length === 0 || left <= 0) return { state: 'pending' };
  const described = stale.map(({ role, address }) => `${role} at ${address}`).join(', ');
  return { state: 'in-progress', waitingFor: `sessions of removed pods to expire: ${described}`, recheckSeconds: left };
}

/** A ready pod is not necessarily usable: the other components must also know the new pods. */
function evaluateServing(
  step: ResumeStep | DrainStep,
  own: readonly Component[],
  observation: HelmObservation,
): StepStatus {
  const { sessions, loaded } = observation;
  const unloaded = step.role === 'proxy' ? '' : describeUnloaded(loaded);
  if (unloaded !== '') return { state: 'in-progress', waitingFor: unloaded, recheckSeconds: 1 };
  if (!sessions || sessions.observation === null || !keepsSession(step.role, step.version))
    return { state: 'complete' };
  const pods = own.flatMap((component) => component.pods ?? []).filter((pod) => !pod.terminating);
  const waiting =
    step.takeOver === 'standby' || step.takeOver === 'recreate'
      ? activeElsewhere(step.role, pods, sessions.observation)
      : unregistered(pods, sessions.observation);
  return waiting === ''
    ? { state: 'complete' }
    : registration(waiting, pods, observation, Math.max(...own.map(changedAt)));
}

/** When a rolling upgrade last changed the Deployment, in milliseconds; 0 if it is not paused by one. */
function changedAt({ pauseRecord }: Component): number {
  return Date.parse(pauseRecord?.changedAt ?? '') || 0;
}

/** Empty if every collection is served, or if this cannot be queried. */
function describeUnloaded(loaded: Loaded | undefined): string {
  if (!loaded || loaded.usable === null || loaded.usable >= loaded.desired) return '';
  return `collections to be served again (${loaded.usable} of ${loaded.desired} are served)`;
}

/**
 * Two components that each wait for the other to be replaced would wait forever, so the step is deferred; the old pods
 * of both serve until the new ones are ready.
 */
function yieldOr(
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
  if (!step.mayYield || since.length === 0 || fresh.length === 0 || fresh.some((pod) => pod.ready) || !quiet)
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

export function evaluatePrune({ role, deployment }: PruneStep, { components }: HelmObservation): StepStatus {
  if (components.some((component) => component.deployment === deployment)) return { state: 'pending' };
  const left = components.find((component) => component.deployment === '' && component.role === role);
  return left ? { state: 'in-progress', waitingFor: describeComponent(left) } : { state: 'complete' };
}

export function evaluateRestoreSettings(_step: RestoreSettingsStep, observation: HelmObservation): StepStatus {
  // A rolling upgrade that was completed at once may have left proxy pods that no Service selects.
  const leaving = observation.components
    .flatMap((component) => component.pods ?? [])
    .some((pod) => pod.leavingSince && !pod.terminating);
  if (leaving || observation.components.some((component) => component.pauseRecord)) return { state: 'pending' };
  const drifted = observation.components.filter((component) => driftOf(component, observation) !== '');
  if (drifted.length === 0) return { state: 'complete' };
  const described = drifted
    .map((component) => `${component.deployment}: ${driftOf(component, observation)}`)
    .join('; ');
  return { state: 'stalled', reason: `the running Deployments differ from the release: ${described}` };
}

/**
 * How a Deployment differs from the manifest of the release in the fields that a rolling upgrade changes; empty if it
 * does not.
 */
export function driftOf({ deployment, settings, paused }: Component, { release }: HelmObservation): string {
  const strategy = release?.latest.strategies?.[deployment];
  if (paused) return 'it is paused';
  if (!strategy || !settings || holds(settings.strategy, strategy)) return '';
  return `its strategy is ${JSON.stringify(settings.strategy)}, not ${JSON.stringify(strategy)}`;
}

function ownComponents(
  { role, deployment }: { readonly role: string; readonly deployment: string },
  { components }: HelmObservation,
): Component[] {
  return components.filter(
    (component) =>
      component.deployment !== '' &&
      (deployment === '' ? component.role === role : component.deployment === deployment),
  );
}

function nameAll(pods: readonly MilvusPod[]): string {
  return pods.map((pod) => pod.name).join(', ');
}
