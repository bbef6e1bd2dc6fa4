// What the plans of every platform have. A plan is data: it can be printed, compared, approved and discarded.
import type { CheckResult } from './check-result.js';
import type { Version } from './version.js';

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

export interface SharedPlan<S> {
  readonly strategy: PlannedStrategy;
  readonly from: Version;
  readonly to: Version;
  readonly image: string;
  readonly hops: readonly Hop[];
  readonly steps: readonly S[];
  readonly checks: readonly CheckResult[];
}

/**
 * The result of the planner: a plan if one is possible, and every remaining failed check. The plan may be run only if
 * there is none.
 */
export interface Planned<P> {
  readonly plan: P | null;
  readonly failedChecks: readonly CheckResult[];
  /** For an installation that this action only reads: the checks, which are reported also without a plan. */
  readonly checks?: readonly CheckResult[];
}
