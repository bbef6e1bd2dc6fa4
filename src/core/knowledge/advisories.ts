// What the release notes warn of: targets to avoid, and the patch that mends them. Advice only; rules are in paths.ts.
import { isWithin, type VersionRange } from './charts.js';
import { latestPatch } from './stops.js';
import { formatVersion, isOlder, type Version } from '../version.js';

/** A warning about a target; `version` is the first one that is free of it. */
export interface Advisory {
  readonly version: string;
  readonly advice: string;
  readonly source: string;
}

/** Said when the target is one of `targets`, and, where `sources` is given, only to those who come from there. */
interface AdvisoryRow extends Advisory {
  readonly targets: VersionRange;
  readonly sources?: VersionRange;
}

const notes = (minor: string, of: string): string => `milvus-io/web-content v${minor}.x/site/en/release_notes.md, ${of}`;

export const ADVISORIES: readonly AdvisoryRow[] = [
  {
    version: '2.2.5',
    targets: { from: '2.2.3', before: '2.2.5' },
    sources: { from: '2.2.0', before: '2.2.3' },
    advice: 'coming from 2.2.0 to 2.2.2, data of indexes can be lost',
    source: `milvus-io/milvus#22952; ${notes('2.2', '2.2.5')}`,
  },
  {
    version: '2.2.6',
    targets: { from: '2.2.5', before: '2.2.6' },
    advice: 'the release notes ask to keep away from 2.2.5',
    source: notes('2.2', '2.2.5 and 2.2.6'),
  },
  {
    version: '2.2.14',
    targets: { from: '2.2.0', before: '2.2.14' },
    advice: 'a cluster can become unavailable while it rolls',
    source: notes('2.2', '2.2.14'),
  },
  {
    version: '2.3.11',
    targets: { from: '2.3.0', before: '2.3.11' },
    advice: 'a component can crash while the cluster rolls',
    source: `milvus-io/milvus#30656; ${notes('2.3', '2.3.11')}`,
  },
  {
    version: '2.3.13',
    targets: { from: '2.3.0', before: '2.3.13' },
    advice: 'data can be lost',
    source: notes('2.3', '2.3.12 and 2.3.13'),
  },
  {
    version: '2.4.4',
    targets: { from: '2.4.0', before: '2.4.4' },
    advice: 'statistics of bulk inserts are collected as garbage; the release notes strongly recommend 2.4.4',
    source: notes('2.4', '2.4.4'),
  },
  {
    version: '2.4.6',
    targets: { from: '2.4.0', before: '2.4.6' },
    advice: 'data can be lost, and a rolling upgrade can fail to find the older components',
    source: `milvus-io/milvus#34185; ${notes('2.4', '2.4.5 and 2.4.6')}`,
  },
  {
    version: '2.4.14',
    targets: { from: '2.4.13', before: '2.4.14' },
    advice: 'what is known of collections can be lost after a restart, unless the image is v2.4.13-hotfix',
    source: notes('2.4', '2.4.13-hotfix and 2.4.14'),
  },
  {
    version: '2.4.21',
    targets: { from: '2.4.0', before: '2.4.21' },
    advice: 'data can be lost when a mixed coordinator restarts while it flushes',
    source: `milvus-io/milvus#39423; ${notes('2.4', '2.4.21')}`,
  },
  {
    version: '2.4.24',
    targets: { from: '2.4.0', before: '2.4.24' },
    advice: 'the proxy can be passed without logging in (CVE-2025-64513)',
    source: `milvus-io/milvus GHSA-mhjq-8c7m-3f7p; ${notes('2.4', '2.4.24')}`,
  },
  {
    version: '2.5.4',
    targets: { from: '2.5.0', before: '2.5.4' },
    advice: 'data can be lost when a mixed coordinator restarts while it flushes, and inverted indexes of 2.4 fail',
    source: `milvus-io/milvus#39422; milvus-io/milvus#39272; ${notes('2.5', '2.5.4')}`,
  },
  {
    version: '2.5.22',
    targets: { from: '2.5.0', before: '2.5.22' },
    advice: 'data can be lost; before 2.5.15, renaming can damage metadata too',
    source: notes('2.5', '2.5.15 and 2.5.22'),
  },
  {
    version: '2.5.27',
    targets: { from: '2.5.0', before: '2.5.27' },
    advice: 'port 9091 can be used without logging in (CVE-2026-26190); before 2.5.21 the proxy too (CVE-2025-64513)',
    source: 'milvus-io/milvus GHSA-7ppg-37fh-vcr6; milvus-io/milvus GHSA-mhjq-8c7m-3f7p',
  },
  {
    version: '2.6.10',
    targets: { from: '2.6.0', before: '2.6.10' },
    advice: 'port 9091 can be used without logging in (CVE-2026-26190); before 2.6.5 the proxy too (CVE-2025-64513)',
    source: 'milvus-io/milvus GHSA-7ppg-37fh-vcr6; milvus-io/milvus GHSA-mhjq-8c7m-3f7p',
  },
  {
    version: '2.6.15',
    targets: { from: '2.6.0', before: '2.6.15' },
    sources: { from: '2.5.0', before: '2.6.0' },
    advice: 'inserting into collections with dynamic fields made by 2.5 can fail',
    source: `milvus-io/milvus#48977; ${notes('2.6', '2.6.15')}`,
  },
  {
    version: '2.6.16',
    targets: { from: '2.6.0', before: '2.6.16' },
    advice:
      'rolling upgrades have faults that 2.6.13 to 2.6.16 mend: a deadlock of the query coordinator, indexes that do not load, streaming nodes that do not hand over',
    source: `milvus-io/milvus#48351; milvus-io/milvus#48478; milvus-io/milvus#49552; ${notes('2.6', '2.6.13 to 2.6.16')}`,
  },
];

/** What is known against a target for those who come from `from`; each names the version that mends it and the newest patch. Empty when nothing is upgraded. */
export function adviseOn(from: Version, to: Version): readonly Advisory[] {
  if (!isOlder(from, to)) return [];
  const rows = ADVISORIES.filter((row) => isWithin(to, row.targets) && (!row.sources || isWithin(from, row.sources)));
  const newest = latestPatch(to);
  const take = newest && isOlder(to, newest) ? `; ${formatVersion(newest)} is the newest patch known` : '';
  return rows.map(({ version, advice, source }) => ({ version, advice: `${formatVersion(to)}: ${advice}; mended in ${version}${take}`, source }));
}
