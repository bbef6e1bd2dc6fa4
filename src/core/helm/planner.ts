// The planner of Helm releases. Pure: the charts are read through the given source.
import { versionUnknown } from '../config/problems.js';
import type { HelmConfig } from '../config/config.js';
import { isPaused, type Component } from '../model/component.js';
import type { Planner, PlanInputs } from '../platforms/planner.js';
import type { PlannedOf, PlanOf } from '../platforms/types.js';
import { describeRelease } from './describe.js';
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
  nameOf: ({ release }) => release,
  observedName: ({ release }) => release?.name ?? '',
  // Milvus without a release can be verified, but not changed.
  notFound: (config, { release, components, withoutRelease }) =>
    release || (config.operation === 'verify' && components.length > 0)
      ? null
      : releaseNotFound(config, withoutRelease),
  plan,
  verification: (config, observation) => waitForTarget(config, targetImage(config, observation)),
  evaluate: evaluateHelmStep,
  decideRollback: decideHelmRollback,
  undoSteps: ({ steps }) => steps.filter(({ kind }) => kind === 'restore-settings'),
  describeLeft: describePaused,
  describeRolledBack,
  describe: describeRelease,
};

async function plan({ config, observation, sources, read }: PlanInputs<'helm'>): Promise<PlannedOf<'helm'>> {
  if (config.operation === 'rollback') return planMigrationBack(config, observation);
  const offered = await read('the charts on offer', (signal) => sources.offered(signal));
  const route = findRoute(config, observation, offered);
  if (!route) throw versionUnknown({ name: config.release, whole: 'release' }, observation);
  const version = route.chart?.version;
  // Without a chart there are no defaults to pin against; the failed check of the chart is reported instead.
  const defaults =
    version === undefined
      ? route.installed.computedValues.reveal()
      : await read(`the default values of chart ${version}`, (signal) => sources.defaults(version, signal));
  return planUpgrade(config, observation, route, defaults);
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
