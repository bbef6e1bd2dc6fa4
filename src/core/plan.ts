// The planner: from a goal, what was seen and what the chart offers, to a plan or to every reason against one. Pure.
// It must never act, never look, and never decide by the outcome of an earlier run: the observation is the only memory.
import { adviseOn } from './knowledge/advisories.js';
import { carryOver } from './knowledge/carry-over.js';
import { findPath, halfDoneDowngrade, type Path } from './knowledge/paths.js';
import { chooseChart, type CatalogueEntry, type ChartChoice } from './chart-choice.js';
import type { Goal } from './goal.js';
import { refusalsOfChart } from './installed-chart.js';
import { refusalsOfManagers } from './managers.js';
import { newestVersion, oldestImage, runningVersion, type Observation, type ReleaseRevision } from './observation.js';
import { planRolling, type RollingPlan } from './rolling/plan.js';
import { halfMigratedFrom, journalReplicas, migrationSteps } from './migration/steps.js';
import { replicaValues } from './migration/replicas.js';
import { findPins, type Pin } from './pins.js';
import { waive, type Check, type Refusal } from './refusal.js';
import { refusalsOfState, refusalsOfValues } from './rules.js';
import type { Setting } from './setting.js';
import type { HelmUpgradeStep, Hop, Plan, Planned, PlannedStrategy, SettleStep, Step } from './steps.js';
import { computeValues, HiddenValues, mergeValues, valuesAtPath, type Values } from './values.js';
import { judge } from './verdict.js';
import { compareVersions, formatVersion, imageForVersion, parseImage, sameMinor, type Version } from './version.js';

/** Where the way begins and which chart it takes: what can be said before the chart's defaults are known. */
export interface Route {
  readonly from: Version;
  readonly image: string;
  readonly path: Path;
  readonly chart: ChartChoice | null;
  readonly installed: ReleaseRevision;
  /** True where the release was not installed with the chart on offer: nothing else can be checked. */
  readonly isForeign: boolean;
  readonly refusals: readonly Refusal[];
}

/** Finds the path and the chart; null when no release was seen or nothing tells which version runs. */
export function findRoute(goal: Goal, seen: Observation, catalogue: readonly CatalogueEntry[]): Route | null {
  const installed = seen.release?.deployed ?? seen.release?.latest;
  // Half way through a migration nothing runs, or what runs is new already: what the journal says is where it began.
  const from = halfMigratedFrom(seen) ?? runningVersion(seen) ?? goal.source;
  if (!installed || !from) return null;
  const { topology, messageQueue } = seen;
  const indexNode = seen.components.some((each) => each.role === 'indexnode');
  const { path, refusals: ofPath } = findPath({ from, to: goal.target, topology, messageQueue, indexNode });
  const refusals = [...halfDoneDowngrade({ from, to: goal.target, newest: newestVersion(seen) }), ...ofPath];
  const question = { wanted: goal.chartVersion, from, to: goal.target, installed: installed.chartVersion, catalogue, messageQueue, keepChart: path.keepChart };
  const chart = chooseChart(question);
  const image = targetImage(goal, seen);
  const isImageOnly = refusals.length === 0 && isPatch(path, from, goal.target);
  const foreign = refusalsOfChart(goal, installed, { offered: catalogue[0], image, isImageOnly });
  const common = { from, image, path, installed };
  if (foreign.some((each) => !each.waivable)) return { ...common, chart: null, isForeign: true, refusals: foreign };
  return { ...common, chart: chart.choice, isForeign: false, refusals: [...foreign, ...refusals, ...chart.refusals] };
}

function isPatch({ way }: Path, from: Version, to: Version): boolean {
  return way === 'plain' && sameMinor(from, to);
}

/** Draws the plan, and collects every refusal. `chartDefaults` are the default values of the chosen chart. */
export function planUpgrade(goal: Goal, seen: Observation, route: Route, chartDefaults: Values): Planned {
  const { path, installed } = route;
  if (route.isForeign) return { plan: null, refusals: route.refusals };
  const required = path.requiredValues.reduce<Values>((all, row) => mergeValues(all, valuesAtPath(row.path, row.value)), {});
  const reused = installed.values.reveal();
  const toChart = route.chart?.version ?? '';
  const carried = carryOver({ supplied: reused, given: goal.values.reveal(), fromChart: installed.chartVersion, toChart });
  const given = mergeValues(required, mergeValues(mergeValues(goal.values.reveal(), carried.values), imageValues(route.image)));
  const pins = findPins(installed.computedValues.reveal(), computeValues(chartDefaults, mergeValues(reused, given)), given);
  const values = mergeValues(
    pins.reduce<Values>((all, pin) => mergeValues(all, valuesAtPath(pin.path, pin.value)), {}),
    given,
  );
  const next = computeValues(chartDefaults, mergeValues(reused, values));
  const rolling = planRolling(goal, seen, path.rollingPossible, { from: route.from, chartVersion: route.chart?.version ?? installed.chartVersion, next });
  const found = [
    ...refusalsOfState(goal, seen, route),
    ...route.refusals,
    ...carried.refusals,
    ...refusalsOfValues(installed.computedValues.reveal(), next, required),
    ...rolling.refusals,
    ...managed(goal, seen, route),
  ];
  const { standing, waived } = waive(found, goal.skipChecks);
  const checks = [...waived, ...rolling.checks, ...rollbackCheck(route, goal), ...advice(route, goal)];
  const plan = route.chart ? drawPlan({ goal, seen, route, chart: route.chart, pins, values, rolling, checks, carried: carried.settings }) : null;
  return { plan, refusals: standing };
}

