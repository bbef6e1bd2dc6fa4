// Generates docs/upgrade-paths.md from the tables in knowledge/, so that the page and the code agree.
import { ADVISORIES } from '../../src/core/knowledge/advisories.js';
import { BLOCKED_PATCHES } from '../../src/core/knowledge/blocked-patches.js';
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
import { LATEST_PATCHES, STOP_GATES } from '../../src/core/knowledge/stops.js';
import { renderSection, type Section } from './page-section.js';
import { chartSections, span, valueSections } from './upgrade-paths-charts.js';
import { rollingSections } from './upgrade-paths-rolling.js';

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
      says: 'One minor version at a time (`skips-minor`, skippable: milvus-io/milvus-docs#3274). The upgrades below are not possible in one step (`stop-first`). With `hops: auto`, a run upgrades to each intermediate version; see [several-versions.md](several-versions.md).',
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
      says: 'The intermediate versions of a path. Newer patches may exist and can be the target.',
      head: ['version', 'source'],
      rows: LATEST_PATCHES.map((row) => [row.version, row.source]),
    },
    topologySection(),
    preReleaseSection(),
  ];
}

function topologySection(): Section {
  return {
    title: 'Required topology',
    says: 'Refused as `topology-first`; skippable only if no coordinator was found. With Helm and `hops: auto`, the change is part of the path.',
    head: ['upgrade', 'not from', 'why', 'what to do', 'source'],
    rows: TOPOLOGY_NEEDS.map((row) => [
      `across ${row.crossing}`,
      [...row.unfit, ...(row.withoutIndexNode ? ['index node'] : [])].join(', '),
      row.why,
      row.remedy,
      row.source,
    ]),
  };
}

function preReleaseSection(): Section {
  return {
    title: 'Pre-releases',
    says: 'Refused as `release-candidate`, as source and as target. A hotfix counts as its release.',
    head: ['pre-release of', 'skippable', 'why', 'source'],
    rows: [...PRE_RELEASES, { before: 'any other', ...ANY_PRE_RELEASE }].map((row) => [
      row.before,
      yes(row.skippable),
      row.why,
      row.source,
    ]),
  };
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

function yes(value: boolean): string {
  return value ? 'yes' : 'no';
}
