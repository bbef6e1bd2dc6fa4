// One Milvus Deployment and its pods as observed, and their description. Data only; the platforms make the
// observations.
import type { PauseRecord } from '../rolling/pause-record.js';
import type { Pod } from './pod.js';
import type { Values } from './values.js';

/** Why a container of a pod does not run, as reported by the kubelet. */
export interface WaitingContainer {
  readonly pod: string;
  readonly reason: string;
  readonly message: string;
}

/** What an observation keeps of a pod: the fields that a `drain` step needs. A change of any of them is reported. */
export interface MilvusPod extends Pick<Pod, 'name' | 'address' | 'ready' | 'readySince'> {
  /** Whether it was created from the current template of the Deployment. */
  readonly isNew: boolean;
  readonly terminating: boolean;
  /** It is being removed, and all of its containers have terminated. */
  readonly ended?: boolean;
  /** Since when this action has removed it from its Service; empty if it has not. */
  readonly leavingSince?: string;
}

/**
 * The settings of a Deployment that a rolling upgrade changes temporarily. `strategy` is the value from the API server.
 */
export interface RollSettings {
  readonly strategy: Values;
  readonly minReadySeconds: number;
}

/** One Milvus Deployment and its pods. Counts are pods. */
export interface Component {
  /** The Milvus role, from the label `component`: `proxy`, `querynode`, … */
  readonly role: string;
  readonly deployment: string;
  /** Image of the Deployment's template; empty if only pods of a removed Deployment are left. */
  readonly templateImage: string;
  /** Images of the existing pods, terminating ones included, without duplicates. */
  readonly podImages: readonly string[];
  readonly desired: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  /** Pods of an older template that are not terminating yet. */
  readonly outdated: number;
  readonly terminating: number;
  readonly restarts: number;
  readonly waiting: readonly WaitingContainer[];
  /** False while the Deployment controller has not observed the newest spec. */
  readonly settledSpec: boolean;
  /** `metadata.generation`, which counts the changes of the spec; absent if it is not needed. */
  readonly generation?: number;
  readonly paused: boolean;
  /**
   * It exists, but no container of it runs. Only for a Docker Compose service; a Deployment with 0 replicas is not
   * `stopped`.
   */
  readonly stopped?: boolean;
  /** The failure condition of the Deployment, such as `ProgressDeadlineExceeded: …`; empty if there is none. */
  readonly failure: string;
  /** True if the rollout of its current template has completed once, whatever happened to its pods since. */
  readonly rolloutComplete?: boolean;
  /** The annotations that a rolling upgrade wrote on it; null if none has paused it. */
  readonly pauseRecord?: PauseRecord | null;
  readonly settings?: RollSettings;
  readonly pods?: readonly MilvusPod[];
}

interface Observed {
  readonly components: readonly Component[];
}

/** The progress of a component in one line. */
export function describeComponent(component: Component): string {
  const atZero = component.stopped ? 'stopped' : '0 replicas';
  const parts = [isAtZero(component) ? atZero : `${component.ready} of ${component.desired} ready`];
  if (component.updated < component.desired) parts.push(`${component.updated} updated`);
  if (component.outdated > 0) parts.push(`${component.outdated} old`);
  if (component.terminating > 0) parts.push(`${component.terminating} terminating`);
  if (component.restarts > 0) parts.push(`${component.restarts} restarts`);
  const waiting = [...new Set(component.waiting.map((container) => container.reason))];
  return `${component.role}: ${[...parts, ...waiting].join(', ')}`;
}

/** True if every pod is new, ready and available, and no old pod is left, not even a terminating one. */
export function isSettled(component: Component): boolean {
  const isComplete =
    component.updated === component.desired &&
    component.ready === component.desired &&
    component.available >= component.desired;
  return (
    component.stopped !== true &&
    component.settledSpec &&
    isComplete &&
    component.outdated === 0 &&
    component.terminating === 0
  );
}

/**
 * True for a Deployment with 0 replicas, and for a service without a running container: it is stable, but it serves
 * nothing.
 */
export function isAtZero({
  desired,
  stopped,
  deployment,
}: Pick<Component, 'desired' | 'stopped' | 'deployment'>): boolean {
  return deployment !== '' && (desired === 0 || stopped === true);
}

/** True if no part of Milvus runs: every Deployment has 0 replicas, or no service has a running container. */
export function isStopped({ components }: Observed): boolean {
  const own = components.filter((component) => component.deployment !== '');
  return own.length > 0 && own.every(isAtZero);
}

export function describeStopped({ components }: Observed): string {
  const { length } = components.filter((component) => component.deployment !== '');
  return `Milvus is stopped: ${length === 1 ? 'its Deployment has' : `all ${length} Deployments have`} 0 replicas`;
}

/** True for a Deployment that a rolling upgrade has paused and that serves unchanged until its turn. */
export function isPaused({ pauseRecord, paused }: Component): boolean {
  return paused && pauseRecord?.state === 'paused';
}

/**
 * The components that differ from an earlier observation; one that no longer exists is returned with all counts at
 * zero.
 */
export function componentChanges(before: Observed, after: Observed): Component[] {
  const known = new Map(before.components.map((component) => [keyOf(component), component]));
  const changed = after.components.filter(
    (component) => JSON.stringify(known.get(keyOf(component))) !== JSON.stringify(component),
  );
  const present = new Set(after.components.map(keyOf));
  const gone = before.components.filter((component) => !present.has(keyOf(component)));
  return [...changed, ...gone.map(emptied)];
}

function keyOf(component: Component): string {
  return `${component.role}/${component.deployment}`;
}

function emptied(component: Component): Component {
  return {
    ...component,
    templateImage: '',
    podImages: [],
    desired: 0,
    updated: 0,
    ready: 0,
    available: 0,
    outdated: 0,
    terminating: 0,
    waiting: [],
    settledSpec: true,
    failure: '',
  };
}
