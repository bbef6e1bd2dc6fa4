// The versions where an upgrade has to stop on its way: the newest patch of each minor, and the jumps that are not possible in one.
import { compareVersions, formatVersion, isOlder, sameMinor, version, type Version } from '../version.js';

/** A minor version's newest patch that is known here; newer ones may exist. */
interface LatestPatch {
  readonly version: string;
  readonly source: string;
}

/** A jump that must not be made in one: from versions of `from` that are older than `ready`, to `to` or newer. */
interface StopGate {
  readonly from: string;
  readonly ready: string;
  readonly to: string;
  readonly why: string;
  readonly source: string;
}

/** Oldest first. A minor that is not here is one that nothing is known about. */
export const LATEST_PATCHES: readonly LatestPatch[] = [
  { version: '2.0.2', source: 'zilliztech/milvus-helm milvus-3.0.29 charts/milvus/Chart.yaml' },
  { version: '2.1.4', source: 'zilliztech/milvus-helm milvus-3.2.18 charts/milvus/Chart.yaml' },
  { version: '2.2.16', source: 'milvus-io/web-content v2.2.x/site/en/release_notes.md' },
  { version: '2.3.22', source: 'milvus-io/web-content v2.3.x/site/en/release_notes.md' },
  { version: '2.4.24', source: 'milvus-io/web-content v2.4.x/site/en/release_notes.md' },
  { version: '2.5.27', source: 'milvus-io/web-content v2.5.x/site/en/release_notes.md' },
  { version: '2.6.25', source: 'milvus-io/milvus-docs#3642, #3663, #3664' },
  { version: '3.0.2', source: 'milvus-io/milvus-docs#3642, #3663, #3664' },
];

export const STOP_GATES: readonly StopGate[] = [
  {
    from: '2.0.0',
    ready: '2.1.0',
    to: '2.2.0',
    why: 'the metadata migration to 2.2 reads the metadata of 2.1.x only',
    source: 'milvus-io/milvus cmd/tools/migration/migration/migrator.go; web-content v2.1.x/site/en/adminGuide/upgrade.md',
  },
  {
    from: '2.1.0',
    ready: '2.2.0',
    to: '2.3.0',
    why: 'the metadata migration from 2.1 writes the metadata of 2.2.x only and refuses any other target',
    source: 'milvus-io/milvus cmd/tools/migration/migration/migrator.go; milvus-io/milvus#37614',
  },
  {
    from: '2.2.0',
    ready: '2.2.15',
    to: '2.3.0',
    why: 'the release notes ask to move to the last 2.2 before 2.3',
    source: 'milvus-io/web-content v2.2.x/site/en/release_notes.md, 2.2.15 and 2.2.16',
  },
  {
    from: '2.0.0',
    ready: '2.5.16',
    to: '2.6.0',
    why: '2.6 can be reached only from 2.5.16 or a later 2.5',
    source:
      'zilliztech/milvus-helm milvus-5.0.19 charts/milvus/README.md "Upgrading from Milvus v2.5.x to v2.6.x"; web-content v2.6.x/site/en/release_notes.md, 2.6.0',
  },
  {
    from: '2.0.0',
    ready: '2.6.20',
    to: '3.0.0',
    why: 'the way to 3.0 is validated from 2.6.20 on',
    source: 'milvus-io/web-content v3.0.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
  },
];

/** The gates in the way from one version to another. */
export function gatesBetween(from: Version, to: Version): readonly StopGate[] {
  return STOP_GATES.filter((gate) => !isOlder(from, gate.from) && isOlder(from, gate.ready) && !isOlder(to, gate.to));
}

/** Where to stop on the way, in order: the newest patch of each minor in between, and of the own minor where a gate asks for it. */
export function stopsBetween(from: Version, to: Version): readonly Version[] {
  return LATEST_PATCHES.map((each) => version(each.version)).filter((stop) => {
    if (!isOlder(from, stop) || !isOlder(stop, to) || sameMinor(stop, to)) return false;
    return !sameMinor(stop, from) || gatesBetween(from, to).some((gate) => sameMinor(version(gate.ready), from));
  });
}

/** The newest known patch of a version's minor; null for a minor that is not known. */
export function latestPatch(of: Version): Version | null {
  return LATEST_PATCHES.map((each) => version(each.version)).find((latest) => sameMinor(latest, of)) ?? null;
}

/** Writes stops as `2.4.24, then 2.5.27`. */
export function formatStops(stops: readonly Version[]): string {
  return stops.map(formatVersion).join(', then ');
}

/** True when the way leads from below `at` to it or past it. */
export function crosses(from: Version, to: Version, at: string): boolean {
  return compareVersions(from, version(at)) < 0 && compareVersions(to, version(at)) >= 0;
}
