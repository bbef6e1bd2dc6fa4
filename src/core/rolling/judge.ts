// When the steps of a rolling upgrade are done. Pure: it compares a step with what was seen. A Deployment is released only by what serves, never by time, but where
// etcd cannot be read: then by how long the new pods have been ready.
import type { Cause } from '../causes.js';
import { describeComponent, type Component, type MilvusPod } from '../component.js';
import type { Loaded, Observation } from '../observation.js';
import { evaluateReadiness } from '../verdict-settle.js';
import type { DrainStep, PauseStep, RestoreSettingsStep, ResumeStep, PruneStep } from '../steps.js';
import { holds } from '../values.js';
import type { StepStatus } from '../verdict.js';
import { activeElsewhere, keepsSession, registered, staleSessions, unregistered } from './serving.js';

/** Without etcd a new coordinator counts as standing by when it has been ready for so long. Seen on the node: 2 to 3 s. */
export const UNOBSERVED_SECONDS = 10;
/** So long after a pod has left its Service no node sends connections to it: kube-proxy writes its rules at least once a second (kubernetes pkg/proxy/apis/config, minSyncPeriod). */
const LEAVING_SECONDS = 3;
/** No session outlives its process for longer (milvus-io/milvus configs/milvus.yaml common.session.ttl, 60 s at most in any version). */
export const LEASE_SECONDS = 60;
/** A new pod that is ready and has not registered for so long is not waited for any longer: another version may register differently. */
const MAX_REGISTRATION_SECONDS = 120;
/** A new pod that runs, does not restart and is not ready for so long may be waiting for another component to be new. */
export const PATIENCE_SECONDS = 90;

export function evaluatePause(step: PauseStep, observation: Observation): StepStatus {
  const missing = observation.components.filter((each) => step.deployments.includes(each.deployment) && !isPausedFor(each, step));
  return missing.length > 0 ? { state: 'pending' } : { state: 'complete' };
}

/** One that was released already is not held again for the same version, and neither is one that came through. */
export function isPausedFor({ pauseRecord, paused, templateImage }: Component, { to, image }: PauseStep): boolean {
  if (!pauseRecord) return templateImage === image;
  return pauseRecord.to === to && (pauseRecord.state !== 'paused' || paused);
}

export function evaluateResume(step: ResumeStep, observation: Observation): StepStatus {
  const own = ownComponents(step, observation);
  if (own.length === 0) return { state: 'in-progress', waitingFor: `${step.deployment || step.role} (not there yet)` };
  if (own.some((each) => each.pauseRecord?.state === 'paused' || each.paused)) return { state: 'pending' };
  const settled = evaluateReadiness(own, step, observation);
  if (settled.state === 'complete') return evaluateServing(step, own, observation);
  if ((step.takeOver === 'standby' || step.takeOver === 'drain') && settled.state === 'in-progress')
    return evaluateBeside(step, own, observation) ?? yieldOr(settled, step, own, observation);
  return settled.state === 'in-progress' ? yieldOr(settled, step, own, observation) : settled;
}

/** Null while too few new pods are ready beside the old ones: one standby is enough, of proxies all are wanted. */
function evaluateBeside({ takeOver, readySeconds, role, version }: ResumeStep, own: readonly Component[], observation: Observation): StepStatus | null {
  const pods = own.flatMap((each) => each.pods ?? []).filter((pod) => pod.isNew && pod.ready && !pod.terminating);
  const enough = takeOver === 'standby' ? 1 : own.reduce((sum, each) => sum + each.desired, 0);
  if (pods.length < enough) return null;
  const seconds = takeOver === 'standby' ? UNOBSERVED_SECONDS : readySeconds;
  if (!observation.sessions || observation.sessions.observation === null) return readyForLong(pods, seconds, 'since etcd cannot be read', observation);
  if (!keepsSession(role, version)) return readyForLong(pods, seconds, `since ${role} registers no session in this version`, observation);
  const missing = pods.filter((pod) => !registered(pod, observation.sessions?.observation ?? []));
  return missing.length === 0 ? { state: 'complete' } : registration(`${nameAll(missing)} to register in etcd`, missing, observation);
}

