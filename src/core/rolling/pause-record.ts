// The annotation that a rolling upgrade writes to every Deployment before it changes it: the run that paused it, the
// target version and the previous settings. It is the journal of the rolling upgrade: the same patch writes it and
// makes the first change, so that neither can exist without the other.
import { getRecord, getString, isRecord, parseJsonRecord } from '../lib/json.js';
import type { Values } from '../model/values.js';

export const PAUSE_ANNOTATION = 'milvus-upgrade/rolling';
/**
 * Helm does not delete an object with this annotation if a new chart no longer contains it (helm/pkg/kube/client.go,
 * ResourcePolicyAnno).
 */
export const KEEP_ANNOTATION = 'helm.sh/resource-policy';

/**
 * Time since which a pod has been out of its Service: its label `app.kubernetes.io/name` has another value, so that
 * neither the Service nor the Deployment selects it.
 */
export const LEAVING_ANNOTATION = 'milvus-upgrade/leaving-since';
export const NAME_LABEL = 'app.kubernetes.io/name';
export const LEAVING_NAME = 'milvus-leaving';

/**
 * `paused`: the old pods serve. `resumed`: the old pods wait for the new ones. `drained`: the old pods can terminate.
 */
export type PauseState = 'paused' | 'resumed' | 'drained';

/** The fields of a Deployment that a rolling upgrade changes. `strategy` is as the API server returns it. */
export interface Settings {
  readonly paused: boolean;
  readonly minReadySeconds: number;
  readonly strategy: Values;
  /** Helm's resource policy; empty if there was none. */
  readonly resourcePolicy: string;
}

/** `replicas`, `image` and `revision` are informational: the values before the first run. */
export interface Before extends Settings {
  readonly replicas: number;
  readonly image: string;
  readonly revision: number;
}

export interface PauseRecord {
  readonly state: PauseState;
  /** The target version, as `v2.2.16`. */
  readonly to: string;
  /** The run that wrote this, in the format of the lock. */
  readonly run: string;
  /** When the Deployment was first paused, and when `state` was written; ISO 8601. */
  readonly since: string;
  readonly changedAt: string;
  readonly before: Before;
}

export function formatPauseRecord(pauseRecord: PauseRecord): string {
  return JSON.stringify(pauseRecord);
}

const STATES: readonly PauseState[] = ['paused', 'resumed', 'drained'];

/** Null if there is no annotation, or an unreadable one: the Deployment then counts as not paused by this action. */
export function parsePauseRecord(text: string | undefined): PauseRecord | null {
  const read = parseJsonRecord(text ?? '');
  const before = isRecord(read.before) ? read.before : null;
  const state = STATES.find((known) => known === read.state);
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
      strategy: getRecord(before.strategy),
      resourcePolicy: getString(before.resourcePolicy),
      replicas: numberOf(before.replicas),
      image: getString(before.image),
      revision: numberOf(before.revision),
    },
  };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
