// Whether the new pods of a rolling upgrade serve: registered in etcd, active, and with every collection loaded. Pure.
import type { Component, MilvusPod } from '../model/component.js';
import type { HelmObservation } from '../helm/observation.js';
import type { Loaded } from '../model/shared-observation.js';
import type { StepStatus } from '../model/step-status.js';
import { keepsSession, activeElsewhere, unregistered } from './serving.js';
import type { ResumeStep, DrainStep } from './step.js';

/**
 * The longest wait for a ready pod to register; after it the step continues, because another version may register
 * differently.
 */
const MAX_REGISTRATION_SECONDS = 120;

/** `later` is another possible start of the wait, in milliseconds. */
export function registration(
  waitingFor: string,
  pods: readonly MilvusPod[],
  { takenAt }: HelmObservation,
  later = 0,
): StepStatus {
  const left = secondsLeft(MAX_REGISTRATION_SECONDS, Math.max(readySince(pods), later), takenAt);
  return left <= 0 ? { state: 'complete' } : { state: 'in-progress', waitingFor, recheckSeconds: left };
}

/** 0 or less once the time is over. For a pod that was never ready, all of the time is left. */
export function secondsLeft(seconds: number, since: number, takenAt: string): number {
  return Number.isFinite(since) ? Math.ceil(seconds - (Date.parse(takenAt) - since) / 1000) : seconds;
}

export function readySince(pods: readonly MilvusPod[]): number {
  return Math.max(...pods.map((pod) => (pod.ready ? Date.parse(pod.readySince) : Number.NaN)));
}

/** A ready pod is not necessarily usable: the other components must also know the new pods. */
export function evaluateServing(
  step: ResumeStep | DrainStep,
  own: readonly Component[],
  observation: HelmObservation,
): StepStatus {
  const { sessions, loaded } = observation;
  const unloaded = step.role === 'proxy' ? '' : describeUnloaded(loaded);
  if (unloaded !== '') return { state: 'in-progress', waitingFor: unloaded, recheckSeconds: 1 };
  if (!sessions || sessions.list === null || !keepsSession(step.role, step.version)) return { state: 'complete' };
  const pods = own.flatMap((component) => component.pods ?? []).filter((pod) => !pod.terminating);
  const waiting =
    step.takeOver === 'standby' || step.takeOver === 'recreate'
      ? activeElsewhere(step.role, pods, sessions.list)
      : unregistered(pods, sessions.list);
  return waiting === ''
    ? { state: 'complete' }
    : registration(waiting, pods, observation, Math.max(...own.map(changedAt)));
}

export function newReadyPods(own: readonly Component[]): MilvusPod[] {
  return own.flatMap((component) => component.pods ?? []).filter((pod) => pod.isNew && pod.ready && !pod.terminating);
}

/** Whether old pods may be removed: one standby is sufficient; proxies need all of their new pods. */
export function isEnough(
  pods: readonly MilvusPod[],
  { takeOver }: Pick<ResumeStep, 'takeOver'>,
  own: readonly Component[],
): boolean {
  return pods.length >= (takeOver === 'standby' ? 1 : own.reduce((sum, component) => sum + component.desired, 0));
}

/** When a rolling upgrade last changed the Deployment, in milliseconds; 0 if it is not paused by one. */
export function changedAt({ pauseRecord }: Component): number {
  return Date.parse(pauseRecord?.changedAt ?? '') || 0;
}

/** Empty if every collection is served, or if this cannot be queried. */
function describeUnloaded(loaded: Loaded | undefined): string {
  if (loaded?.retrying) return 'a proxy to answer which collections are served again';
  if (!loaded || loaded.usable === null || loaded.usable >= loaded.desired) return '';
  return `collections to be served again (${loaded.usable} of ${loaded.desired} are served)`;
}

export function ownComponents(
  { role, deployment }: { readonly role: string; readonly deployment: string },
  { components }: HelmObservation,
): Component[] {
  return components.filter(
    (component) =>
      component.deployment !== '' &&
      (deployment === '' ? component.role === role : component.deployment === deployment),
  );
}

export function nameAll(pods: readonly MilvusPod[]): string {
  return pods.map((pod) => pod.name).join(', ');
}
