// Which version of the Milvus chart an upgrade takes. What is known about charts is in knowledge/charts.ts.
import { badChart, chartEra, CHART_VERSIONS, compareChartVersions, isWithin, type ChartEra } from './knowledge/charts.js';
import type { MessageQueue } from './observation.js';
import type { FailedCheck } from './refusal.js';
import { compareVersions, formatVersion, parseVersion, sameMinor, type Version } from './version.js';

/** A chart that the chart source has, and the Milvus version that it was made for. */
export interface CatalogueEntry {
  /** Absent where the chart source does not say. */
  readonly name?: string;
  readonly version: string;
  readonly appVersion: string;
}

export type RequestedChart = { readonly kind: 'auto' } | { readonly kind: 'keep' } | { readonly kind: 'exact'; readonly version: string };

/** `installed` is a chart version. A folder, an archive and an OCI chart give a catalogue of one. `keepChart` is set where the path says so. */
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
  readonly failedChecks: readonly FailedCheck[];
}

/** Chooses a chart, and says everything that speaks against it. The choice is null only when the chart source has none to choose. */
export function chooseChart(question: ChartQuestion): ChartAnswer {
  const { desired, keepChart, catalogue, from, to } = question;
  if (desired.kind === 'exact') return take(question, desired.version, 'chart-version asks for it');
  if (desired.kind === 'keep') return take(question, question.installed, 'chart-version is keep');
  const [only, ...others] = catalogue;
  if (only && others.length === 0) return take(question, only.version, 'the chart source has only this one');
  if (keepChart) return take(question, question.installed, `the way to ${formatVersion(to)} keeps the installed chart`);
  if (compareVersions(from, to) === 0) return take(question, question.installed, 'there is nothing to upgrade to');
  return chooseNewest(question);
}

function chooseNewest(question: ChartQuestion): ChartAnswer {
  const { installed, to } = question;
  const best = newestFitting(question);
  const mayStay = fits(installed, to) && (!best || compareChartVersions(best.version, installed) <= 0);
  if (mayStay) return take(question, installed, 'the installed chart fits, and none that is newer is made for this version');
  if (!best) return { choice: null, failedChecks: [notFound(question, `the chart source has no chart for Milvus ${to.major}.${to.minor} that may be taken`)] };
  const own = parseVersion(best.appVersion);
  const isOwn = own !== null && compareVersions(own, to) === 0;
  const why = isOwn
    ? `the newest chart made for ${formatVersion(to)}`
    : `${formatVersion(to)} has no chart of its own; this one, made for ${best.appVersion}, is the nearest older`;
  return take(question, best.version, why);
}

/** The chart of the target's minor for the newest Milvus that is not newer than the target; of several the newest. */
function newestFitting({ catalogue, to, messageQueue }: ChartQuestion): CatalogueEntry | undefined {
  return catalogue
    .flatMap((entry) => {
      const made = madeFor(entry);
      return made && mayBeTaken(entry.version, to, messageQueue) && sameMinor(made, to) && compareVersions(made, to) <= 0 ? [{ entry, made }] : [];
    })
    .sort((a, b) => compareVersions(b.made, a.made) || compareChartVersions(b.entry.version, a.entry.version))[0]?.entry;
}

function mayBeTaken(chart: string, to: Version, queue: MessageQueue): boolean {
  return /^\d+\.\d+\.\d+$/.test(chart) && fits(chart, to) && !badChart(chart, queue === 'pulsar');
}

/** The Milvus release that a chart was made for; null for a pre-release or when nobody says. */
function madeFor({ version, appVersion }: CatalogueEntry): Version | null {
  const made = parseVersion(appVersion || publishedFor(version));
  return made && made.preRelease === '' ? made : null;
}

function publishedFor(chart: string): string {
  return CHART_VERSIONS.find((each) => each.version === chart)?.appVersion ?? '';
}

function fits(chart: string, to: Version): boolean {
  const era = chartEra(chart);
  return era !== undefined && isWithin({ ...to, preRelease: '' }, era.milvus);
}

