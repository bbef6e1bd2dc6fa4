// The types of a plan. A plan is data: it can be printed, compared, approved and discarded.
// A new kind of step is added here, evaluated in core and applied by a platform; the compiler reports what is missing.
import type { ComposeStep } from '../compose/step.js';
import type { ChartSource } from '../config/config.js';
import type { MigrationStep } from '../migration/step.js';
import type { Setting } from './setting.js';
import type { Pin } from '../helm/pins.js';
import type { CheckResult } from './check-result.js';
import type { SecretValues } from './values.js';
import type { Version } from './version.js';

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

/**
 * Pauses Deployments and records their settings, so that an upgrade of the release rolls none of them. Done when each
 * is paused for this version.
 */
export interface PauseStep {
  readonly kind: 'pause';
  readonly id: string;
  readonly timeoutSeconds: number;
  /** The target version, as `v2.2.16`. */
  readonly to: string;
  /** Deployments that already have this image are not paused. */
  readonly image: string;
  readonly deployments: readonly string[];
}

/**
 * How new pods replace old ones. `standby`: the new one registers as standby of the old one, which is then removed.
 * `drain`: the old ones are removed from their Service first, and end when no client is routed to them any more.
 * `surge`: a new one is ready before an old one is removed. `recreate`: the old one is removed first, because two
 * cannot run at the same time.
 */
export type TakeOver = 'standby' | 'drain' | 'surge' | 'recreate';

interface TurnStep {
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly role: string;
  /** Empty for a role that the upgrade adds: every Deployment of it counts. */
  readonly deployment: string;
  readonly image: string;
  readonly version: Version;
  readonly takeOver: TakeOver;
  /** How long a new pod is ready before an old one is removed. */
  readonly readySeconds: number;
  /** Why it has this place in the order; `source` is the source of the order. */
  readonly why: string;
  readonly source: string;
}

/**
 * Resumes the rollout of one Deployment. Done when its new pods serve and no old one is left; with `standby` as soon as
 * the new one is registered as standby.
 */
export interface ResumeStep extends TurnStep {
  readonly kind: 'resume';
  /** Whether another Deployment is still paused that this one may depend on. */
  readonly mayDefer: boolean;
}

/**
 * Removes the old pods of a Deployment whose new ones are on standby. Done when a new one has taken over and no old one
 * is left.
 */
export interface DrainStep extends TurnStep {
  readonly kind: 'drain';
}

/** Removes a Deployment that is no longer part of the release. Done when it and its pods are gone. */
export interface PruneStep {
  readonly kind: 'prune';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly role: string;
  readonly deployment: string;
  readonly why: string;
  readonly source: string;
}

/**
 * Restores the settings of Deployments that a rolling upgrade changed. Done when none is paused and each Deployment
 * matches the release.
 */
export interface RestoreSettingsStep {
  readonly kind: 'restore-settings';
  readonly id: string;
  readonly timeoutSeconds: number;
}

export type Step =
  | HelmUpgradeStep
  | HelmRollbackStep
  | WaitReadyStep
  | PauseStep
  | ResumeStep
  | DrainStep
  | PruneStep
  | RestoreSettingsStep
  | MigrationStep
  | ComposeStep;

/** One part of the upgrade path, from a version to the next one. */
export interface Hop {
  readonly from: Version;
  readonly to: Version;
  readonly pathKind: 'plain' | 'migration';
  readonly rollingPossible: boolean;
  readonly why: string;
  readonly source: string;
  /** The actions in order, if there is more than one helm upgrade. */
  readonly outline: readonly string[];
}

export type PlannedStrategy =
  | 'nothing'
  | 'helm-upgrade'
  | 'rolling'
  | 'migrate'
  | 'helm-rollback'
  | 'restore'
  | 'recreate';

export interface Plan {
  readonly strategy: PlannedStrategy;
  readonly from: Version;
  readonly to: Version;
  readonly image: string;
  /** Null for a Docker Compose project. */
  readonly chart: { readonly from: string; readonly to: string; readonly why: string } | null;
  readonly hops: readonly Hop[];
  readonly steps: readonly Step[];
  readonly pins: readonly Pin[];
  /** Values that the plan sets automatically. */
  readonly settings: readonly Setting[];
  readonly checks: readonly CheckResult[];
}

/**
 * The result of the planner: a plan if one is possible, and every remaining failed check. The plan may be run only if
 * there is none.
 */
export interface Planned {
  readonly plan: Plan | null;
  readonly failedChecks: readonly CheckResult[];
}
