// The planner of Helm releases. Pure: the charts are read through the given source.
import { versionUnknown } from '../config/problems.js';
import type { HelmConfig } from '../config/config.js';
import { isPaused, type Component } from '../model/component.js';
import type { UpgradeError } from '../model/error.js';
import type { PlanInputs } from '../platforms/plan-inputs.js';
import type { Planner } from '../platforms/planner.js';
import type { PlannedOf, PlanOf } from '../platforms/types.js';
import { describeRelease } from './describe.js';
import type { HelmObservation } from './observation.js';
import { isOperators, planForOperator } from './operator-plan.js';
import { helmHops } from './hops.js';
import { HELM_LABELS } from './labels.js';
import { planMigrationBack } from './migration-rollback.js';
import { planUpgrade } from './plan.js';
import { releaseNotFound } from './release-not-found.js';
import { decideHelmRollback } from './rollback.js';
import { findRoute, targetImage } from './route.js';
import { evaluateHelmStep } from './status.js';
import { waitForTarget } from './steps.js';

export const helmPlanner: Planner<'helm'> = {
  platform: 'helm',
  labels: HELM_LABELS,
  stopping: new Set(['scale-down']),
  serving: 'wait-ready',
  nameOf: ({ release }) => release,
  observedName: ({ release }) => release?.name ?? '',
  notFound: (config, observation) =>
    observation.release || canOnlyRead(config, observation)
      ? null
      : releaseNotFound(config, observation.withoutRelease),
  plan,
  hops: helmHops,
  verification: (config, observation) => waitForTarget(config, targetImage(config, observation)),
  evaluate: evaluateHelmStep,
  chartChanges: (plan) => plan,
  decideRollback: decideHelmRollback,
  undoSteps: ({ steps }) => steps.filter(({ kind }) => kind === 'restore-settings'),
  describeLeft: describePaused,
  describeRolledBack,
  describe: describeRelease,
};

async function plan({ config, observation, sources, read }: PlanInputs<'helm'>): Promise<PlannedOf<'helm'>> {
  if (config.operation === 'rollback') return planMigrationBack(config, observation);
  if (isOperators(observation)) return planForOperators(config, observation);
  const offered = await read('the charts on offer', (signal) => sources.offered(signal));
  const route = findRoute(config, observation, offered);
  if (!route) throw versionOfReleaseUnknown(config, observation);
  const version = route.chart?.version;
  // Without a chart there are no defaults to pin against; the failed check of the chart is reported instead.
  const defaults =
    version === undefined
      ? route.installed.computedValues.reveal()
      : await read(`the default values of chart ${version}`, (signal) =>
          route.umbrella ? sources.allDefaults(version, signal) : sources.defaults(version, signal),
        );
  return planUpgrade(config, observation, route, defaults);
}

function versionOfReleaseUnknown({ release }: HelmConfig, observation: HelmObservation): UpgradeError {
  return versionUnknown({ name: release, whole: 'release' }, observation);
}

function planForOperators(config: HelmConfig, observation: HelmObservation): PlannedOf<'helm'> {
  const planned = planForOperator(config, observation);
  if (!planned) throw versionOfReleaseUnknown(config, observation);
  return planned;
}

/** Milvus without a release can be verified, and planned if it is of the Milvus operator, but not changed. */
function canOnlyRead({ operation }: HelmConfig, observation: HelmObservation): boolean {
  return (
    (operation === 'verify' && observation.components.length > 0) || (operation === 'plan' && isOperators(observation))
  );
}

function describePaused({ namespace }: HelmConfig, components: readonly Component[], why: string): string {
  const paused = components.filter(isPaused);
  if (paused.length === 0) return '';
  const commands = paused.map(
    ({ deployment }) => `kubectl --namespace ${namespace} rollout resume deployment/${deployment}`,
  );
  const names = paused.map(({ deployment }) => deployment).join(', ');
  return `Still paused, because resuming also failed (${why}): ${names}. Run the action again to resume them, or run: ${commands.join('; ')}`;
}

function describeRolledBack({ image, chart }: PlanOf<'helm'>): string {
  return `The release was rolled back and runs ${image} with chart ${chart?.to ?? ''} again.`;
}
