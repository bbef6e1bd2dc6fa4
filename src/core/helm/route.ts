// The path of an upgrade of a Helm release and its chart, before the default values of the chart are known. Pure.
import type { HelmConfig } from '../config/config.js';
import { findPath, halfDoneDowngrade, type Path } from '../knowledge/paths.js';
import { halfMigratedFrom } from '../migration/steps.js';
import type { CheckResult } from '../model/check-result.js';
import { newestVersion, oldestImage, runningVersion } from '../model/observation.js';
import { imageForVersion, sameMinor, type Version } from '../model/version.js';
import { chooseChart, type CatalogueEntry, type ChartChoice } from './chart-choice.js';
import { failedChecksOfChart } from './installed-chart.js';
import type { HelmObservation, ReleaseRevision } from './observation.js';

/** The start of the upgrade path and its chart: what is known before the defaults of the chart are known. */
export interface Route {
  readonly from: Version;
  readonly image: string;
  readonly path: Path;
  readonly chart: ChartChoice | null;
  readonly installed: ReleaseRevision;
  /** True if the release was not installed with the chart to install: nothing else can be checked. */
  readonly isForeign: boolean;
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
  const { topology, messageQueue } = observation;
  const indexNode = observation.components.some((component) => component.role === 'indexnode');
  const { path, failedChecks: ofPath } = findPath({ from, to: config.target, topology, messageQueue, indexNode });
  const failedChecks = [
    ...halfDoneDowngrade({ from, to: config.target, newest: newestVersion(observation) }),
    ...ofPath,
  ];
  const question = {
    desired: config.chartVersion,
    from,
    to: config.target,
    installed: installed.chartVersion,
    catalogue,
    messageQueue,
    keepChart: path.keepChart,
  };
  const chart = chooseChart(question);
  const image = targetImage(config, observation);
  const isImageOnly = failedChecks.length === 0 && isPatch(path, from, config.target);
  const foreign = failedChecksOfChart(config, installed, { offered: catalogue[0], image, isImageOnly });
  const common = { from, image, path, installed };
  if (foreign.some((failedCheck) => !failedCheck.skippable))
    return { ...common, chart: null, isForeign: true, failedChecks: foreign };
  return {
    ...common,
    chart: chart.choice,
    isForeign: false,
    failedChecks: [...foreign, ...failedChecks, ...chart.failedChecks],
  };
}

function isPatch({ pathKind }: Path, from: Version, to: Version): boolean {
  return pathKind === 'plain' && sameMinor(from, to);
}

/**
 * The image to run: the input, else repository and hardware variant of the oldest running version. Templates are not
 * used: a run with a wrong `image` may have set one that never started.
 */
export function targetImage(config: HelmConfig, observation: HelmObservation): string {
  return config.image ?? imageForVersion(oldestImage(observation), config.target);
}
