// Facts about the Milvus Helm charts: the Milvus versions that each chart can run, the charts to avoid, and the Milvus
// version that each was published for. The choice of the chart is in chart-choice.ts.
import { compareVersions, parseVersion, version, type Version } from '../model/version.js';
import releases from './milvus-releases.json' with { type: 'json' };

/** Versions from `from` (inclusive) to `before` (exclusive; null for no upper limit). */
export interface VersionRange {
  readonly from: string;
  readonly before: string | null;
}

/** One era of charts, and the Milvus versions that its charts can run. */
export interface ChartEra {
  readonly charts: VersionRange;
  readonly milvus: VersionRange;
  readonly why: string;
  readonly source: string;
}

/**
 * Charts that must not be used; both ends are inclusive. `pulsar` limits the row to installations whose queue is
 * Pulsar.
 */
interface BadChart {
  readonly from: string;
  readonly to: string;
  readonly when: 'always' | 'pulsar';
  readonly why: string;
  readonly source: string;
}

/** The eras are contiguous, so that every chart from 3.0.0 on is in exactly one. */
export const CHART_ERAS: readonly ChartEra[] = [
  {
    charts: { from: '3.0.0', before: '3.1.0' },
    milvus: { from: '2.0.0', before: '2.1.0' },
    why: 'they write a complete milvus.yaml of 2.0 over the one in the image',
    source: 'zilliztech/milvus-helm milvus-3.0.29 charts/milvus/templates/configmap.yaml and Chart.yaml',
  },
  {
    charts: { from: '3.1.0', before: '3.3.0' },
    milvus: { from: '2.1.0', before: '2.2.0' },
    why: 'they write a complete milvus.yaml of 2.1 over the one in the image',
    source: 'zilliztech/milvus-helm milvus-3.2.18 charts/milvus/templates/configmap.yaml and Chart.yaml',
  },
  {
    charts: { from: '3.3.0', before: '3.3.2' },
    milvus: { from: '2.2.0', before: '2.3.0' },
    why: 'they write a complete milvus.yaml of 2.2 over the one in the image',
    source: 'zilliztech/milvus-helm milvus-3.3.1 charts/milvus/templates/configmap.yaml and Chart.yaml',
  },
  {
    charts: { from: '3.3.2', before: '4.2.0' },
    milvus: { from: '2.2.0', before: '2.5.0' },
    why: 'they merge the configuration before Milvus starts, as 2.2 and 2.3 need it, and were published for 2.2 to 2.4',
    source: 'zilliztech/milvus-helm milvus-3.3.2 and milvus-4.1.36 charts/milvus/values.yaml image.tools, Chart.yaml',
  },
  {
    charts: { from: '4.2.0', before: '5.0.0' },
    milvus: { from: '2.4.0', before: '2.6.0' },
    why: 'they leave merging the configuration to the image, which 2.3 does not support, and support neither streaming nodes nor Milvus 2.6',
    source: 'zilliztech/milvus-helm milvus-4.2.0 charts/milvus/README.md "Compatibility Notice"',
  },
  {
    charts: { from: '5.0.0', before: null },
    milvus: { from: '2.6.0', before: null },
    why: 'they run streaming nodes, which 2.6 introduced, and no separate coordinators',
    source: 'zilliztech/milvus-helm milvus-5.0.0 charts/milvus/README.md "Compatibility Notice"',
  },
];

export const BAD_CHARTS: readonly BadChart[] = [
  {
    from: '4.0.11',
    to: '4.0.11',
    when: 'always',
    why: 'it was published for the pre-release 2.3.0-beta, between two charts for 2.2',
    source: 'zilliztech/milvus-helm milvus-4.0.11 charts/milvus/Chart.yaml',
  },
  {
    from: '4.1.15',
    to: '4.1.15',
    when: 'always',
    why: 'it downgrades Milvus from 2.3.6 in 4.1.14 to 2.3.5',
    source: 'zilliztech/milvus-helm milvus-4.1.15 charts/milvus/Chart.yaml',
  },
  {
    from: '4.2.26',
    to: '4.2.32',
    when: 'always',
    why: 'they were published for the pre-release 2.5.0-beta',
    source: 'zilliztech/milvus-helm milvus-4.2.26 to milvus-4.2.32 charts/milvus/Chart.yaml',
  },
  {
    from: '4.2.21',
    to: '4.2.29',
    when: 'pulsar',
    why: 'they have known defects for installations with Pulsar v2',
    source: 'zilliztech/milvus-helm milvus-4.2.30 charts/milvus/README.md "Compatibility Notice"',
  },
];

/** A published chart and its Milvus version, as in Chart.yaml. */
interface PublishedChart {
  readonly version: string;
  readonly appVersion: string;
}

/**
 * Every chart from 3.0.0 to 5.0.19 in the index of zilliztech.github.io/milvus-helm, and the later ones whose Milvus
 * version is known (zilliztech/milvus-helm#292, #304, #316; linagora/openrag#855, #940), oldest first. The rows are in
 * milvus-releases.json, which `npm run knowledge` updates: patches of each chart minor, and their Milvus version.
 */
export const CHART_VERSIONS: readonly PublishedChart[] = Object.entries(
  releases.charts as Readonly<Record<string, string>>,
).flatMap(([minor, row]) => row.split(' ').flatMap((entry) => chartsOf(minor, entry)));

function chartsOf(minor: string, row: string): PublishedChart[] {
  const [patches = '', appVersion = ''] = row.split('=');
  return patches.split(',').flatMap((span) => {
    const [first = 0, last = first] = span.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => ({ version: `${minor}.${first + at}`, appVersion }));
  });
}

/** Negative if chart `a` is older than `b`; throws if an argument is not a version. */
export function compareChartVersions(a: string, b: string): number {
  return compareVersions(version(a), version(b));
}

/**
 * The era of a chart; undefined for charts before 3.0.0 and for invalid versions. A pre-release belongs to the era of
 * its release.
 */
export function chartEra(chart: string): ChartEra | undefined {
  const parsed = parseVersion(chart);
  return parsed ? CHART_ERAS.find(({ charts }) => isWithin({ ...parsed, preRelease: '' }, charts)) : undefined;
}

/** Why a chart must not be used; undefined if no problem is known. */
export function badChart(chart: string, withPulsar: boolean): BadChart | undefined {
  return BAD_CHARTS.find(
    (row) =>
      (row.when === 'always' || withPulsar) &&
      compareChartVersions(chart, row.from) >= 0 &&
      compareChartVersions(chart, row.to) <= 0,
  );
}

export function isWithin(value: Version, range: VersionRange): boolean {
  return (
    compareVersions(value, version(range.from)) >= 0 &&
    (range.before === null || compareVersions(value, version(range.before)) < 0)
  );
}
