// The planner: from the config, the observation and the chart, to a plan or to every failed check. Pure.
// It must never change anything, never observe, and never depend on the outcome of an earlier run: the observation is
// the only state.
import { advisoryChecks } from '../checks/advisories.js';
import { pass, warn } from '../checks/results.js';
import { carryOver } from '../knowledge/carry-over.js';
import { findPath, halfDoneDowngrade, type Path } from '../knowledge/paths.js';
import { chooseChart, type CatalogueEntry, type ChartChoice } from './chart-choice.js';
import { chartsFor, isImpossible, rendersPulsar } from './route-facts.js';
import { insideUmbrella, outsideUmbrella, umbrellaOf } from './umbrella.js';
import type { Config } from '../config/config.js';
import { failedChecksOfChart } from './installed-chart.js';
import { failedChecksOfManagers } from './managers.js';
import { newestVersion, oldestImage, runningVersion, type Observation } from '../model/observation.js';
import { planRolling, type RollingPlan } from '../rolling/plan.js';
import { halfMigratedFrom, journalReplicas, migrationSteps } from '../migration/steps.js';
import { replicaValues } from '../migration/replicas.js';
import { advisorySubject } from './advisory-subject.js';
import { imageAll } from './image-values.js';
import { findPins, type Pin } from './pins.js';
import { applySkips, failedChecks, isSkipped, type CheckResult } from '../model/check-result.js';
import { failedChecksOfState, failedChecksOfValues } from './rules.js';
import type { Setting } from '../model/setting.js';
import type { HelmUpgradeStep, Hop, Plan, Planned, PlannedStrategy, WaitReadyStep, Step } from '../model/step.js';
import { computeValues, SecretValues, mergeValues, valuesAtPath, type Values } from '../model/values.js';
import { evaluate } from '../status/evaluate.js';
import { compareVersions, formatVersion, imageForVersion, sameMinor, type Version } from '../model/version.js';
import type { Route } from './route.js';
import { migrationOutline } from '../migration/outline.js';

/** Finds the path and the chart; null if no release was found or the running version is unknown. */
export function findRoute(
  config: Config,
  observation: Observation,
  catalogue: readonly CatalogueEntry[],
): Route | null {
  const installed = observation.release?.deployed ?? observation.release?.latest;
  // During a migration nothing runs, or the new version already runs: the journal has the version before the migration.
  const from = halfMigratedFrom(observation) ?? runningVersion(observation) ?? config.source;
  if (!installed || !from) return null;
  const { topology, messageQueue } = observation;
  const indexNode = observation.components.some((component) => component.role === 'indexnode');
  const { path, failedChecks: ofPath } = findPath({ from, to: config.target, topology, messageQueue, indexNode });
  const failedChecks = [
    ...halfDoneDowngrade({ from, to: config.target, newest: newestVersion(observation), messageQueue }),
    ...ofPath,
  ];
  const umbrella = umbrellaOf(config, installed, { path, catalogue });
  const question = {
    from,
    to: config.target,
    ...chartsFor(config, installed, catalogue, umbrella),
    messageQueue,
    rendersPulsar: rendersPulsar(config, installed),
    keepChart: path.keepChart,
  };
  const chart = chooseChart(question);
  const image = targetImage(config, observation);
  const isImageOnly = failedChecks.length === 0 && isPatch(path, from, config.target);
  const move = { offered: catalogue[0], image, isImageOnly };
  const foreign = umbrella ? [] : failedChecksOfChart(config, installed, move);
  const common = { from, image, path, installed };
  if (foreign.some((failedCheck) => !failedCheck.skippable))
    return { ...common, chart: null, isForeign: true, failedChecks: foreign };
  return {
    ...common,
    chart: umbrella
      ? { ...umbrella, why: 'the chart of the release, with the same chart of Milvus in it' }
      : chart.choice,
    umbrella,
    isForeign: false,
    failedChecks: [...foreign, ...failedChecks, ...chart.failedChecks],
  };
}

function isPatch({ pathKind }: Path, from: Version, to: Version): boolean {
  return pathKind === 'plain' && sameMinor(from, to);
}

/** Creates the plan, and collects every failed check. `chartDefaults` are the default values of the selected chart. */
export function planUpgrade(config: Config, observation: Observation, route: Route, chartDefaults: Values): Planned {
  if (!route.umbrella) return planForChart(config, observation, route, chartDefaults);
  const inner = insideUmbrella(route.umbrella, { config, route, defaults: chartDefaults }, observation);
  const planned = planForChart(inner.config, observation, inner.route, inner.defaults);
  return outsideUmbrella(route.umbrella, planned, { config, route }, observation);
}

