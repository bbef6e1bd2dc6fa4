// What a rolling upgrade writes into a Deployment: pure JSON merge patches (RFC 7386), each with the observed
// resourceVersion, so that a concurrent change by another client causes a conflict and a new observation. Never the
// template: only the chart changes that.
import type { V1Deployment } from '@kubernetes/client-node';
import {
  formatPauseRecord,
  PAUSE_ANNOTATION,
  KEEP_ANNOTATION,
  parsePauseRecord,
  type Before,
  type PauseRecord,
  type PauseState,
  type Settings,
} from '../../core/rolling/pause-record.js';
import type { Values } from '../../core/model/values.js';
import { imageOf, roleOf } from '../observe/milvus-objects.js';
import type { ResumeStep } from '../../core/rolling/step.js';

/**
 * An old pod waits this long for the new one to become available, unless drained before: longer than any gate, and
 * shorter than the progress deadline.
 */
const WAIT_SECONDS = 500;
/** The Kubernetes default for progressDeadlineSeconds (kubernetes pkg/apis/apps/v1/defaults.go). */
const DEFAULT_DEADLINE_SECONDS = 600;

/** The run that writes, and the time. */
export interface Writer {
  readonly run: string;
  readonly now: string;
}

/**
 * Pauses the Deployment and records its previous settings, unless an earlier run has: then the settings that it changed
 * are restored, or Helm 4 refuses its next change (a strategy `Recreate` beside the `rollingUpdate` of the rolling
 * upgrade). `keep` protects it when it is no longer in the chart.
 */
export function pausePatch(deployment: V1Deployment, to: string, { run, now }: Writer, revision: number): Values {
  const known = pauseRecordOf(deployment);
  const before = known?.before ?? {
    ...settingsOf(deployment),
    image: imageOf(roleOf(deployment.metadata?.labels), deployment.spec?.template.spec),
    revision,
  };
  const pauseRecord: PauseRecord = { state: 'paused', to, run, since: known?.since ?? now, changedAt: now, before };
  const earlier = known ? { strategy: withNulls(before.strategy), minReadySeconds: before.minReadySeconds } : {};
  return patchOf(
    deployment,
    { [PAUSE_ANNOTATION]: formatPauseRecord(pauseRecord), [KEEP_ANNOTATION]: 'keep' },
    { paused: true, ...earlier },
  );
}

function settingsOf({ metadata, spec }: V1Deployment): Settings & Pick<Before, 'replicas'> {
  const { paused = false, minReadySeconds = 0, strategy = {}, replicas = 1 } = spec ?? {};
  return {
    paused,
    minReadySeconds,
    strategy: { ...strategy },
    resourcePolicy: metadata?.annotations?.[KEEP_ANNOTATION] ?? '',
    replicas,
  };
}

/** Resumes the rollout with new pods beside old ones; with `standby` and `drain` the old ones wait until drainPatch. */
export function resumePatch(deployment: V1Deployment, { takeOver, readySeconds }: ResumeStep, writer: Writer): Values {
  const rolling = {
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: takeOver === 'drain' ? '100%' : 1, maxUnavailable: 0 },
  };
  const strategy = takeOver === 'recreate' ? { type: 'Recreate', rollingUpdate: null } : rolling;
  const deadline = deployment.spec?.progressDeadlineSeconds ?? DEFAULT_DEADLINE_SECONDS;
  const wait =
    takeOver === 'standby' || takeOver === 'drain'
      ? WAIT_SECONDS
      : Math.max(readySeconds, pauseRecordOf(deployment)?.before.minReadySeconds ?? 0);
  const minReadySeconds = Math.min(wait, deadline - 1);
  return patchOf(deployment, withState(deployment, 'resumed', writer), { paused: false, strategy, minReadySeconds });
}

export function drainPatch(deployment: V1Deployment, writer: Writer): Values {
  return patchOf(deployment, withState(deployment, 'drained', writer), {
    minReadySeconds: pauseRecordOf(deployment)?.before.minReadySeconds ?? 0,
  });
}

/**
 * Restores the settings that the rolling upgrade changed. `strategy` is that of the manifest of the release; if it has
 * none, the recorded one.
 */
export function restoreSettingsPatch(deployment: V1Deployment, strategy: Values | undefined): Values {
  const {
    paused,
    minReadySeconds,
    resourcePolicy,
    strategy: earlier,
  } = pauseRecordOf(deployment)?.before ?? settingsOf(deployment);
  const annotations = { [PAUSE_ANNOTATION]: null, [KEEP_ANNOTATION]: resourcePolicy === '' ? null : resourcePolicy };
  return patchOf(deployment, annotations, { paused, strategy: withNulls(strategy ?? earlier), minReadySeconds });
}

/** A setting without a value is removed: the server sets its default again. */
function withNulls({ type = 'RollingUpdate', rollingUpdate = null }: Values): Values {
  return { type, rollingUpdate };
}

export function pauseRecordOf({ metadata }: V1Deployment): PauseRecord | null {
  return parsePauseRecord(metadata?.annotations?.[PAUSE_ANNOTATION]);
}

function withState(deployment: V1Deployment, state: PauseState, { run, now }: Writer): Values {
  const pauseRecord = pauseRecordOf(deployment);
  return pauseRecord ? { [PAUSE_ANNOTATION]: formatPauseRecord({ ...pauseRecord, state, run, changedAt: now }) } : {};
}

function patchOf({ metadata }: V1Deployment, annotations: Values, spec: Values): Values {
  return { metadata: { resourceVersion: metadata?.resourceVersion, annotations }, spec };
}
