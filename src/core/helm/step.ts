// The steps and the plan of a Helm release. Data only: src/kubernetes applies them.
import type { ChartSource } from '../config/config.js';
import type { RevisionPart } from './journal.js';
import type { MigrationStep } from '../migration/step.js';
import type { ChartChanges } from '../model/chart-changes.js';
import type { SharedPlan } from '../model/shared-plan.js';
import type { SecretValues } from '../model/values.js';
import type { Version } from '../model/version.js';
import type { RollingStep } from '../rolling/step.js';

/** One `helm upgrade` without `--wait`. Done when Helm has deployed this chart with these values. */
export interface HelmUpgradeStep {
  readonly kind: 'helm-upgrade';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly chart: ChartSource;
  readonly chartVersion: string;
  /** The chart of Milvus that must be in it; absent if it is the chart itself. */
  readonly milvusChart?: string;
  readonly image: string;
  /**
   * Everything that is merged over the reused values: user-supplied values, the image, the required values of the path,
   * the pins.
   */
  readonly values: SecretValues;
}

/** Waits until every Deployment runs the image and no old pod is left. Changes nothing. */
export interface WaitReadyStep {
  readonly kind: 'wait-ready';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly image: string;
  readonly version: Version;
}

/**
 * One `helm rollback` without `--wait`. Done when the newest revision is deployed with the chart and values of the
 * target revision, and every Deployment has the old image.
 */
export interface HelmRollbackStep {
  readonly kind: 'helm-rollback';
  readonly id: string;
  readonly timeoutSeconds: number;
  /** The revision to roll back to. */
  readonly revision: number;
  readonly chartVersion: string;
  readonly image: string;
  /** The values that the user supplied with that revision. */
  readonly values: SecretValues;
}

/** Scales Deployments to their previous replicas. Done when the spec of each has this number. */
export interface ScaleUpStep {
  readonly kind: 'scale-up';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly replicas: Readonly<Record<string, number>>;
}

export type HelmStep =
  | HelmUpgradeStep
  | HelmRollbackStep
  | WaitReadyStep
  | RollingStep
  | ScaleUpStep
  | MigrationStep<RevisionPart>;

/** `chart` is null for Milvus without a release, which is only read. */
export interface HelmPlan extends SharedPlan<HelmStep>, ChartChanges {
  readonly platform: 'helm';
}
