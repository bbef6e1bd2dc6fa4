// The intermediate versions of an upgrade: the latest patch of each minor version, and the upgrades that are not
// possible in one step.
import { compareVersions, formatVersion, isOlder, sameMinor, version, type Version } from '../model/version.js';
import releases from './milvus-releases.json' with { type: 'json' };

/** The latest known patch of a minor version; newer patches may exist. */
interface LatestPatch {
  readonly version: string;
  readonly source: string;
}

/**
 * An upgrade that is not possible in one step: from versions `from` or newer that are older than `ready`, to `to` or
 * newer.
 */
interface StopGate {
  readonly from: string;
  readonly ready: string;
  readonly to: string;
  readonly why: string;
  readonly source: string;
}

/** Oldest first, updated by `npm run knowledge`. A minor version that is not listed is unknown. */
export const LATEST_PATCHES: readonly LatestPatch[] = releases.latest;

export const STOP_GATES: readonly StopGate[] = [
  {
    from: '2.0.0',
    ready: '2.1.0',
    to: '2.2.0',
    why: 'the metadata migration to 2.2 reads the metadata of 2.1.x only',
    source:
      'milvus-io/milvus cmd/tools/migration/migration/migrator.go; web-content v2.1.x/site/en/adminGuide/upgrade.md',
  },
  {
    from: '2.1.0',
    ready: '2.2.0',
    to: '2.3.0',
    why: 'the metadata migration from 2.1 writes the metadata of 2.2.x only and rejects any other target',
    source: 'milvus-io/milvus cmd/tools/migration/migration/migrator.go; milvus-io/milvus#37614',
  },
  {
    from: '2.2.0',
    ready: '2.2.15',
    to: '2.3.0',
    why: 'according to the release notes, upgrade to the last 2.2 version before 2.3',
    source: 'milvus-io/web-content v2.2.x/site/en/release_notes.md, 2.2.15 and 2.2.16',
  },
  {
    from: '2.0.0',
    ready: '2.5.16',
    to: '2.6.0',
    why: 'upgrades to 2.6 are possible only from 2.5.16 or a later 2.5',
    source:
      'zilliztech/milvus-helm milvus-5.0.19 charts/milvus/README.md "Upgrading from Milvus v2.5.x to v2.6.x"; web-content v2.6.x/site/en/release_notes.md, 2.6.0',
  },
  {
    from: '2.0.0',
    ready: '2.6.20',
    to: '3.0.0',
    why: 'the upgrade to 3.0 is validated from 2.6.20 on',
    source: 'milvus-io/web-content v3.0.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
  },
];

/** The gates between one version and another. */
export function gatesBetween(from: Version, to: Version): readonly StopGate[] {
  return STOP_GATES.filter((gate) => !isOlder(from, gate.from) && isOlder(from, gate.ready) && !isOlder(to, gate.to));
}

/**
 * The intermediate versions, in order: the latest patch of each minor version in between, and of the current minor
 * version if a gate requires it.
 */
export function stopsBetween(from: Version, to: Version): readonly Version[] {
  return LATEST_PATCHES.map((patch) => version(patch.version)).filter((stop) => {
    if (!isOlder(from, stop) || !isOlder(stop, to) || sameMinor(stop, to)) return false;
    return !sameMinor(stop, from) || gatesBetween(from, to).some((gate) => sameMinor(version(gate.ready), from));
  });
}

/** The latest known patch of a version's minor; null for an unknown minor. */
export function latestPatch(of: Version): Version | null {
  return LATEST_PATCHES.map((patch) => version(patch.version)).find((latest) => sameMinor(latest, of)) ?? null;
}

/** Formats stops as `2.4.24, then 2.5.27`. */
export function formatStops(stops: readonly Version[]): string {
  return stops.map(formatVersion).join(', then ');
}

/** True if the path leads from below `at` to `at` or a later version. */
export function crosses(from: Version, to: Version, at: string): boolean {
  return compareVersions(from, version(at)) < 0 && compareVersions(to, version(at)) >= 0;
}