function readyForLong(pods: readonly MilvusPod[], seconds: number, why: string, { takenAt }: Observation): StepStatus {
  const left = secondsLeft(seconds, readySince(pods), takenAt);
  if (left <= 0) return { state: 'complete' };
  return { state: 'in-progress', waitingFor: `${nameAll(pods)} to be ready for ${seconds} s, ${why}`, recheckSeconds: left };
}

/** `later` is another moment from which the wait counts, in milliseconds. */
function registration(waitingFor: string, pods: readonly MilvusPod[], { takenAt }: Observation, later = 0): StepStatus {
  const left = secondsLeft(MAX_REGISTRATION_SECONDS, Math.max(readySince(pods), later), takenAt);
  return left <= 0 ? { state: 'complete' } : { state: 'in-progress', waitingFor, recheckSeconds: left };
}

/** 0 or less when the time is over. A pod that was never ready has all of it left. */
function secondsLeft(seconds: number, since: number, takenAt: string): number {
  return Number.isFinite(since) ? Math.ceil(seconds - (Date.parse(takenAt) - since) / 1000) : seconds;
}

function readySince(pods: readonly MilvusPod[]): number {
  return Math.max(...pods.map((pod) => (pod.ready ? Date.parse(pod.readySince) : Number.NaN)));
}

export function evaluateDrain(step: DrainStep, observation: Observation): StepStatus {
  const own = ownComponents(step, observation);
  const settled = evaluateReadiness(own, step, observation);
  if (step.takeOver === 'drain' && own.some((each) => each.pauseRecord?.state === 'drained')) {
    const leaving = evaluateLeaving(step, observation);
    if (leaving) return leaving;
  }
  if (settled.state === 'complete') return evaluateServing(step, own, observation);
  if (settled.state !== 'in-progress' || !own.some((each) => each.pauseRecord?.state === 'resumed')) return settled;
  return evaluateReady(own, observation);
}

/** Null where no pod is out of its Service. */
function evaluateLeaving({ role }: DrainStep, { components, takenAt }: Observation): StepStatus | null {
  const pods = components.filter((each) => each.role === role).flatMap((each) => each.pods ?? []);
  const leaving = pods.filter((pod) => pod.leavingSince);
  if (leaving.length === 0) return null;
  const ending = leaving.filter((pod) => pod.terminating);
  if (ending.length === leaving.length) return { state: 'in-progress', waitingFor: `${nameAll(ending)} to end` };
  const left = secondsLeft(LEAVING_SECONDS, Math.max(...leaving.map((pod) => Date.parse(pod.leavingSince ?? ''))), takenAt);
  if (left <= 0) return { state: 'pending' };
  return { state: 'in-progress', waitingFor: `every node to send nobody to ${nameAll(leaving)} any more`, recheckSeconds: left };
}

/** A coordinator that begins to work counts every session as alive and calls it: those of pods that are gone must have run out before. */
function evaluateReady(own: readonly Component[], observation: Observation): StepStatus {
  const stale = observation.sessions?.observation ? staleSessions(observation) : [];
  const released = Math.max(...own.map(changedAt));
  const left = secondsLeft(LEASE_SECONDS, released, observation.takenAt);
  if (stale.length === 0 || left <= 0) return { state: 'pending' };
  const told = stale.map(({ role, address }) => `${role} at ${address}`).join(', ');
  return { state: 'in-progress', waitingFor: `sessions of pods that are gone to run out: ${told}`, recheckSeconds: left };
}

/** Ready is not usable: its new pods must be known to the others as well. */
function evaluateServing(step: ResumeStep | DrainStep, own: readonly Component[], observation: Observation): StepStatus {
  const { sessions, loaded } = observation;
  const unloaded = step.role === 'proxy' ? '' : describeUnloaded(loaded);
  if (unloaded !== '') return { state: 'in-progress', waitingFor: unloaded, recheckSeconds: 1 };
  if (!sessions || sessions.observation === null || !keepsSession(step.role, step.version)) return { state: 'complete' };
  const pods = own.flatMap((each) => each.pods ?? []).filter((pod) => !pod.terminating);
  const waiting =
    step.takeOver === 'standby' || step.takeOver === 'recreate'
      ? activeElsewhere(step.role, pods, sessions.observation)
      : unregistered(pods, sessions.observation);
  return waiting === '' ? { state: 'complete' } : registration(waiting, pods, observation, Math.max(...own.map(changedAt)));
}

