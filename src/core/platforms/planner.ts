// What a run needs to know about a platform without observing or changing anything. Each platform has one planner; the
// registry chooses it once, from the config.
import type { PlatformName } from '../config/config.js';
import type { UpgradeError } from '../model/error.js';
import type { ChartChanges } from '../model/chart-changes.js';
import type { Component } from '../model/component.js';
import type { FailedUpgrade, RollbackDecision } from '../model/rollback-decision.js';
import type { Step } from '../model/step.js';
import type { StepStatus } from '../model/step-status.js';
import type { HopPlanner } from './hop-planner.js';
import type { PlatformLabels } from './labels.js';
import type { PlanInputs } from './plan-inputs.js';
import type { ConfigOf, ObservationOf, PlannedOf, PlanOf, StepOf } from './types.js';

/** Decides for one platform. Pure: it reads nothing but its arguments, and changes nothing. */
export interface Planner<P extends PlatformName> {
  readonly platform: P;
  readonly labels: PlatformLabels;
  /** The kinds of steps that stop Milvus when they are requested. */
  readonly stopping: ReadonlySet<Step['kind']>;
  /** The kind of step that is complete when Milvus serves. */
  readonly serving: Step['kind'];
  /** The name of the installation: of the release, or of the project. */
  nameOf(config: ConfigOf<P>, observation: ObservationOf<P>): string;
  /** The name that was observed; empty if there is no installation. */
  observedName(observation: ObservationOf<P>): string;
  /** The error if the installation does not exist; null if it can be operated on. */
  notFound(config: ConfigOf<P>, observation: ObservationOf<P>): UpgradeError | null;
  /**
   * The plan of `operation: upgrade`, `plan` or `rollback`, and every failed check. Throws UpgradeError if the running
   * version is unknown.
   */
  plan(inputs: PlanInputs<P>): Promise<PlannedOf<P>>;
  /** For a path of several upgrades. */
  readonly hops: HopPlanner<P>;
  /** The step of `operation: verify`, which is evaluated and never applied. */
  verification(config: ConfigOf<P>, observation: ObservationOf<P>): StepOf<P>;
  /** The only evaluation of a step: it compares the step with one observation. */
  evaluate(step: StepOf<P>, observation: ObservationOf<P>): StepStatus;
  /** What a plan changes in the chart and its values, for the log and the report. */
  chartChanges(plan: PlanOf<P>): ChartChanges;
  /** Whether a failed upgrade can be rolled back, with the plan. */
  decideRollback(failed: FailedUpgrade<P>): RollbackDecision<PlanOf<P>>;
  /** The steps of the plan that undo its preparations, if nothing else was changed. */
  undoSteps(plan: PlanOf<P>): readonly StepOf<P>[];
  /** Preparations that are left because undoing them failed, and how a user undoes them; empty if there is none. */
  describeLeft(config: ConfigOf<P>, components: readonly Component[], why: string): string;
  /** What runs after a rollback; one sentence. */
  describeRolledBack(plan: PlanOf<P>): string;
  /** The observed installation in lines of plain text, for the log. */
  describe(observation: ObservationOf<P>): readonly string[];
}
