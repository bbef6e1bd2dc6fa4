// The page docs/upgrade-paths.md, written from the tables of knowledge, so that it cannot say anything else than they do.
import { ADVISORIES } from './knowledge/advisories.js';
import { SHORTCUTS } from './knowledge/carry-over.js';
import { BAD_CHARTS, CHART_ERAS, CHART_VERSIONS, compareChartVersions, type VersionRange } from './knowledge/charts.js';
import {
  NO_ROLLBACK,
  BACK_TO_PATCH,
  PLAIN_PATH,
  PRE_RELEASES,
  ANY_PRE_RELEASE,
  REQUIRED_VALUES,
  TOPOLOGY_NEEDS,
  STRATEGY_TEXTS,
  ROLLBACK_ROWS,
} from './knowledge/path-rows.js';
import { LEFT_TO_CHART, PINS } from './knowledge/pins.js';
import { LATEST_PATCHES, STOP_GATES } from './knowledge/stops.js';
import { rollingSections } from './upgrade-paths-rolling.js';

type Section = { readonly title: string; readonly says: string; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** The page as Markdown, with a line break at its end. */
export function renderUpgradePaths(): string {
  const sections = [...pathSections(), ...rollingSections(), ...ruleSections(), ...chartSections(), ...valueSections(), advisorySection()];
  return [
    '# Upgrade paths',
    '<!-- Generated from src/core/knowledge by npm run fix. Change the tables, not this page. -->',
    'What this action knows about upgrades of Milvus with Helm, and where each fact comes from.',
    ...sections.map(renderSection),
  ]
    .join('\n\n')
    .concat('\n');
}

function renderSection({ title, says, head, rows }: Section): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`);
  return [`## ${title}`, says, lines.join('\n')].join('\n\n');
}

function pathSections(): Section[] {
  const ways = [...STRATEGY_TEXTS.map((row) => ({ from: `over ${row.crossing}`, ...row })), { from: 'any other', ...PLAIN_PATH }];
  return [
    {
      title: 'Ways',
      says: 'The first row that an upgrade crosses tells its kind.',
      head: ['upgrade', 'way', 'chart', 'why', 'source'],
      rows: ways.map((row) => [row.from, row.pathKind, row.keepChart ? 'stays' : 'is chosen', row.why, row.source]),
    },
    {
      title: 'Values that a way needs',
      says: 'Given to clusters by the action itself.',
      head: ['upgrade', 'value', 'why', 'source'],
      rows: REQUIRED_VALUES.map((row) => [`over ${row.crossing}`, `\`${row.path}=${String(row.value)}\``, row.why, row.source]),
    },
    {
      title: 'The way back',
      says: 'Whether the older version can be started again after an upgrade.',
      head: ['upgrade', 'way back', 'why', 'source'],
      rows: [
        ['within a minor', yes(BACK_TO_PATCH.possible), BACK_TO_PATCH.why, BACK_TO_PATCH.source],
        ...ROLLBACK_ROWS.map((row) => [`over ${row.crossing}`, yes(row.possible), row.why, row.source]),
        ['over any other minor', yes(NO_ROLLBACK.possible), NO_ROLLBACK.why, NO_ROLLBACK.source],
      ],
    },
  ];
}

function ruleSections(): Section[] {
  return [
    {
      title: 'Stops',
      says: 'One minor version at a time (`skips-minor`, may be waived: milvus-io/milvus-docs#3274). These jumps are refused for good (`stop-first`).',
      head: ['from', 'to', 'why', 'source'],
      rows: STOP_GATES.map((row) => [span({ from: row.from, before: row.ready }), `${row.to} and later`, row.why, row.source]),
    },
    {
      title: 'Newest patches',
      says: 'Where the action proposes to stop. Newer patches may exist and may be the target.',
      head: ['version', 'source'],
      rows: LATEST_PATCHES.map((row) => [row.version, row.source]),
    },
    {
      title: 'What must run first',
      says: 'Refused as `topology-first`; may be waived only where no coordinator was found.',
      head: ['upgrade', 'not from', 'why', 'what to do', 'source'],
      rows: TOPOLOGY_NEEDS.map((row) => [
        `over ${row.crossing}`,
        [...row.unfit, ...(row.withoutIndexNode ? ['index node'] : [])].join(', '),
        row.why,
        row.remedy,
        row.source,
      ]),
    },
    {
      title: 'Pre-releases',
      says: 'Refused as `release-candidate`, as source and as target. A hotfix counts as its release.',
      head: ['pre-release of', 'may be waived', 'why', 'source'],
      rows: [...PRE_RELEASES, { before: 'any other', ...ANY_PRE_RELEASE }].map((row) => [row.before, yes(row.skippable), row.why, row.source]),
    },
  ];
}

function chartSections(): Section[] {
  return [
    {
      title: 'Charts and the Milvus they run',
      says: 'Every chart from 3.0.0 on is in one row. Otherwise: `chart-does-not-fit`.',
      head: ['charts', 'Milvus', 'why', 'source'],
      rows: CHART_ERAS.map((row) => [span(row.charts), span(row.milvus), row.why, row.source]),
    },
    {
      title: 'Charts to keep away from',
      says: 'Never chosen; refused as `bad-chart` when asked for.',
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
      says: 'As Chart.yaml says it, from the index of zilliztech.github.io/milvus-helm. Newer charts are taken from the chart source.',
      head: ['Milvus', 'charts'],
      rows: publishedRows(),
    },
  ];
}

function publishedRows(): string[][] {
  const byMilvus = new Map<string, string[]>();
  for (const { version, appVersion } of [...CHART_VERSIONS].sort((a, b) => compareChartVersions(a.version, b.version))) {
    byMilvus.set(appVersion, [...(byMilvus.get(appVersion) ?? []), version]);
  }
  return [...byMilvus].map(([milvus, charts]) => [milvus, charts.join(', ')]);
}

function valueSections(): Section[] {
  const pinned = PINS.map((row) => [`\`${row.path}\``, row.when ? `\`${row.when.path}=${String(row.when.is)}\`` : 'always', row.why, row.source]);
  return [
    {
      title: 'Values that are held',
      says: 'Defaults that flip between charts. They are pinned to what is installed, unless the run gives them.',
      head: ['value', 'when installed with', 'why', 'source'],
      rows: pinned,
    },
    {
      title: 'Values that are left to the chart',
      says: 'Defaults that flip too, and should.',
      head: ['value', 'why', 'source'],
      rows: LEFT_TO_CHART.map((row) => [`\`${row.path}\``, row.why, row.source]),
    },
    {
      title: 'Values of charts 3.x that later charts ignore',
      says: 'One with a setting of its own is written into extraConfigFiles.user.yaml, unless that has it; the others are refused as `shortcut-values-lost`.',
      head: ['values', 'setting in milvus.yaml', 'why', 'source'],
      rows: SHORTCUTS.map((row) => [row.paths.map((path) => `\`${path}\``).join(', '), row.milvusKey ?? 'several', row.why, row.source]),
    },
  ];
}

function advisorySection(): Section {
  return {
    title: 'Advice',
    says: 'Said as a warning; it stops nothing.',
    head: ['target', 'coming from', 'advice', 'mended in', 'source'],
    rows: ADVISORIES.map((row) => [span(row.targets), row.sources ? span(row.sources) : 'any', row.advice, row.version, row.source]),
  };
}

function span({ from, before }: VersionRange): string {
  return before ? `${from} to before ${before}` : `${from} and later`;
}

function yes(value: boolean): string {
  return value ? 'yes' : 'no';
}
