// The shapes of a plan. A plan is data: it can be printed, compared, approved and thrown away.
// A new kind of step is added here, judged in verdict.ts and applied by a platform; the compiler names what is missing.
import type { ComposeStep } from './compose/step-kinds.js';
import type { ChartSource } from './goal.js';
import type { MigrationStep } from './migration/step-kinds.js';
import type { Setting } from './setting.js';
import type { Pin } from './pins.js';
import type { Check, FailedCheck } from './refusal.js';
import type { SecretValues } from './values.js';
import type { Version } from './version.js';

/** One `helm upgrade` without `--wait`. Done when Helm has deployed this chart with these values. */
export interface HelmUpgradeStep {
  readonly kind: 'helm-upgrade';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly chart: ChartSource;
  readonly chartVersion: string;
  readonly image: string;
  /** Everything that is laid over the reused values: the user's, the image, what the path requires, the pins. */
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

/** One `helm rollback` without `--wait`. Done when the newest revision is deployed with the chart and values of the one to go back to, and every Deployment asks for the old image. */
export interface HelmRollbackStep {
  readonly kind: 'helm-rollback';
  readonly id: string;
  readonly timeoutSeconds: number;
  /** The revision to go back to. */
  readonly revision: number;
  readonly chartVersion: string;
  readonly image: string;
  /** The values that the user supplied with that revision. */
  readonly values: SecretValues;
}

/** Pauses Deployments and writes down what was there, so that an upgrade of the release moves none of them. Done when each is held for this version. */
export interface PauseStep {
  readonly kind: 'pause';
  readonly id: string;
  readonly timeoutSeconds: number;
  /** The version that is held for, as `v2.2.16`. */
  readonly to: string;
  /** What asks for this image already needs no hold. */
  readonly image: string;
  readonly deployments: readonly string[];
}

/**
 * How new pods take over from old ones. `standby`: the new one registers beside the old one, which goes afterwards. `drain`: the old ones leave their Service
 * first, and end when nobody is sent to them any more. `surge`: a new one is ready before an old one goes. `recreate`: the old one goes first, since two cannot
 * run at once.
 */
export type TakeOver = 'standby' | 'drain' | 'surge' | 'recreate';

interface TurnStep {
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly role: string;
  /** Empty for a role that the upgrade brings: every Deployment of it counts. */
  readonly deployment: string;
  readonly image: string;
  readonly version: Version;
  readonly takeOver: TakeOver;
  /** How long a new pod is ready before an old one goes. */
  readonly readySeconds: number;
  /** Why it is its turn, for people; and where the order is from. */
  readonly why: string;
  readonly source: string;
}

/** Lets one Deployment roll. Done when its new pods serve and no old one is left; with `standby` as soon as the new one is registered beside the old one. */
export interface ResumeStep extends TurnStep {
  readonly kind: 'resume';
  /** Whether another Deployment is still held that this one may be waiting for. */
  readonly mayYield: boolean;
}

/** Lets the old pods of a Deployment go whose new ones stand by. Done when a new one has taken over and no old one is left. */
export interface DrainStep extends TurnStep {
  readonly kind: 'drain';
}

/** Takes a Deployment away that the release no longer has. Done when it and its pods are gone. */
export interface PruneStep {
  readonly kind: 'prune';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly role: string;
  readonly deployment: string;
  readonly why: string;
  readonly source: string;
}

/** Sets everything back that a roll had changed on Deployments. Done when nothing is held and each Deployment is as the release says. */
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

/** One stretch of the way, from a version to the next one, and how it is gone. */
export interface Hop {
  readonly from: Version;
  readonly to: Version;
  readonly pathKind: 'plain' | 'migration';
  readonly rollingPossible: boolean;
  readonly why: string;
  readonly source: string;
  /** What is done on it, in words and order, where that is more than one helm upgrade. */
  readonly outline: readonly string[];
}

export type PlannedStrategy = 'nothing' | 'helm-upgrade' | 'rolling' | 'migrate' | 'helm-rollback' | 'restore' | 'recreate';

export interface Plan {
  readonly strategy: PlannedStrategy;
  readonly from: Version;
  readonly to: Version;
  readonly image: string;
  /** Null where there is none: a Docker Compose project. */
  readonly chart: { readonly from: string; readonly to: string; readonly why: string } | null;
  readonly hops: readonly Hop[];
  readonly steps: readonly Step[];
  readonly pins: readonly Pin[];
  /** Values that the plan brings in by itself. */
  readonly settings: readonly Setting[];
  readonly checks: readonly Check[];
}

/** The answer of the planner: a plan where one can be drawn, and every refusal that stands. It may be carried out only when none does. */
export interface Planned {
  readonly plan: Plan | null;
  readonly failedChecks: readonly FailedCheck[];
}
