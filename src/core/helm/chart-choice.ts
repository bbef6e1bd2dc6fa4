// Selects the version of the Milvus chart for an upgrade. The facts about charts are in knowledge/charts.ts.
import {
  badChart,
  chartEra,
  CHART_VERSIONS,
  compareChartVersions,
  isWithin,
  type ChartEra,
} from '../knowledge/charts.js';
import type { CheckResult } from '../model/check-result.js';
import { compareVersions, formatVersion, parseVersion, sameMinor, type Version } from '../model/version.js';
import type { RequestedChart } from '../config/requested-chart.js';
import type { MessageQueue } from '../model/shared-observation.js';

/** A chart in the chart source, and the Milvus version that it was made for. */
export interface CatalogueEntry {
  /** Absent if the chart source does not contain it. */
  readonly name?: string;
  readonly version: string;
  readonly appVersion: string;
}

/**
 * `installed` is a chart version. A directory, an archive and an OCI chart result in a catalogue of one. `keepChart` is
 * true if the upgrade path requires it.
 */
export interface ChartQuestion {
  readonly desired: RequestedChart;
  readonly from: Version;
  readonly to: Version;
  readonly installed: string;
  readonly catalogue: readonly CatalogueEntry[];
  readonly messageQueue: MessageQueue;
  readonly keepChart: boolean;
}

export interface ChartChoice {
  readonly version: string;
  readonly appVersion: string;
  readonly why: string;
}

interface ChartAnswer {
  readonly choice: ChartChoice | null;
  readonly failedChecks: readonly CheckResult[];
}

/**
 * Selects a chart, and returns every failed check. The choice is null only if the chart source has no chart to select.
 */
export function chooseChart(question: ChartQuestion): ChartAnswer {
  const { desired, keepChart, catalogue, from, to } = question;
  if (desired.kind === 'exact') return take(question, desired.version, 'set by chart-version');
  if (desired.kind === 'keep') return take(question, question.installed, 'chart-version is keep');
  const [only, ...others] = catalogue;
  if (only && others.length === 0) return take(question, only.version, 'the only chart in the chart source');
  if (keepChart)
    return take(question, question.installed, `the upgrade path to ${formatVersion(to)} keeps the installed chart`);
  if (compareVersions(from, to) === 0)
    return take(question, question.installed, 'the target version is already installed');
  return chooseNewest(question);
}

function chooseNewest(question: ChartQuestion): ChartAnswer {
  const { installed, to } = question;
  const best = newestFitting(question);
  const mayStay = fits(installed, to) && (!best || compareChartVersions(best.version, installed) <= 0);
  if (mayStay)
    return take(question, installed, 'the installed chart fits, and no newer chart was made for this version');
  if (!best)
    return {
      choice: null,
      failedChecks: [notFound(question, `the chart source has no usable chart for Milvus ${to.major}.${to.minor}`)],
    };
  const own = parseVersion(best.appVersion);
  const isOwn = own !== null && compareVersions(own, to) === 0;
  const why = isOwn
    ? `the newest chart made for ${formatVersion(to)}`
    : `no chart was made for ${formatVersion(to)}; this one, made for ${best.appVersion}, is the nearest older one`;
  return take(question, best.version, why);
}

/**
 * The chart for the newest Milvus of the target's minor that is not newer than the target; the newest if there are
 * several.
 */
function newestFitting({ catalogue, to, messageQueue }: ChartQuestion): CatalogueEntry | undefined {
  return catalogue
    .flatMap((entry) => {
      const made = madeFor(entry);
      return made &&
        mayBeTaken(entry.version, to, messageQueue) &&
        sameMinor(made, to) &&
        compareVersions(made, to) <= 0
        ? [{ entry, made }]
        : [];
    })
    .sort((a, b) => compareVersions(b.made, a.made) || compareChartVersions(b.entry.version, a.entry.version))[0]
    ?.entry;
}

function mayBeTaken(chart: string, to: Version, queue: MessageQueue): boolean {
  return /^\d+\.\d+\.\d+$/.test(chart) && fits(chart, to) && !badChart(chart, queue === 'pulsar');
}

/** The Milvus release that a chart was made for; null for a pre-release or if it is unknown. */
function madeFor({ version, appVersion }: CatalogueEntry): Version | null {
  const made = parseVersion(appVersion || publishedFor(version));
  return made && made.preRelease === '' ? made : null;
}

function publishedFor(chart: string): string {
  return CHART_VERSIONS.find((row) => row.version === chart)?.appVersion ?? '';
}

function fits(chart: string, to: Version): boolean {
  const era = chartEra(chart);
  return era !== undefined && isWithin({ ...to, preRelease: '' }, era.milvus);
}

