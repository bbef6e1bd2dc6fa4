// The types of a plan. A plan is data: it can be printed, compared, approved and discarded.
// A new kind of step is added to the steps of its platform, evaluated in core and applied by that platform; the
// compiler reports what is missing.
import type { ComposeStep } from '../compose/step.js';
import type { HelmStep } from '../helm/step.js';
import type { Setting } from './setting.js';
import type { CheckResult } from './check-result.js';
import type { Version } from './version.js';
import type { Pin } from './pin.js';

export type Step = HelmStep | ComposeStep;

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

export interface Plan<S extends Step = Step> {
  readonly strategy: PlannedStrategy;
  readonly from: Version;
  readonly to: Version;
  readonly image: string;
  /** Null for a Docker Compose project. */
  readonly chart: { readonly from: string; readonly to: string; readonly why: string } | null;
  readonly hops: readonly Hop[];
  readonly steps: readonly S[];
  readonly pins: readonly Pin[];
  /** Values that the plan sets automatically. */
  readonly settings: readonly Setting[];
  readonly checks: readonly CheckResult[];
}

/**
 * The result of the planner: a plan if one is possible, and every remaining failed check. The plan may be run only if
 * there is none.
 */
export interface Planned<S extends Step = Step> {
  readonly plan: Plan<S> | null;
  readonly failedChecks: readonly CheckResult[];
  /** For an installation that this action only reads: the checks, which are reported also without a plan. */
  readonly checks?: readonly CheckResult[];
}
