// The path of an upgrade of a Helm release and its chart, before the default values of the chart are known. Pure.
import type { HelmConfig } from '../config/config.js';
import { findPath, type Path } from '../knowledge/paths.js';
import { halfDoneDowngrade } from '../knowledge/downgrade.js';
import { halfMigratedFrom } from '../migration/steps.js';
import type { CheckResult } from '../model/check-result.js';
import type { Umbrella } from '../model/umbrella.js';
import { newestVersion, oldestImage, runningVersion } from '../model/observation.js';
import { imageForVersion, sameMinor, type Version } from '../model/version.js';
import { chooseChart, type ChartChoice } from './chart-choice.js';
import type { CatalogueEntry, ChartQuestion } from './chart-question.js';
import { failedChecksOfChart } from './installed-chart.js';
import type { HelmObservation, ReleaseRevision } from './observation.js';
import { chartsFor, rendersPulsar, umbrellaOf } from './route-facts.js';

/** The start of the upgrade path and its chart: what is known before the defaults of the chart are known. */
export interface Route {
  readonly from: Version;
  readonly image: string;
  readonly path: Path;
  readonly chart: ChartChoice | null;
  readonly installed: ReleaseRevision;
  /** True if the release was not installed with the chart to install: nothing else can be checked. */
  readonly isForeign: boolean;
  /** Set if Milvus is upgraded as a dependency of the chart of the release. */
  readonly umbrella?: Umbrella | null;
  readonly failedChecks: readonly CheckResult[];
}

/** Finds the path and the chart; null if no release was found or the running version is unknown. */
export function findRoute(
  config: HelmConfig,
  observation: HelmObservation,
  catalogue: readonly CatalogueEntry[],
): Route | null {
  const installed = observation.release?.deployed ?? observation.release?.latest;
  // During a migration nothing runs, or the new version already runs: the journal has the version before the migration.
  const from = halfMigratedFrom(observation) ?? runningVersion(observation) ?? config.source;
  if (!installed || !from) return null;
  const { path, failedChecks } = pathTo(config, observation, from);
  const umbrella = umbrellaOf(config, installed, { path, catalogue });
  const question = {
    from,
    to: config.target,
    ...chartsFor(config, installed, catalogue, umbrella),
    messageQueue: observation.messageQueue,
    rendersPulsar: rendersPulsar(config, installed),
    keepChart: path.keepChart,
  };
  const chart = chooseFor(question, umbrella);
  const image = targetImage(config, observation);
  const move = { offered: catalogue[0], image, isImageOnly: isPatch(path, failedChecks, { from, to: config.target }) };
  const foreign = umbrella ? [] : failedChecksOfChart(config, installed, move);
  const common = { from, image, path, installed };
  if (foreign.some((failedCheck) => !failedCheck.skippable))
    return { ...common, chart: null, isForeign: true, failedChecks: foreign };
  return {
    ...common,
    chart: chart.choice,
    umbrella,
    isForeign: false,
    failedChecks: [...foreign, ...failedChecks, ...chart.failedChecks],
  };
}

/** The path to the target, and every failed check of the versions. */
export function pathTo(
  { target: to }: HelmConfig,
  observation: HelmObservation,
  from: Version,
): { readonly path: Path; readonly failedChecks: readonly CheckResult[] } {
  const { topology, messageQueue, components } = observation;
  const indexNode = components.some(({ role }) => role === 'indexnode');
  const { path, failedChecks } = findPath({ from, to, topology, messageQueue, indexNode });
  const halfDone = halfDoneDowngrade({ from, to, newest: newestVersion(observation), messageQueue });
  return { path, failedChecks: [...halfDone, ...failedChecks] };
}

function chooseFor(question: ChartQuestion, umbrella: Umbrella | null): ReturnType<typeof chooseChart> {
  const answer = chooseChart(question);
  return umbrella
    ? { ...answer, choice: { ...umbrella, why: 'the chart of the release, with the same chart of Milvus in it' } }
    : answer;
}

function isPatch(
  { pathKind }: Path,
  failedChecks: readonly CheckResult[],
  { from, to }: { readonly from: Version; readonly to: Version },
): boolean {
  return failedChecks.length === 0 && pathKind === 'plain' && sameMinor(from, to);
}

/**
 * The image to run: the input, else repository and hardware variant of the oldest running version. Templates are not
 * used: a run with a wrong `image` may have set one that never started.
 */
export function targetImage(config: HelmConfig, observation: HelmObservation): string {
  return config.image ?? imageForVersion(oldestImage(observation), config.target);
}
