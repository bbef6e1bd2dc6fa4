// When the steps of a rolling upgrade are done. Pure: it compares a step with what was seen. A Deployment is released only by what serves, never by time, but where
// etcd cannot be read: then by how long the new pods have been ready.
import type { Cause } from '../causes.js';
import { describeComponent, type Component, type MilvusPod } from '../component.js';
import type { Loaded, Observation } from '../observation.js';
import { judgeSettled } from '../verdict-settle.js';
import type { HandOverStep, HoldStep, PutBackStep, ReleaseStep, RetireStep } from '../steps.js';
import { holds } from '../values.js';
import type { Verdict } from '../verdict.js';
import { activeElsewhere, keepsSession, registered, staleSessions, unregistered } from './serving.js';

/** Without etcd a new coordinator counts as standing by when it has been ready for so long. Seen on the node: 2 to 3 s. */
export const UNSEEN_SECONDS = 10;
/** So long after a pod has left its Service no node sends connections to it: kube-proxy writes its rules at least once a second (kubernetes pkg/proxy/apis/config, minSyncPeriod). */
const LEAVING_SECONDS = 3;
/** No session outlives its process for longer (milvus-io/milvus configs/milvus.yaml common.session.ttl, 60 s at most in any version). */
export const LEASE_SECONDS = 60;
/** A new pod that is ready and has not registered for so long is not waited for any longer: another version may register differently. */
const MAX_REGISTRATION_SECONDS = 120;
/** A new pod that runs, does not restart and is not ready for so long may be waiting for another component to be new. */
export const PATIENCE_SECONDS = 90;

export function judgeHold(step: HoldStep, seen: Observation): Verdict {
  const missing = seen.components.filter((each) => step.deployments.includes(each.deployment) && !isHeldFor(each, step));
  return missing.length > 0 ? { state: 'todo' } : { state: 'done' };
}

/** One that was released already is not held again for the same version, and neither is one that came through. */
export function isHeldFor({ held, paused, templateImage }: Component, { to, image }: HoldStep): boolean {
  if (!held) return templateImage === image;
  return held.to === to && (held.state !== 'held' || paused);
}

export function judgeRelease(step: ReleaseStep, seen: Observation): Verdict {
  const own = ownComponents(step, seen);
  if (own.length === 0) return { state: 'moving', waitingFor: `${step.deployment || step.role} (not there yet)` };
  if (own.some((each) => each.held?.state === 'held' || each.paused)) return { state: 'todo' };
  const settled = judgeSettled(own, step, seen);
  if (settled.state === 'done') return judgeServing(step, own, seen);
  if ((step.takeOver === 'standby' || step.takeOver === 'drain') && settled.state === 'moving')
    return judgeBeside(step, own, seen) ?? yieldOr(settled, step, own, seen);
  return settled.state === 'moving' ? yieldOr(settled, step, own, seen) : settled;
}

/** Null while too few new pods are ready beside the old ones: one standby is enough, of proxies all are wanted. */
function judgeBeside({ takeOver, readySeconds, role, version }: ReleaseStep, own: readonly Component[], seen: Observation): Verdict | null {
  const pods = own.flatMap((each) => each.pods ?? []).filter((pod) => pod.isNew && pod.ready && !pod.terminating);
  const enough = takeOver === 'standby' ? 1 : own.reduce((sum, each) => sum + each.wanted, 0);
  if (pods.length < enough) return null;
  const seconds = takeOver === 'standby' ? UNSEEN_SECONDS : readySeconds;
  if (!seen.sessions || seen.sessions.seen === null) return readyForLong(pods, seconds, 'since etcd cannot be read', seen);
  if (!keepsSession(role, version)) return readyForLong(pods, seconds, `since ${role} registers no session in this version`, seen);
  const missing = pods.filter((pod) => !registered(pod, seen.sessions?.seen ?? []));
  return missing.length === 0 ? { state: 'done' } : registration(`${nameAll(missing)} to register in etcd`, missing, seen);
}

function readyForLong(pods: readonly MilvusPod[], seconds: number, why: string, { takenAt }: Observation): Verdict {
  const left = secondsLeft(seconds, readySince(pods), takenAt);
  if (left <= 0) return { state: 'done' };
  return { state: 'moving', waitingFor: `${nameAll(pods)} to be ready for ${seconds} s, ${why}`, lookAgainSeconds: left };
}

/** `later` is another moment from which the wait counts, in milliseconds. */
function registration(waitingFor: string, pods: readonly MilvusPod[], { takenAt }: Observation, later = 0): Verdict {
  const left = secondsLeft(MAX_REGISTRATION_SECONDS, Math.max(readySince(pods), later), takenAt);
  return left <= 0 ? { state: 'done' } : { state: 'moving', waitingFor, lookAgainSeconds: left };
}

/** 0 or less when the time is over. A pod that was never ready has all of it left. */
function secondsLeft(seconds: number, since: number, takenAt: string): number {
  return Number.isFinite(since) ? Math.ceil(seconds - (Date.parse(takenAt) - since) / 1000) : seconds;
}

function readySince(pods: readonly MilvusPod[]): number {
  return Math.max(...pods.map((pod) => (pod.ready ? Date.parse(pod.readySince) : Number.NaN)));
}

export function judgeHandOver(step: HandOverStep, seen: Observation): Verdict {
  const own = ownComponents(step, seen);
  const settled = judgeSettled(own, step, seen);
  if (step.takeOver === 'drain' && own.some((each) => each.held?.state === 'handed-over')) {
    const leaving = judgeLeaving(step, seen);
    if (leaving) return leaving;
  }
  if (settled.state === 'done') return judgeServing(step, own, seen);
  if (settled.state !== 'moving' || !own.some((each) => each.held?.state === 'released')) return settled;
  return judgeReady(own, seen);
}

