// The part of docs/upgrade-paths.md about charts and their values.
import { SHORTCUTS } from '../../src/core/knowledge/carry-over.js';
import {
  CHART_ERAS,
  BAD_CHARTS,
  CHART_VERSIONS,
  compareChartVersions,
  type VersionRange,
} from '../../src/core/knowledge/charts.js';
import { PINS, LEFT_TO_CHART } from '../../src/core/knowledge/pins.js';
import type { Section } from './page-section.js';

export function chartSections(): Section[] {
  return [
    {
      title: 'Charts and Milvus versions',
      says: 'Every chart from 3.0.0 on is in one row. Any other combination fails with `chart-does-not-fit`.',
      head: ['charts', 'Milvus', 'why', 'source'],
      rows: CHART_ERAS.map((row) => [span(row.charts), span(row.milvus), row.why, row.source]),
    },
    {
      title: 'Charts with known defects',
      says: 'Never selected automatically; refused as `bad-chart` if requested.',
      head: ['charts', 'when', 'why', 'source'],
      rows: BAD_CHARTS.map((row) => [
        row.from === row.to ? row.from : `${row.from} to ${row.to}`,
        row.when === 'pulsar' ? 'with Pulsar' : 'always',
        row.why,
        row.source,
      ]),
    },
    {
      title: 'Published charts',
      says: 'From Chart.yaml, in the index of zilliztech.github.io/milvus-helm. Newer charts are read from the chart source.',
      head: ['Milvus', 'charts'],
      rows: publishedRows(),
    },
  ];
}

function publishedRows(): string[][] {
  const byMilvus = new Map<string, string[]>();
  for (const { version, appVersion } of [...CHART_VERSIONS].sort((a, b) =>
    compareChartVersions(a.version, b.version),
  )) {
    byMilvus.set(appVersion, [...(byMilvus.get(appVersion) ?? []), version]);
  }
  return [...byMilvus].map(([milvus, charts]) => [milvus, charts.join(', ')]);
}

export function valueSections(): Section[] {
  const pinned = PINS.map((row) => [
    `\`${row.path}\``,
    row.when ? `\`${row.when.path}=${String(row.when.is)}\`` : 'always',
    row.why,
    row.source,
  ]);
  return [
    {
      title: 'Pinned values',
      says: 'Defaults that change between charts. They are pinned to the installed value, unless the run sets them.',
      head: ['value', 'if installed with', 'why', 'source'],
      rows: pinned,
    },
    {
      title: 'Values that are not pinned',
      says: 'Defaults that change between charts and are meant to change.',
      head: ['value', 'why', 'source'],
      rows: LEFT_TO_CHART.map((row) => [`\`${row.path}\``, row.why, row.source]),
    },
    {
      title: 'Values of charts 3.x that later charts ignore',
      says: 'A value with one equivalent setting is written into extraConfigFiles.user.yaml, unless that already contains it; the others are refused as `shortcut-values-lost`.',
      head: ['values', 'setting in milvus.yaml', 'why', 'source'],
      rows: SHORTCUTS.map((row) => [
        row.paths.map((path) => `\`${path}\``).join(', '),
        row.milvusKey ?? 'several',
        row.why,
        row.source,
      ]),
    },
  ];
}

export function span({ from, before }: VersionRange): string {
  return before ? `${from} to before ${before}` : `${from} and later`;
}
