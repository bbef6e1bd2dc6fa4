// Generates docs/upgrade-paths.md from the tables in knowledge/, so that the page and the code agree.
import { ADVISORIES } from '../../src/core/knowledge/advisories.js';
import { BLOCKED_PATCHES } from '../../src/core/knowledge/blocked-patches.js';
import { SHORTCUTS } from '../../src/core/knowledge/carry-over.js';
import {
  BAD_CHARTS,
  CHART_ERAS,
  CHART_VERSIONS,
  compareChartVersions,
  type VersionRange,
} from '../../src/core/knowledge/charts.js';
import {
  NO_ROLLBACK,
  BACK_TO_PATCH,
  PLAIN_PATH,
  PRE_RELEASES,
  ANY_PRE_RELEASE,
  REQUIRED_VALUES,
  TOPOLOGY_NEEDS,
  PATH_ROWS,
  ROLLBACK_ROWS,
} from '../../src/core/knowledge/path-rows.js';
import { LEFT_TO_CHART, PINS } from '../../src/core/knowledge/pins.js';
import { LATEST_PATCHES, STOP_GATES } from '../../src/core/knowledge/stops.js';
import { rollingSections } from './upgrade-paths-rolling.js';

type Section = {
  readonly title: string;
  readonly says: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** The page as Markdown, with a trailing line break. */
export function renderUpgradePaths(): string {
  const sections = [
    ...pathSections(),
    ...rollingSections(),
    ...ruleSections(),
    ...chartSections(),
    ...valueSections(),
    advisorySection(),
  ];
  return [
    '# Upgrade paths',
    '<!-- Generated from src/core/knowledge by npm run fix. Change the tables, not this page. -->',
    'The facts about upgrades of Milvus with Helm that this action uses, and the source of each.',
    ...sections.map(renderSection),
  ]
    .join('\n\n')
    .concat('\n');
}

function renderSection({ title, says, head, rows }: Section): string {
  const lines = [head, head.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`,
  );
  return [`## ${title}`, says, lines.join('\n')].join('\n\n');
}

function pathSections(): Section[] {
  const ways = [
    ...PATH_ROWS.map((row) => ({ from: `across ${row.crossing}`, ...row })),
    { from: 'any other', ...PLAIN_PATH },
  ];
  return [
    {
      title: 'Paths',
      says: 'The first row that matches an upgrade determines its kind.',
      head: ['upgrade', 'kind', 'chart', 'why', 'source'],
      rows: ways.map((row) => [row.from, row.pathKind, row.keepChart ? 'kept' : 'selected', row.why, row.source]),
    },
    {
      title: 'Required values',
      says: 'Set for clusters automatically.',
      head: ['upgrade', 'value', 'why', 'source'],
      rows: REQUIRED_VALUES.map((row) => [
        `across ${row.crossing}`,
        `\`${row.path}=${String(row.value)}\``,
        row.why,
        row.source,
      ]),
    },
    {
      title: 'Rollback',
      says: 'Whether the older version can be started again after an upgrade.',
      head: ['upgrade', 'rollback', 'why', 'source'],
      rows: [
        ['within a minor', yes(BACK_TO_PATCH.possible), BACK_TO_PATCH.why, BACK_TO_PATCH.source],
        ...ROLLBACK_ROWS.map((row) => [`across ${row.crossing}`, yes(row.possible), row.why, row.source]),
        ...blockedPatches(),
        ['across any other minor', yes(NO_ROLLBACK.possible), NO_ROLLBACK.why, NO_ROLLBACK.source],
      ],
    },
  ];
}

function blockedPatches(): string[][] {
  return BLOCKED_PATCHES.map(({ older, queues, why, source }) => [
    `from a newer patch to ${span(older)}, with ${queues.join(', ')}`,
    'no',
    why,
    source,
  ]);
}

function ruleSections(): Section[] {
  return [
    {
      title: 'Intermediate versions',
      says: 'One minor version at a time (`skips-minor`, skippable: milvus-io/milvus-docs#3274). The upgrades below are always refused (`stop-first`).',
      head: ['from', 'to', 'why', 'source'],
      rows: STOP_GATES.map((row) => [
        span({ from: row.from, before: row.ready }),
        `${row.to} and later`,
        row.why,
        row.source,
      ]),
    },
    {
      title: 'Newest patches',
      says: 'The intermediate versions that the action proposes. Newer patches may exist and can be the target.',
      head: ['version', 'source'],
      rows: LATEST_PATCHES.map((row) => [row.version, row.source]),
    },
    {
      title: 'Required topology',
      says: 'Refused as `topology-first`; skippable only if no coordinator was found.',
      head: ['upgrade', 'not from', 'why', 'what to do', 'source'],
      rows: TOPOLOGY_NEEDS.map((row) => [
        `across ${row.crossing}`,
        [...row.unfit, ...(row.withoutIndexNode ? ['index node'] : [])].join(', '),
        row.why,
        row.remedy,
        row.source,
      ]),
    },
    {
      title: 'Pre-releases',
      says: 'Refused as `release-candidate`, as source and as target. A hotfix counts as its release.',
      head: ['pre-release of', 'skippable', 'why', 'source'],
      rows: [...PRE_RELEASES, { before: 'any other', ...ANY_PRE_RELEASE }].map((row) => [
        row.before,
        yes(row.skippable),
        row.why,
        row.source,
      ]),
    },
  ];
}

function chartSections(): Section[] {
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

function valueSections(): Section[] {
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

function advisorySection(): Section {
  return {
    title: 'Advisories',
    says: 'Reported as a warning; the upgrade continues.',
    head: ['target', 'source version', 'only with', 'advice', 'fixed in', 'source'],
    rows: ADVISORIES.map((row) => [
      span(row.targets),
      row.sources ? span(row.sources) : 'any',
      conditionsOf(row),
      row.advice,
      row.version ?? 'none known',
      row.source,
    ]),
  };
}

function conditionsOf({ queues = [], topologies = [], pulsar }: (typeof ADVISORIES)[number]): string {
  return [queues.join(', '), topologies.join(', '), pulsar ? `Pulsar before ${pulsar.before ?? ''}` : '']
    .filter(Boolean)
    .join('; ');
}

function span({ from, before }: VersionRange): string {
  return before ? `${from} to before ${before}` : `${from} and later`;
}

function yes(value: boolean): string {
  return value ? 'yes' : 'no';
}
