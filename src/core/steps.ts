// The shapes of a plan. A plan is data: it can be printed, compared, approved and thrown away.
// A new kind of step is added here, judged in verdict.ts and applied by a platform; the compiler names what is missing.
import type { ChartSource } from './goal.js';
import type { Pin } from './pins.js';
import type { Check, Refusal } from './refusal.js';
import type { HiddenValues } from './values.js';
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
  readonly values: HiddenValues;
}

/** Waits until every Deployment runs the image and no old pod is left. Changes nothing. */
export interface SettleStep {
  readonly kind: 'settle';
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
  readonly values: HiddenValues;
}

export type Step = HelmUpgradeStep | HelmRollbackStep | SettleStep;

/** One stretch of the way, from a version to the next one, and how it is gone. */
export interface Hop {
  readonly from: Version;
  readonly to: Version;
  readonly way: 'plain' | 'migration';
  readonly rollingPossible: boolean;
  readonly why: string;
  readonly source: string;
  /** For a way that this version of the action plans but does not carry out: what would be done, in words and order. */
  readonly outline: readonly string[];
}

export type PlannedStrategy = 'nothing' | 'helm-upgrade' | 'migrate' | 'helm-rollback';

export interface Plan {
  readonly strategy: PlannedStrategy;
  readonly from: Version;
  readonly to: Version;
  readonly image: string;
  readonly chart: { readonly from: string; readonly to: string; readonly why: string };
  readonly hops: readonly Hop[];
  readonly steps: readonly Step[];
  readonly pins: readonly Pin[];
  readonly checks: readonly Check[];
}

/** The answer of the planner: a plan where one can be drawn, and every refusal that stands. It may be carried out only when none does. */
export interface Planned {
  readonly plan: Plan | null;
  readonly refusals: readonly Refusal[];
}
