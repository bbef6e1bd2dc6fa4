// Steps of a Helm release that several plans have. Pure.
import type { HelmConfig } from '../config/config.js';
import type { Journal } from '../migration/journal.js';
import { formatVersion, type Version } from '../model/version.js';
import type { PastRevision } from './observation.js';
import type { HelmRollbackStep, ScaleUpStep, WaitReadyStep } from './step.js';

export function scaleUp(config: HelmConfig, replicas: Journal['replicas']): ScaleUpStep {
  return { kind: 'scale-up', id: `scale-up/${config.release}`, timeoutSeconds: config.stepTimeoutSeconds, replicas };
}

/** `at` is the version or the revision that is waited for, in the ID of the step. */
export function waitReady(config: HelmConfig, at: string, image: string, version: Version): WaitReadyStep {
  const id = `wait-ready/${config.release}@${at}`;
  return { kind: 'wait-ready', id, timeoutSeconds: config.stepTimeoutSeconds, image, version };
}

export function waitForTarget(config: HelmConfig, image: string): WaitReadyStep {
  return waitReady(config, formatVersion(config.target), image, config.target);
}

export function helmRollback(
  config: HelmConfig,
  { revision, chartVersion, values }: Pick<PastRevision, 'revision' | 'chartVersion' | 'values'>,
  image: string,
): HelmRollbackStep {
  const id = `helm-rollback/${config.release}@revision-${revision}`;
  return {
    kind: 'helm-rollback',
    id,
    timeoutSeconds: config.stepTimeoutSeconds,
    revision,
    chartVersion,
    image,
    values,
  };
}