/** A program that manages the release is in the way of a change only. */
function managed(goal: Goal, seen: Observation, { image, chart, path }: Route): Refusal[] {
  return path.way === 'nothing' ? [] : refusalsOfManagers(goal, seen.managers ?? [], { image, chart: chart?.version ?? '' });
}

interface Draft {
  readonly goal: Goal;
  readonly seen: Observation;
  readonly route: Route;
  readonly chart: ChartChoice;
  readonly pins: readonly Pin[];
  readonly values: Values;
  readonly rolling: RollingPlan;
  readonly checks: readonly Check[];
  readonly carried: readonly Setting[];
}

function drawPlan({ goal, seen, route, chart, pins, values, rolling, checks, carried }: Draft): Plan {
  const { from, image, path, installed } = route;
  const replicas = path.way === 'migration' ? replicaValues(seen, journalReplicas(seen)) : {};
  const write = helmUpgrade(goal, image, chart, mergeValues(replicas, mergeValues(rolling.values, values)));
  const end = settle(goal, image);
  const steps = path.way === 'migration' ? migrationSteps({ goal, seen, from, write, settle: end }) : rolling.steps({ write, image, settle: end });
  const strategy = path.way === 'migration' ? 'migrate' : strategyOf(steps, seen, rolling);
  const chartWay = { from: installed.chartVersion, to: chart.version, why: chart.why };
  const settings = [...carried, ...rolling.settings];
  return { strategy, from, to: goal.target, image, chart: chartWay, hops: hops(route, goal.target), steps, pins, settings, checks };
}

function strategyOf(steps: readonly Step[], seen: Observation, { strategy }: RollingPlan): PlannedStrategy {
  return steps.every((step) => judge(step, seen).state === 'done') ? 'nothing' : strategy;
}

function hops(route: Route, to: Version): Hop[] {
  const { from, path } = route;
  if (path.way === 'nothing' || compareVersions(from, to) === 0) return [];
  const { way, rollingPossible, why, source } = path;
  return [{ from, to, way, rollingPossible, why, source, outline: way === 'migration' ? migrationOutline : [] }];
}

/** The order of a metadata migration; milvus-io/milvus deployments/migrate-meta/README.md. */
export const migrationOutline = [
  'check both images, storage and etcd while the old version serves',
  'stop every Milvus component and see its session gone from etcd',
  'back up the metadata and verify the backup',
  'migrate the metadata',
  'upgrade to the new version, wait until all of it is there',
];

function helmUpgrade(goal: Goal, image: string, chart: ChartChoice, values: Values): HelmUpgradeStep {
  const id = `helm-upgrade/${goal.release}@${formatVersion(goal.target)}+chart-${chart.version}`;
  const timeoutSeconds = goal.stepTimeoutSeconds;
  return { kind: 'helm-upgrade', id, timeoutSeconds, chart: goal.chart, chartVersion: chart.version, image, values: new HiddenValues(values) };
}

/** The question of `operation: verify`, as a step that is only judged. */
export function verificationStep(goal: Goal, seen: Observation): SettleStep {
  return settle(goal, targetImage(goal, seen));
}

function settle(goal: Goal, image: string): SettleStep {
  const id = `settle/${goal.release}@${formatVersion(goal.target)}`;
  return { kind: 'settle', id, timeoutSeconds: goal.stepTimeoutSeconds, image, version: goal.target };
}

/** The image to run: as given, else repository and hardware variant of the oldest version that runs. Not those of a template: a run with a wrong `image` may have left one there that never started. */
function targetImage(goal: Goal, seen: Observation): string {
  return goal.image ?? imageForVersion(oldestImage(seen), goal.target);
}

function imageValues(image: string): Values {
  const { repository, tag } = parseImage(image);
  return { image: { all: { repository, tag } } };
}

/** Whether a failed upgrade can be rolled back once the new version has started; way-back.ts decides by the same rows. */
function rollbackCheck({ from, path }: Route, { target }: Goal): Check[] {
  if (path.way === 'nothing') return [];
  const { possible, why, source } = path.wayBack;
  if (possible) return [{ id: 'rollback', state: 'pass', because: `rollback available: ${why}`, source }];
  const because = `rollback blocked: ${formatVersion(from)} must not be started again once ${formatVersion(target)} has run: ${why}`;
  return [{ id: 'rollback', state: 'warn', because, source, remedy: 'Back up metadata and data before the upgrade, and see that the backup can be restored.' }];
}

function advice(route: Route, goal: Goal): Check[] {
  const found = adviseOn(route.from, goal.target);
  return found.map((each) => ({ id: `advisory-${each.version}`, state: 'warn', because: each.advice, source: each.source }));
}