/** Selects one version of the chart, with every failed check. */
function take(question: ChartQuestion, chart: string, why: string): ChartAnswer {
  const entry = question.catalogue.find((candidate) => sameChart(candidate.version, chart));
  if (!entry)
    return { choice: null, failedChecks: [notFound(question, `the chart source has no chart ${chart}`, chart)] };
  const choice = { version: entry.version, appVersion: entry.appVersion || publishedFor(entry.version), why };
  return {
    choice,
    failedChecks: sameChart(entry.version, question.installed)
      ? misfit(question, entry.version)
      : failedChecksOfNew(question, entry.version),
  };
}

function failedChecksOfNew(question: ChartQuestion, chart: string): CheckResult[] {
  return [
    ...misfit(question, chart),
    ...leavesInstalled(question, chart),
    ...isBad(question, chart),
    ...isOlderThanInstalled(question, chart),
  ];
}

function misfit({ to }: ChartQuestion, chart: string): CheckResult[] {
  if (fits(chart, to)) return [];
  const era = chartEra(chart);
  return [
    {
      id: 'chart-does-not-fit',
      state: 'fail',
      reason: era
        ? `chart ${chart} supports ${rangeOf(era)}, not ${formatVersion(to)}: ${era.why}`
        : `chart ${chart} is unknown`,
      remedy:
        'Set chart-version: auto and a chart source that has newer charts; or skip this check if you know that the chart supports this version.',
      source: era?.source ?? 'the table of charts, docs/upgrade-paths.md',
      skippable: true,
    },
  ];
}

function leavesInstalled({ keepChart, installed, to }: ChartQuestion, chart: string): CheckResult[] {
  if (!keepChart) return [];
  return [
    {
      id: 'chart-does-not-fit',
      state: 'fail',
      reason: `the upgrade path to ${formatVersion(to)} is documented only with the installed chart ${installed}, and this run would change it to ${chart}`,
      remedy:
        'Set chart-version: keep, and a chart source that has the installed chart. Change the chart in a separate run.',
      source: 'milvus-io/web-content v3.0.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
      skippable: true,
    },
  ];
}

function isBad({ messageQueue }: ChartQuestion, chart: string): CheckResult[] {
  const bad = parseVersion(chart) ? badChart(chart, messageQueue === 'pulsar') : undefined;
  if (!bad) return [];
  const span =
    bad.from === bad.to ? `chart ${bad.from} must not be used` : `the charts ${bad.from} to ${bad.to} must not be used`;
  return [
    {
      id: 'bad-chart',
      state: 'fail',
      reason: `${span}: ${bad.why}`,
      remedy: 'Set chart-version: auto, or another version.',
      source: bad.source,
      skippable: true,
    },
  ];
}

function isOlderThanInstalled({ installed }: ChartQuestion, chart: string): CheckResult[] {
  if (!parseVersion(chart) || !parseVersion(installed) || compareChartVersions(chart, installed) >= 0) return [];
  return [
    {
      id: 'chart-downgrade',
      state: 'fail',
      reason: `chart ${chart} is older than the installed chart ${installed}, and its templates do not know the objects that the newer chart created`,
      remedy:
        'Set chart-version: keep or a newer chart; or skip this check after a review of the rendered differences.',
      source: 'zilliztech/milvus-helm charts/milvus/README.md "Breaking Changes" and "Compatibility Notice"',
      skippable: true,
    },
  ];
}

function notFound({ catalogue }: ChartQuestion, reason: string, near = ''): CheckResult {
  const nearest = nearestTo(catalogue, near);
  const has = nearest.length > 0 ? `It has ${nearest.join(', ')}.` : 'It has no chart.';
  const remedy = `${has} Set chart-version to an existing version, or chart to a repository, directory or archive with the required chart.`;
  return {
    id: 'chart-not-found',
    state: 'fail',
    reason,
    remedy,
    source: 'the chart source, as listed by helm search',
    skippable: false,
  };
}

/** Up to two charts on either side of a version, or the three newest if there is no version to compare with. */
function nearestTo(catalogue: readonly CatalogueEntry[], near: string): string[] {
  const versions = catalogue.map((entry) => entry.version).filter((version) => parseVersion(version));
  const sorted = versions.sort(compareChartVersions);
  if (!parseVersion(near)) return sorted.slice(-3);
  const at = sorted.filter((version) => compareChartVersions(version, near) < 0).length;
  return sorted.slice(Math.max(0, at - 2), at + 2);
}

function sameChart(a: string, b: string): boolean {
  return a.replace(/^v/, '') === b.replace(/^v/, '');
}

function rangeOf({ milvus }: ChartEra): string {
  return milvus.before ? `Milvus ${milvus.from} to before ${milvus.before}` : `Milvus ${milvus.from} and later`;
}