function planForChart(config: Config, observation: Observation, route: Route, chartDefaults: Values): Planned {
  const { path, installed } = route;
  if (route.isForeign) return { plan: null, failedChecks: route.failedChecks };
  const required = path.requiredValues.reduce<Values>(
    (all, row) => mergeValues(all, valuesAtPath(row.path, row.value)),
    {},
  );
  const reused = installed.values.reveal();
  const toChart = route.chart?.version ?? '';
  const carried = carryOver({
    supplied: reused,
    given: config.values.reveal(),
    fromChart: installed.chartVersion,
    toChart,
  });
  const given = mergeValues(
    required,
    mergeValues(mergeValues(config.values.reveal(), carried.values), imageValues(route.image)),
  );
  const pins = findPins(
    installed.computedValues.reveal(),
    computeValues(chartDefaults, mergeValues(reused, given)),
    given,
  );
  const values = mergeValues(
    pins.reduce<Values>((all, pin) => mergeValues(all, valuesAtPath(pin.path, pin.value)), {}),
    given,
  );
  const next = computeValues(chartDefaults, mergeValues(reused, values));
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
  const plan = route.chart
    ? drawPlan({
        config,
        observation,
        route,
        chart: route.chart,
        pins,
        values,
        rolling,
        checks,
        carried: carried.settings,
      })
    : null;
  return { plan, failedChecks: failedChecks(results) };
}

/** A program that manages the release is a problem only if something is to be changed. */
function managerChecks(config: Config, observation: Observation, { image, chart, path }: Route): CheckResult[] {
  return path.pathKind === 'nothing'
    ? []
    : failedChecksOfManagers(config, observation.managers ?? [], { image, chart: chart?.version ?? '' });
}

interface Draft {
  readonly config: Config;
  readonly observation: Observation;
  readonly route: Route;
  readonly chart: ChartChoice;
  readonly pins: readonly Pin[];
  readonly values: Values;
  readonly rolling: RollingPlan;
  readonly checks: readonly CheckResult[];
  readonly carried: readonly Setting[];
}

function drawPlan({ config, observation, route, chart, pins, values, rolling, checks, carried }: Draft): Plan {
  const { from, image, path, installed } = route;
  const replicas = path.pathKind === 'migration' ? replicaValues(observation, journalReplicas(observation)) : {};
  const write = helmUpgrade(config, image, chart, mergeValues(replicas, mergeValues(rolling.values, values)));
  const end = waitReady(config, image);
  const steps =
    path.pathKind === 'migration'
      ? migrationSteps({ config, observation, from, write, waitReady: end })
      : rolling.steps({ write, image, waitReady: end });
  const strategy = path.pathKind === 'migration' ? 'migrate' : strategyOf(steps, observation, rolling);
  const chartChange = { from: installed.chartVersion, to: chart.version, why: chart.why };
  const settings = [...carried, ...rolling.settings];
  return {
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

function strategyOf(steps: readonly Step[], observation: Observation, { strategy }: RollingPlan): PlannedStrategy {
  return steps.every((step) => evaluate(step, observation).state === 'complete') ? 'nothing' : strategy;
}

function hops(route: Route, to: Version): Hop[] {
  const { from, path } = route;
  if (path.pathKind === 'nothing' || compareVersions(from, to) === 0) return [];
  const { pathKind, rollingPossible, why, source } = path;
  return [
    { from, to, pathKind, rollingPossible, why, source, outline: pathKind === 'migration' ? migrationOutline : [] },
  ];
}

function helmUpgrade(config: Config, image: string, chart: ChartChoice, values: Values): HelmUpgradeStep {
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

/** The step of `operation: verify`, which is only evaluated, never applied. */
export function verificationStep(config: Config, observation: Observation): WaitReadyStep {
  return waitReady(config, targetImage(config, observation));
}

function waitReady(config: Config, image: string): WaitReadyStep {
  const id = `wait-ready/${config.release}@${formatVersion(config.target)}`;
  return { kind: 'wait-ready', id, timeoutSeconds: config.stepTimeoutSeconds, image, version: config.target };
}

/**
 * The image to run: the input, else repository and hardware variant of the oldest running version. Templates are not
 * used: a run with a wrong `image` may have set one that never started.
 */
function targetImage(config: Config, observation: Observation): string {
  return config.image ?? imageForVersion(oldestImage(observation), config.target);
}

function imageValues(image: string): Values {
  return { image: { all: imageAll(image) } };
}

/**
 * Whether a failed upgrade can be rolled back after the new version has started; the rollback decision uses the same
 * rows.
 */
export function rollbackCheck({ from, path }: Pick<Route, 'from' | 'path'>, { target }: Config): CheckResult[] {
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