/** Null where no pod is out of its Service. */
function judgeLeaving({ role }: HandOverStep, { components, takenAt }: Observation): Verdict | null {
  const pods = components.filter((each) => each.role === role).flatMap((each) => each.pods ?? []);
  const leaving = pods.filter((pod) => pod.leavingSince);
  if (leaving.length === 0) return null;
  const ending = leaving.filter((pod) => pod.terminating);
  if (ending.length === leaving.length) return { state: 'moving', waitingFor: `${nameAll(ending)} to end` };
  const left = secondsLeft(LEAVING_SECONDS, Math.max(...leaving.map((pod) => Date.parse(pod.leavingSince ?? ''))), takenAt);
  if (left <= 0) return { state: 'todo' };
  return { state: 'moving', waitingFor: `every node to send nobody to ${nameAll(leaving)} any more`, lookAgainSeconds: left };
}

/** A coordinator that begins to work counts every session as alive and calls it: those of pods that are gone must have run out before. */
function judgeReady(own: readonly Component[], seen: Observation): Verdict {
  const stale = seen.sessions?.seen ? staleSessions(seen) : [];
  const released = Math.max(...own.map(changedAt));
  const left = secondsLeft(LEASE_SECONDS, released, seen.takenAt);
  if (stale.length === 0 || left <= 0) return { state: 'todo' };
  const told = stale.map(({ role, address }) => `${role} at ${address}`).join(', ');
  return { state: 'moving', waitingFor: `sessions of pods that are gone to run out: ${told}`, lookAgainSeconds: left };
}

/** Ready is not usable: its new pods must be known to the others as well. */
function judgeServing(step: ReleaseStep | HandOverStep, own: readonly Component[], seen: Observation): Verdict {
  const { sessions, loaded } = seen;
  const unloaded = step.role === 'proxy' ? '' : describeUnloaded(loaded);
  if (unloaded !== '') return { state: 'moving', waitingFor: unloaded, lookAgainSeconds: 1 };
  if (!sessions || sessions.seen === null || !keepsSession(step.role, step.version)) return { state: 'done' };
  const pods = own.flatMap((each) => each.pods ?? []).filter((pod) => !pod.terminating);
  const waiting =
    step.takeOver === 'standby' || step.takeOver === 'recreate' ? activeElsewhere(step.role, pods, sessions.seen) : unregistered(pods, sessions.seen);
  return waiting === '' ? { state: 'done' } : registration(waiting, pods, seen, Math.max(...own.map(changedAt)));
}

/** When a roll last changed the Deployment, in milliseconds; 0 where none holds it. */
function changedAt({ held }: Component): number {
  return Date.parse(held?.changedAt ?? '') || 0;
}

/** Empty when every collection is served, or nobody can be asked. */
function describeUnloaded(loaded: Loaded | undefined): string {
  if (!loaded || loaded.usable === null || loaded.usable >= loaded.wanted) return '';
  return `collections to be served again (${loaded.usable} of ${loaded.wanted} are)`;
}

/** Two components of which each waits for the other to be new would wait for ever; the old pods of both serve until their new ones are ready. */
function yieldOr(moving: Verdict & { readonly state: 'moving' }, step: ReleaseStep, own: readonly Component[], { takenAt, causes }: Observation): Verdict {
  const since = own.map((each) => each.held?.changedAt ?? '').filter((each) => each !== '');
  const fresh = own.flatMap((each) => each.pods ?? []).filter((pod) => pod.isNew && !pod.terminating);
  const quiet = own.every((each) => each.waiting.length === 0 && each.restarts === 0) && !causes.some((cause) => isOther(cause, own));
  if (!step.mayYield || since.length === 0 || fresh.length === 0 || fresh.some((pod) => pod.ready) || !quiet) return moving;
  const left = secondsLeft(PATIENCE_SECONDS, Math.max(...since.map((each) => Date.parse(each))), takenAt);
  if (left > 0) return { ...moving, lookAgainSeconds: left };
  const because = `${nameAll(fresh)} runs and is not ready after ${PATIENCE_SECONDS} s: it may be waiting for a component that is not new yet`;
  return { state: 'yielding', because };
}

/** A probe that fails is what waiting looks like. */
function isOther({ code, deployment }: Cause, own: readonly Component[]): boolean {
  return code !== 'PROBE_FAILING' && own.some((each) => each.deployment === deployment);
}

export function judgeRetire({ role, deployment }: RetireStep, { components }: Observation): Verdict {
  if (components.some((each) => each.deployment === deployment)) return { state: 'todo' };
  const left = components.find((each) => each.deployment === '' && each.role === role);
  return left ? { state: 'moving', waitingFor: describeComponent(left) } : { state: 'done' };
}

export function judgePutBack(_step: PutBackStep, seen: Observation): Verdict {
  // A roll that was completed at once may have left proxies that no Service selects any more.
  const leaving = seen.components.flatMap((each) => each.pods ?? []).some((pod) => pod.leavingSince && !pod.terminating);
  if (leaving || seen.components.some((each) => each.held)) return { state: 'todo' };
  const drifted = seen.components.filter((each) => driftOf(each, seen) !== '');
  if (drifted.length === 0) return { state: 'done' };
  const told = drifted.map((each) => `${each.deployment}: ${driftOf(each, seen)}`).join('; ');
  return { state: 'stuck', because: `what runs is not what the release says: ${told}` };
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
