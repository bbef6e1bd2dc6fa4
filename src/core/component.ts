// One Milvus Deployment and its pods, as they were seen, and what can be said of it. Data and words; who looks is a platform.
import type { PauseRecord } from './rolling/held.js';
import type { Values } from './values.js';

/** Why a container of a pod does not run, as the kubelet says it. */
export interface WaitingContainer {
  readonly pod: string;
  readonly reason: string;
  readonly message: string;
}

/** One pod of a Deployment, as far as a hand-over has to know it. */
export interface MilvusPod {
  readonly name: string;
  /** Its IP address; empty until it has one. */
  readonly address: string;
  /** Whether it was made from the Deployment's present template. */
  readonly isNew: boolean;
  readonly ready: boolean;
  /** ISO 8601; empty while it is not ready. */
  readonly readySince: string;
  readonly terminating: boolean;
  /** Since when it is out of its Service, by our hand; empty where it is not. */
  readonly leavingSince?: string;
}

/** What a rolling upgrade changes on a Deployment for a time. `strategy` is as the API server gives it. */
export interface RollSettings {
  readonly strategy: Values;
  readonly minReadySeconds: number;
}

/** One Milvus Deployment and its pods. Counts are pods. */
export interface Component {
  /** The Milvus role, from the label `component`: `proxy`, `querynode`, … */
  readonly role: string;
  readonly deployment: string;
  /** Image that the Deployment's template asks for; empty when only pods of a removed Deployment are left. */
  readonly templateImage: string;
  /** Images of the pods that exist, terminating ones included, each once. */
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
  /** False while the Deployment controller has not looked at the newest spec. */
  readonly settledSpec: boolean;
  /** Counts the changes of the Deployment's spec; absent where nobody asks. */
  readonly generation?: number;
  readonly paused: boolean;
  /** Nothing of it runs although it is there: only a Docker Compose service; a Deployment at zero is at rest. */
  readonly stopped?: boolean;
  /** The Deployment's own word on failure, such as `ProgressDeadlineExceeded: …`; empty when it has none. */
  readonly failure: string;
  /** True when its present template came through once, whatever became of its pods since. */
  readonly arrived?: boolean;
  /** What a rolling upgrade left written on it; null where none holds it. */
  readonly pauseRecord?: PauseRecord | null;
  readonly settings?: RollSettings;
  readonly pods?: readonly MilvusPod[];
}

interface Observed {
  readonly components: readonly Component[];
}

/** One line that says how far a component is, as a person would put it. */
export function describeComponent(each: Component): string {
  const atZero = each.stopped ? 'stopped' : '0 replicas';
  const parts = [isAtZero(each) ? atZero : `${each.ready} of ${each.desired} ready`];
  if (each.updated < each.desired) parts.push(`${each.updated} updated`);
  if (each.outdated > 0) parts.push(`${each.outdated} old`);
  if (each.terminating > 0) parts.push(`${each.terminating} terminating`);
  if (each.restarts > 0) parts.push(`${each.restarts} restarts`);
  const waiting = [...new Set(each.waiting.map((container) => container.reason))];
  return `${each.role}: ${[...parts, ...waiting].join(', ')}`;
}

/** True when every pod is new, ready and available, and no old one is left, terminating ones included. */
export function isSettled(each: Component): boolean {
  const whole = each.updated === each.desired && each.ready === each.desired && each.available >= each.desired;
  return each.stopped !== true && each.settledSpec && whole && each.outdated === 0 && each.terminating === 0;
}

/** True for a Deployment that wants no pod, and for a service without a running container: it is at rest, and it serves nothing. */
export function isAtZero({ desired, stopped, deployment }: Pick<Component, 'desired' | 'stopped' | 'deployment'>): boolean {
  return deployment !== '' && (desired === 0 || stopped === true);
}

/** True where nothing of Milvus runs: every Deployment has 0 replicas, or no service has a running container. */
export function isStopped({ components }: Observed): boolean {
  const own = components.filter((each) => each.deployment !== '');
  return own.length > 0 && own.every(isAtZero);
}

export function describeStopped({ components }: Observed): string {
  const { length } = components.filter((each) => each.deployment !== '');
  return `Milvus is stopped: ${length === 1 ? 'its Deployment has' : `all ${length} Deployments have`} 0 replicas`;
}

/** True for one that a rolling upgrade lets serve as it is until its turn comes. */
export function isPaused({ pauseRecord, paused }: Component): boolean {
  return paused && pauseRecord?.state === 'paused';
}

/** The components that differ from those of an earlier look; one that vanished comes with all its counts at zero. */
export function componentChanges(before: Observed, after: Observed): Component[] {
  const known = new Map(before.components.map((each) => [keyOf(each), each]));
  const changed = after.components.filter((each) => JSON.stringify(known.get(keyOf(each))) !== JSON.stringify(each));
  const present = new Set(after.components.map(keyOf));
  const gone = before.components.filter((each) => !present.has(keyOf(each)));
  return [...changed, ...gone.map(emptied)];
}

function keyOf(each: Component): string {
  return `${each.role}/${each.deployment}`;
}

function emptied(each: Component): Component {
  return {
    ...each,
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
