// Warnings from the release notes: targets to avoid, and the patch that fixes each problem. Advice only; checks are in
// path-checks.ts.
import { OLDER_ADVISORIES, type Advisory, type AdvisoryRow } from './advisory-rows.js';
import { NEWER_ADVISORIES } from './advisory-rows-newer.js';
import { isWithin } from './charts.js';
import { latestPatch } from './stops.js';
import type { MessageQueue, Topology } from '../model/shared-observation.js';
import { formatVersion, isOlder, type Version } from '../model/version.js';

/** What rows may depend on besides the versions. */
export interface AdvisorySubject {
  readonly messageQueue: MessageQueue;
  readonly topology: Topology;
  /** Null if it is unknown. */
  readonly pulsar: Version | null;
}

export const UNKNOWN_SUBJECT: AdvisorySubject = { messageQueue: 'unknown', topology: 'unknown', pulsar: null };

export const ADVISORIES: readonly AdvisoryRow[] = [...OLDER_ADVISORIES, ...NEWER_ADVISORIES];

/**
 * Warnings about a target for an upgrade from `from`; each names the version with the fix and the latest patch. Empty
 * if nothing is upgraded.
 */
export function adviseOn(from: Version, to: Version, subject = UNKNOWN_SUBJECT): readonly Advisory[] {
  if (!isOlder(from, to)) return [];
  const newest = latestPatch(to);
  const take = newest && isOlder(to, newest) ? `; the latest known patch is ${formatVersion(newest)}` : '';
  return ADVISORIES.filter((row) => applies(row, from, to, subject)).map((row) => ({
    id: ['advisory', row.version, row.name].filter(Boolean).join('-'),
    version: row.version,
    advice: `${formatVersion(to)}: ${row.advice}${row.version === null ? '' : `; fixed in ${row.version}${take}`}`,
    source: row.source,
  }));
}

function applies(
  { targets, sources, ...row }: AdvisoryRow,
  from: Version,
  to: Version,
  subject: AdvisorySubject,
): boolean {
  const isAffected = isWithin(to, targets) && (!sources || isWithin(from, sources));
  const mayHave = <Name extends string>(names: readonly Name[] | undefined, name: Name | 'unknown'): boolean =>
    !names || name === 'unknown' || names.includes(name);
  return (
    isAffected &&
    mayHave(row.queues, subject.messageQueue) &&
    mayHave(row.topologies, subject.topology) &&
    (!row.pulsar || subject.pulsar === null || isWithin(subject.pulsar, row.pulsar))
  );
}
