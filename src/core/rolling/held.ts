// What a rolling upgrade writes on every Deployment before it changes it: who holds it and why, and what was there before. The journal of the roll: it
// stands on the object that it tells of and is written by the same patch as the first change, so that neither can be there without the other.
import { isRecord, parseJsonRecord, type Values } from '../values.js';

export const PAUSE_ANNOTATION = 'milvus-upgrade/rolling';
/** Helm leaves an object with this annotation where it is when a new chart no longer has it (helm/pkg/kube/client.go, ResourcePolicyAnno). */
export const KEEP_ANNOTATION = 'helm.sh/resource-policy';

/** On a pod that left its Service before it ends, since when: its label `app.kubernetes.io/name` says another name, so that neither Service nor Deployment counts it. */
export const LEAVING_ANNOTATION = 'milvus-upgrade/leaving-since';
export const NAME_LABEL = 'app.kubernetes.io/name';
export const LEAVING_NAME = 'milvus-leaving';

/** `held`: paused, the old pods serve. `released`: it rolls, the old pods wait for the new ones. `handed-over`: the old pods may go. */
export type PauseState = 'paused' | 'resumed' | 'drained';

/** What a roll changes on a Deployment. `strategy` is as the API server gives it. */
export interface Settings {
  readonly paused: boolean;
  readonly minReadySeconds: number;
  readonly strategy: Values;
  /** Helm's resource policy; empty where there was none. */
  readonly resourcePolicy: string;
}

/** `replicas`, `image` and `revision` are for people: what was there when the first run came. */
export interface Before extends Settings {
  readonly replicas: number;
  readonly image: string;
  readonly revision: number;
}

export interface PauseRecord {
  readonly state: PauseState;
  /** The version that the roll leads to, as `v2.2.16`. */
  readonly to: string;
  /** The run that wrote this, as the lock names it. */
  readonly run: string;
  /** When the Deployment was held first, and when `state` was written; ISO 8601. */
  readonly since: string;
  readonly changedAt: string;
  readonly before: Before;
}

export function formatPauseRecord(pauseRecord: PauseRecord): string {
  return JSON.stringify(pauseRecord);
}

const STATES: readonly PauseState[] = ['paused', 'resumed', 'drained'];

/** Null where there is no annotation, or one that cannot be read: it then counts as not held, and whoever pauses the Deployment is unknown. */
export function parsePauseRecord(text: string | undefined): PauseRecord | null {
  const read = parseJsonRecord(text ?? '');
  const before = isRecord(read.before) ? read.before : null;
  const state = STATES.find((each) => each === read.state);
  if (!before || !state) return null;
  return {
    state,
    to: getString(read.to),
    run: getString(read.run),
    since: getString(read.since),
    changedAt: getString(read.changedAt),
    before: {
      paused: before.paused === true,
      minReadySeconds: numberOf(before.minReadySeconds),
      strategy: isRecord(before.strategy) ? before.strategy : {},
      resourcePolicy: getString(before.resourcePolicy),
      replicas: numberOf(before.replicas),
      image: getString(before.image),
      revision: numberOf(before.revision),
    },
  };
}

function getString(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