/** When a roll last changed the Deployment, in milliseconds; 0 where none holds it. */
function changedAt({ pauseRecord }: Component): number {
  return Date.parse(pauseRecord?.changedAt ?? '') || 0;
}

/** Empty when every collection is served, or nobody can be asked. */
function describeUnloaded(loaded: Loaded | undefined): string {
  if (!loaded || loaded.usable === null || loaded.usable >= loaded.desired) return '';
  return `collections to be served again (${loaded.usable} of ${loaded.desired} are)`;
}

/** Two components of which each waits for the other to be new would wait for ever; the old pods of both serve until their new ones are ready. */
function yieldOr(
  moving: StepStatus & { readonly state: 'in-progress' },
  step: ResumeStep,
  own: readonly Component[],
  { takenAt, causes }: Observation,
): StepStatus {
  const since = own.map((each) => each.pauseRecord?.changedAt ?? '').filter((each) => each !== '');
  const fresh = own.flatMap((each) => each.pods ?? []).filter((pod) => pod.isNew && !pod.terminating);
  const quiet = own.every((each) => each.waiting.length === 0 && each.restarts === 0) && !causes.some((cause) => isOther(cause, own));
  if (!step.mayYield || since.length === 0 || fresh.length === 0 || fresh.some((pod) => pod.ready) || !quiet) return moving;
  const left = secondsLeft(PATIENCE_SECONDS, Math.max(...since.map((each) => Date.parse(each))), takenAt);
  if (left > 0) return { ...moving, recheckSeconds: left };
  const reason = `${nameAll(fresh)} runs and is not ready after ${PATIENCE_SECONDS} s: it may be waiting for a component that is not new yet`;
  return { state: 'deferred', reason };
}

/** A probe that fails is what waiting looks like. */
function isOther({ code, deployment }: Cause, own: readonly Component[]): boolean {
  return code !== 'PROBE_FAILING' && own.some((each) => each.deployment === deployment);
}

export function evaluatePrune({ role, deployment }: PruneStep, { components }: Observation): StepStatus {
  if (components.some((each) => each.deployment === deployment)) return { state: 'pending' };
  const left = components.find((each) => each.deployment === '' && each.role === role);
  return left ? { state: 'in-progress', waitingFor: describeComponent(left) } : { state: 'complete' };
}

export function evaluateRestoreSettings(_step: RestoreSettingsStep, observation: Observation): StepStatus {
  // A roll that was completed at once may have left proxies that no Service selects any more.
  const leaving = observation.components.flatMap((each) => each.pods ?? []).some((pod) => pod.leavingSince && !pod.terminating);
  if (leaving || observation.components.some((each) => each.pauseRecord)) return { state: 'pending' };
  const drifted = observation.components.filter((each) => driftOf(each, observation) !== '');
  if (drifted.length === 0) return { state: 'complete' };
  const told = drifted.map((each) => `${each.deployment}: ${driftOf(each, observation)}`).join('; ');
  return { state: 'stalled', reason: `what runs is not what the release says: ${told}` };
}

/** How a Deployment differs from the release's manifest in what a roll changes; empty when it does not. */
export function driftOf({ deployment, settings, paused }: Component, { release }: Observation): string {
  const strategy = release?.latest.strategies?.[deployment];
  if (paused) return 'it is paused';
  if (!strategy || !settings || holds(settings.strategy, strategy)) return '';
  return `its strategy is ${JSON.stringify(settings.strategy)}, not ${JSON.stringify(strategy)}`;
}

function ownComponents({ role, deployment }: { readonly role: string; readonly deployment: string }, { components }: Observation): Component[] {
  return components.filter((each) => each.deployment !== '' && (deployment === '' ? each.role === role : each.deployment === deployment));
}

function nameAll(pods: readonly MilvusPod[]): string {
  return pods.map((pod) => pod.name).join(', ');
}