/** Takes one version of the chart, with everything that is known against it. */
function take(question: ChartQuestion, chart: string, why: string): ChartAnswer {
  const entry = question.catalogue.find((each) => sameChart(each.version, chart));
  if (!entry) return { choice: null, failedChecks: [notFound(question, `the chart source has no chart ${chart}`, chart)] };
  const choice = { version: entry.version, appVersion: entry.appVersion || publishedFor(entry.version), why };
  return { choice, failedChecks: sameChart(entry.version, question.installed) ? misfit(question, entry.version) : failedChecksOfNew(question, entry.version) };
}

function failedChecksOfNew(question: ChartQuestion, chart: string): FailedCheck[] {
  return [...misfit(question, chart), ...leavesInstalled(question, chart), ...isBad(question, chart), ...isOlderThanInstalled(question, chart)];
}

function misfit({ to }: ChartQuestion, chart: string): FailedCheck[] {
  if (fits(chart, to)) return [];
  const era = chartEra(chart);
  return [
    {
      code: 'chart-does-not-fit',
      reason: era ? `charts like ${chart} run ${rangeOf(era)}, not ${formatVersion(to)}: ${era.why}` : `nothing is known about chart ${chart}`,
      remedy: 'Set chart-version: auto and a chart source that has newer charts; or waive this when you know that the chart runs this version.',
      source: era?.source ?? 'the table of charts, docs/upgrade-paths.md',
      skippable: true,
    },
  ];
}

function leavesInstalled({ keepChart, installed, to }: ChartQuestion, chart: string): FailedCheck[] {
  if (!keepChart) return [];
  return [
    {
      code: 'chart-does-not-fit',
      reason: `the way to ${formatVersion(to)} is described with the installed chart ${installed} only, and this would change it to ${chart}`,
      remedy: 'Set chart-version: keep, and a chart source that has the installed chart; change the chart in a run of its own.',
      source: 'milvus-io/web-content v3.0.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
      skippable: true,
    },
  ];
}

function isBad({ messageQueue }: ChartQuestion, chart: string): FailedCheck[] {
  const bad = parseVersion(chart) ? badChart(chart, messageQueue === 'pulsar') : undefined;
  if (!bad) return [];
  const span = bad.from === bad.to ? `chart ${bad.from} must not be used` : `the charts ${bad.from} to ${bad.to} must not be used`;
  return [{ code: 'bad-chart', reason: `${span}: ${bad.why}`, remedy: 'Set chart-version: auto, or another version.', source: bad.source, skippable: true }];
}

function isOlderThanInstalled({ installed }: ChartQuestion, chart: string): FailedCheck[] {
  if (!parseVersion(chart) || !parseVersion(installed) || compareChartVersions(chart, installed) >= 0) return [];
  return [
    {
      code: 'chart-downgrade',
      reason: `chart ${chart} is older than ${installed}, which is installed; its templates do not know what the newer one has made`,
      remedy: 'Set chart-version: keep or a newer chart; or waive this after reading the rendered difference.',
      source: 'zilliztech/milvus-helm charts/milvus/README.md "Breaking Changes" and "Compatibility Notice"',
      skippable: true,
    },
  ];
}

function notFound({ catalogue }: ChartQuestion, reason: string, near = ''): FailedCheck {
  const nearest = nearestTo(catalogue, near);
  const has = nearest.length > 0 ? `It has ${nearest.join(', ')}.` : 'It has none at all.';
  const remedy = `${has} Set chart-version to one that it has, or chart to a repository, folder or archive with the chart that is needed.`;
  return { code: 'chart-not-found', reason, remedy, source: 'the chart source, as helm search lists it', skippable: false };
}

/** Up to two charts on either side of a version, or the three newest when there is no version to compare with. */
function nearestTo(catalogue: readonly CatalogueEntry[], near: string): string[] {
  const versions = catalogue.map((each) => each.version).filter((each) => parseVersion(each));
  const sorted = versions.sort(compareChartVersions);
  if (!parseVersion(near)) return sorted.slice(-3);
  const at = sorted.filter((each) => compareChartVersions(each, near) < 0).length;
  return sorted.slice(Math.max(0, at - 2), at + 2);
}

function sameChart(a: string, b: string): boolean {
  return a.replace(/^v/, '') === b.replace(/^v/, '');
}

function rangeOf({ milvus }: ChartEra): string {
  return milvus.before ? `Milvus ${milvus.from} to before ${milvus.before}` : `Milvus ${milvus.from} and later`;
}
