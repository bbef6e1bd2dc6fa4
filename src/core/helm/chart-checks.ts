// The checks of a selected chart: whether it exists, fits the target version, and may replace the installed one. Pure.
import { fail, failSkippable } from '../checks/results.js';
import { badChart, chartEra, compareChartVersions, isWithin, type ChartEra } from '../knowledge/charts.js';
import type { CheckResult } from '../model/check-result.js';
import { parseVersion, formatVersion, type Version } from '../model/version.js';
import type { ChartQuestion, CatalogueEntry } from './chart-question.js';

export function fits(chart: string, to: Version): boolean {
  const era = chartEra(chart);
  return era !== undefined && isWithin({ ...to, preRelease: '' }, era.milvus);
}

export function hasPulsar({
  messageQueue,
  rendersPulsar,
}: Pick<ChartQuestion, 'messageQueue' | 'rendersPulsar'>): boolean {
  return messageQueue === 'pulsar' || rendersPulsar === true;
}

export function failedChecksOfNew(question: ChartQuestion, chart: string): CheckResult[] {
  return [
    ...misfit(question, chart),
    ...leavesInstalled(question, chart),
    ...isBad(question, chart),
    ...isOlderThanInstalled(question, chart),
  ];
}

export function misfit({ to }: ChartQuestion, chart: string): CheckResult[] {
  if (fits(chart, to)) return [];
  const era = chartEra(chart);
  return [
    failSkippable(
      'chart-does-not-fit',
      era
        ? `chart ${chart} supports ${rangeOf(era)}, not ${formatVersion(to)}: ${era.why}`
        : `chart ${chart} is unknown`,
      'Set chart-version: auto and a chart source that has newer charts; or skip this check if you know that the chart supports this version.',
      era?.source ?? 'the table of charts, docs/upgrade-paths.md',
    ),
  ];
}

function leavesInstalled({ keepChart, installed, to }: ChartQuestion, chart: string): CheckResult[] {
  if (!keepChart) return [];
  return [
    failSkippable(
      'chart-does-not-fit',
      `the upgrade path to ${formatVersion(to)} is documented only with the installed chart ${installed}, and this run would change it to ${chart}`,
      'Set chart-version: keep, and a chart source that has the installed chart. Change the chart in a separate run.',
      'milvus-io/web-content v3.0.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
    ),
  ];
}

function isBad(question: ChartQuestion, chart: string): CheckResult[] {
  const bad = parseVersion(chart) ? badChart(chart, hasPulsar(question)) : undefined;
  if (!bad) return [];
  const span =
    bad.from === bad.to ? `chart ${bad.from} must not be used` : `the charts ${bad.from} to ${bad.to} must not be used`;
  return [
    failSkippable('bad-chart', `${span}: ${bad.why}`, 'Set chart-version: auto, or another version.', bad.source),
  ];
}

function isOlderThanInstalled({ installed }: ChartQuestion, chart: string): CheckResult[] {
  if (!parseVersion(chart) || !parseVersion(installed) || compareChartVersions(chart, installed) >= 0) return [];
  return [
    failSkippable(
      'chart-downgrade',
      `chart ${chart} is older than the installed chart ${installed}, and its templates do not know the objects that the newer chart created`,
      'Set chart-version: keep or a newer chart; or skip this check after a review of the rendered differences.',
      'zilliztech/milvus-helm charts/milvus/README.md "Breaking Changes" and "Compatibility Notice"',
    ),
  ];
}

export function notFound({ catalogue }: ChartQuestion, reason: string, near = ''): CheckResult {
  const nearest = nearestTo(catalogue, near);
  const has = nearest.length > 0 ? `It has ${nearest.join(', ')}.` : 'It has no chart.';
  const remedy = `${has} Set chart-version to an existing version, or chart to a repository, directory or archive with the required chart.`;
  return fail('chart-not-found', reason, remedy, 'the chart source, as listed by helm search');
}

/** Up to two charts on either side of a version, or the three newest if there is no version to compare with. */
function nearestTo(catalogue: readonly CatalogueEntry[], near: string): string[] {
  const versions = catalogue.map((entry) => entry.version).filter((version) => parseVersion(version));
  const sorted = versions.sort(compareChartVersions);
  if (!parseVersion(near)) return sorted.slice(-3);
  const at = sorted.filter((version) => compareChartVersions(version, near) < 0).length;
  return sorted.slice(Math.max(0, at - 2), at + 2);
}

export function rangeOf({ milvus }: ChartEra): string {
  return milvus.before ? `Milvus ${milvus.from} to before ${milvus.before}` : `Milvus ${milvus.from} and later`;
}
