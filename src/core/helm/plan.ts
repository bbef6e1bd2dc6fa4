// The planner: from the config, the observation and the chart, to a plan or to every failed check. Pure.
// It must never change anything, never observe, and never depend on the outcome of an earlier run: the observation is
// the only state.
import { advisoryChecks } from '../checks/advisories.js';
import { pass, warn } from '../checks/results.js';
import type { ChartChoice } from './chart-choice.js';
import { isImpossible } from './route-facts.js';
import { insideUmbrella, outsideUmbrella } from './umbrella.js';
import type { HelmConfig } from '../config/config.js';
import { failedChecksOfManagers } from './managers.js';
import { planRolling, type RollingPlan } from '../rolling/plan.js';
import { journalReplicas, migrationSteps } from '../migration/steps.js';
import type { RevisionPart } from './journal.js';
import { replicaValues } from './replica-values.js';
import { advisorySubject } from './advisory-subject.js';
import { applySkips, failedChecks, isSkipped, type CheckResult } from '../model/check-result.js';
import { failedChecksOfState } from './rules.js';
import { failedChecksOfValues } from './value-rules.js';
import { planValues, type PlannedValues } from './plan-values.js';
import type { Hop, Planned, PlannedStrategy } from '../model/shared-plan.js';
import { SecretValues, mergeValues, type Values } from '../model/values.js';
import { evaluateHelmStep } from './status.js';
import { compareVersions, formatVersion, type Version } from '../model/version.js';
import type { Route } from './route.js';
import { scaleUp, waitForTarget } from './steps.js';
import { migrationOutline } from '../migration/outline.js';
import type { HelmPlan, HelmUpgradeStep, HelmStep } from './step.js';
import type { HelmObservation } from './observation.js';

/** Creates the plan, and collects every failed check. `chartDefaults` are the default values of the selected chart. */
export function planUpgrade(
  config: HelmConfig,
  observation: HelmObservation,
  route: Route,
  chartDefaults: Values,
): Planned<HelmPlan> {
  if (!route.umbrella) return planForChart(config, observation, route, chartDefaults);
  const inner = insideUmbrella(route.umbrella, { config, route, defaults: chartDefaults }, observation);
  const planned = planForChart(inner.config, observation, inner.route, inner.defaults);
  return outsideUmbrella(route.umbrella, planned, { config, route }, observation);
}

function planForChart(
  config: HelmConfig,
  observation: HelmObservation,
  route: Route,
  chartDefaults: Values,
): Planned<HelmPlan> {
  const { path, installed } = route;
  if (route.isForeign) return { plan: null, failedChecks: route.failedChecks };
  const planned = planValues(config, route, chartDefaults);
  const { required, carried, next } = planned;
  const rolling = planRolling(config, observation, path.rollingPossible, {
    from: route.from,
    chartVersion: route.chart?.version ?? installed.chartVersion,
    next,
  });
  const found = [
    ...failedChecksOfState(config, observation, route),
    ...route.failedChecks,
    ...(isImpossible(route)
      ? []
      : [
          ...carried.failedChecks,
          ...failedChecksOfValues({ installed: installed.computedValues.reveal(), next, required, to: config.target }),
          ...rolling.failedChecks,
        ]),
    ...managerChecks(config, observation, route),
  ];
  const results = applySkips(found, config.skipChecks);
  const checks = [
    ...results.filter(isSkipped),
    ...rolling.checks,
    ...rollbackCheck(route, config),
    ...advisoryChecks(route.from, config.target, advisorySubject(observation, next)),
  ];
  const { chart } = route;
  const plan = chart && drawPlan({ config, observation, route, chart, planned, rolling, checks });
  return { plan, failedChecks: failedChecks(results) };
}

/** A program that manages the release is a problem only if something is to be changed. */
function managerChecks(config: HelmConfig, observation: HelmObservation, { image, chart, path }: Route): CheckResult[] {
  return path.pathKind === 'nothing'
    ? []
    : failedChecksOfManagers(config, observation.managers ?? [], { image, chart: chart?.version ?? '' });
}

interface Draft {
  readonly config: HelmConfig;
  readonly observation: HelmObservation;
  readonly route: Route;
  readonly chart: ChartChoice;
  readonly planned: PlannedValues;
  readonly rolling: RollingPlan;
  readonly checks: readonly CheckResult[];
}

function drawPlan({ config, observation, route, chart, planned, rolling, checks }: Draft): HelmPlan {
  const { pins, values, carried } = planned;
  const { from, image, path, installed } = route;
  const replicas = path.pathKind === 'migration' ? replicaValues(observation, journalReplicas(observation)) : {};
  const write = helmUpgrade(config, image, chart, mergeValues(replicas, mergeValues(rolling.values, values)));
  const end = waitForTarget(config, image);
  const steps =
    path.pathKind === 'migration'
      ? migrationSteps<HelmStep, RevisionPart>({
          config: { ...config, name: config.release },
          observation,
          from,
          part: { revision: observation.release?.latest.revision ?? 0 },
          parts: { write, start: (before) => scaleUp(config, before), waitReady: end },
        })
      : rolling.steps({ write, image, waitReady: end });
  const strategy = path.pathKind === 'migration' ? 'migrate' : strategyOf(steps, observation, rolling);
  const chartChange = { from: installed.chartVersion, to: chart.version, why: chart.why };
  const settings = [...carried.settings, ...rolling.settings];
  return {
    platform: 'helm',
    strategy,
    from,
    to: config.target,
    image,
    chart: chartChange,
    hops: hops(route, config.target),
    steps,
    pins,
    settings,
    checks,
  };
}

function strategyOf(
  steps: readonly HelmStep[],
  observation: HelmObservation,
  { strategy }: RollingPlan,
): PlannedStrategy {
  return steps.every((step) => evaluateHelmStep(step, observation).state === 'complete') ? 'nothing' : strategy;
}

function hops(route: Route, to: Version): Hop[] {
  const { from, path } = route;
  if (path.pathKind === 'nothing' || compareVersions(from, to) === 0) return [];
  const { pathKind, rollingPossible, why, source } = path;
  return [
    { from, to, pathKind, rollingPossible, why, source, outline: pathKind === 'migration' ? migrationOutline : [] },
  ];
}

function helmUpgrade(config: HelmConfig, image: string, chart: ChartChoice, values: Values): HelmUpgradeStep {
  const id = `helm-upgrade/${config.release}@${formatVersion(config.target)}+chart-${chart.version}`;
  const timeoutSeconds = config.stepTimeoutSeconds;
  return {
    kind: 'helm-upgrade',
    id,
    timeoutSeconds,
    chart: config.chart,
    chartVersion: chart.version,
    image,
    values: new SecretValues(values),
  };
}

/**
 * Whether a failed upgrade can be rolled back after the new version has started; the rollback decision uses the same
 * rows.
 */
export function rollbackCheck({ from, path }: Pick<Route, 'from' | 'path'>, { target }: HelmConfig): CheckResult[] {
  if (path.pathKind === 'nothing') return [];
  const { possible, why, source } = path.rollback;
  if (possible) return [pass('rollback', `rollback available: ${why}`, source)];
  const reason = `rollback blocked: ${formatVersion(from)} must not be started again once ${formatVersion(target)} has run: ${why}`;
  return [
    warn(
      'rollback',
      reason,
      'Back up metadata and data before the upgrade, and verify that the backup can be restored.',
      source,
    ),
  ];
}
