// The rows of the advisories up to Milvus 2.6.16; the later ones are in advisory-rows-newer.ts.
import type { MessageQueue, Topology } from '../model/shared-observation.js';
import type { VersionRange } from './charts.js';

/** A warning about a target; `version` is the first version with the fix, null if none is known. */
export interface Advisory {
  /** Identifies the warning; contains the version with the fix. */
  readonly id: string;
  readonly version: string | null;
  readonly advice: string;
  readonly source: string;
}

/**
 * Applies if the target is in `targets` and every other condition holds. A condition about something that is unknown
 * counts as fulfilled: a warning too many is better than one that is missing.
 */
export interface AdvisoryRow extends Omit<Advisory, 'id'> {
  /** Needed if several rows have the same version, or none. */
  readonly name?: string;
  readonly targets: VersionRange;
  readonly sources?: VersionRange;
  readonly queues?: readonly MessageQueue[];
  readonly topologies?: readonly Topology[];
  /** Versions of Pulsar. */
  readonly pulsar?: VersionRange;
}

export const releaseNotes = (minor: string, of: string): string =>
  `milvus-io/web-content v${minor}.x/site/en/release_notes.md, ${of}`;

export const OLDER_ADVISORIES: readonly AdvisoryRow[] = [
  {
    version: '2.2.5',
    targets: { from: '2.2.3', before: '2.2.5' },
    sources: { from: '2.2.0', before: '2.2.3' },
    advice: 'index data can be lost when upgrading from 2.2.0, 2.2.1 or 2.2.2',
    source: `milvus-io/milvus#22952; ${releaseNotes('2.2', '2.2.5')}`,
  },
  {
    version: '2.2.6',
    targets: { from: '2.2.5', before: '2.2.6' },
    advice: 'the release notes advise against 2.2.5',
    source: releaseNotes('2.2', '2.2.5 and 2.2.6'),
  },
  {
    version: '2.2.14',
    targets: { from: '2.2.0', before: '2.2.14' },
    advice: 'a cluster can become unavailable during a rolling upgrade',
    source: releaseNotes('2.2', '2.2.14'),
  },
  {
    version: '2.3.11',
    targets: { from: '2.3.0', before: '2.3.11' },
    advice: 'a component can crash during a rolling upgrade',
    source: `milvus-io/milvus#30656; ${releaseNotes('2.3', '2.3.11')}`,
  },
  {
    version: '2.3.13',
    targets: { from: '2.3.0', before: '2.3.13' },
    advice: 'data can be lost',
    source: releaseNotes('2.3', '2.3.12 and 2.3.13'),
  },
  {
    version: '2.4.4',
    targets: { from: '2.4.0', before: '2.4.4' },
    advice: 'garbage collection deletes the statistics of bulk inserts; the release notes strongly recommend 2.4.4',
    source: releaseNotes('2.4', '2.4.4'),
  },
  {
    version: '2.4.6',
    targets: { from: '2.4.0', before: '2.4.6' },
    advice: 'data can be lost, and a rolling upgrade can fail to find the older components',
    source: `milvus-io/milvus#34185; ${releaseNotes('2.4', '2.4.5 and 2.4.6')}`,
  },
  {
    version: '2.4.14',
    targets: { from: '2.4.13', before: '2.4.14' },
    advice: 'collection metadata can be lost after a restart, unless the image is v2.4.13-hotfix',
    source: releaseNotes('2.4', '2.4.13-hotfix and 2.4.14'),
  },
  {
    version: '2.4.21',
    targets: { from: '2.4.0', before: '2.4.21' },
    advice: 'data can be lost when a mixed coordinator restarts during a flush',
    source: `milvus-io/milvus#39423; ${releaseNotes('2.4', '2.4.21')}`,
  },
  {
    version: '2.4.24',
    targets: { from: '2.4.0', before: '2.4.24' },
    advice: 'the authentication of the proxy can be bypassed (CVE-2025-64513)',
    source: `milvus-io/milvus GHSA-mhjq-8c7m-3f7p; ${releaseNotes('2.4', '2.4.24')}`,
  },
  {
    version: '2.5.4',
    targets: { from: '2.5.0', before: '2.5.4' },
    advice: 'data can be lost when a mixed coordinator restarts during a flush, and inverted indexes of 2.4 fail',
    source: `milvus-io/milvus#39422; milvus-io/milvus#39272; ${releaseNotes('2.5', '2.5.4')}`,
  },
  {
    version: '2.5.22',
    targets: { from: '2.5.0', before: '2.5.22' },
    advice: 'data can be lost; before 2.5.15, renaming can damage metadata too',
    source: releaseNotes('2.5', '2.5.15 and 2.5.22'),
  },
  {
    version: '2.5.27',
    targets: { from: '2.5.0', before: '2.5.27' },
    advice:
      'port 9091 can be used without authentication (CVE-2026-26190); before 2.5.21 the authentication of the proxy can also be bypassed (CVE-2025-64513)',
    source: 'milvus-io/milvus GHSA-7ppg-37fh-vcr6; milvus-io/milvus GHSA-mhjq-8c7m-3f7p',
  },
  {
    version: '2.6.10',
    targets: { from: '2.6.0', before: '2.6.10' },
    advice:
      'port 9091 can be used without authentication (CVE-2026-26190); before 2.6.5 the authentication of the proxy can also be bypassed (CVE-2025-64513)',
    source: 'milvus-io/milvus GHSA-7ppg-37fh-vcr6; milvus-io/milvus GHSA-mhjq-8c7m-3f7p',
  },
  {
    version: '2.6.15',
    targets: { from: '2.6.0', before: '2.6.15' },
    sources: { from: '2.5.0', before: '2.6.0' },
    advice: 'inserts into collections with dynamic fields that were created by 2.5 can fail',
    source: `milvus-io/milvus#48977; ${releaseNotes('2.6', '2.6.15')}`,
  },
  {
    version: '2.6.16',
    targets: { from: '2.6.0', before: '2.6.16' },
    advice:
      'rolling upgrades have defects that 2.6.13 to 2.6.16 fix: a deadlock in the query coordinator, indexes that do not load, streaming nodes that do not hand over their channels',
    source: `milvus-io/milvus#48351; milvus-io/milvus#48478; milvus-io/milvus#49552; ${releaseNotes('2.6', '2.6.13 to 2.6.16')}`,
  },
];
