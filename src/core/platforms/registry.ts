// The planners of all platforms. The only place outside the platforms that chooses by platform.
import type { Config, PlatformName } from '../config/config.js';
import { composePlanner } from '../compose/planner.js';
import { helmPlanner } from '../helm/planner.js';
import type { ChartChanges } from '../model/chart-changes.js';
import type { Observation } from '../model/observation.js';
import type { Plan } from '../model/step.js';
import type { PlatformLabels } from './labels.js';
import type { Planner } from './planner.js';
import type { ConfigOf } from './types.js';

/** Calls `use` with the config and the planner of its platform. Inside, both have one platform by type. */
export function withPlanner<Result>(
  config: Config,
  use: <P extends PlatformName>(config: ConfigOf<P>, planner: Planner<P>) => Result,
): Result {
  return config.platform === 'helm' ? use<'helm'>(config, helmPlanner) : use<'compose'>(config, composePlanner);
}

export const PLATFORM_LABELS: Readonly<Record<PlatformName, PlatformLabels>> = {
  helm: helmPlanner.labels,
  compose: composePlanner.labels,
};

/** The name of the observed release or project; empty if there is none. */
export function observedName(observation: Observation): string {
  return observation.platform === 'helm'
    ? helmPlanner.observedName(observation)
    : composePlanner.observedName(observation);
}

/** What a plan changes in the chart and its values. */
export function chartChangesOf(plan: Plan): ChartChanges {
  return plan.platform === 'helm' ? helmPlanner.chartChanges(plan) : composePlanner.chartChanges(plan);
}

/** The observed installation in lines of plain text. */
export function describeInstallation(observation: Observation): readonly string[] {
  return observation.platform === 'helm' ? helmPlanner.describe(observation) : composePlanner.describe(observation);
}
