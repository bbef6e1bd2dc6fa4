// Milvus versions: how they are read from inputs and image references, and how they compare. Knows nothing of upgrade rules.
import semver from 'semver';

/** A Milvus version. `preRelease` is empty for a release, or a text such as `rc1` or `beta`. Written without a leading `v`. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly preRelease: string;
}

/** What a container image reference says: its parts, and the Milvus version where the tag tells one. */
export interface ImageReference {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  readonly version: Version | null;
  /** What follows the version in the tag and is a build, not a pre-release: `-gpu`, `-gpu-arm64`, `-20230112-ab12cd3`. */
  readonly variant: string;
}

const releaseSuffixes = /^(hotfix.*|gpu.*|\d{8}.*|amd64|arm64)$/;

/** Reads `2.6.15` or `v2.6.15`, with an optional suffix; null when it is not a full version. A hotfix counts as its release: 2.4.13-hotfix exists as one (zilliztech/milvus-helm 4.2.15). */
export function parseVersion(text: string): Version | null {
  const parsed = semver.parse(text.trim().replace(/^v/, ''));
  if (!parsed) return null;
  const suffix = parsed.prerelease.join('.');
  return { major: parsed.major, minor: parsed.minor, patch: parsed.patch, preRelease: releaseSuffixes.test(suffix) ? '' : suffix };
}

/** Reads a version that the code itself states; throws on a typing error in a table. */
export function version(text: string): Version {
  const parsed = parseVersion(text);
  if (!parsed) throw new Error(`"${text}" is not a version`);
  return parsed;
}

/** Writes a version as `2.6.15` or `2.6.0-rc1`. */
export function formatVersion(value: Version): string {
  const base = `${value.major}.${value.minor}.${value.patch}`;
  return value.preRelease ? `${base}-${value.preRelease}` : base;
}

/** Negative when `a` is older than `b`, 0 when equal, positive when newer; a pre-release is older than its release. */
export function compareVersions(a: Version, b: Version): number {
  return semver.compare(formatVersion(a), formatVersion(b));
}

export function isOlder(a: Version, b: Version | string): boolean {
  return compareVersions(a, typeof b === 'string' ? version(b) : b) < 0;
}

export function sameMinor(a: Version, b: Version): boolean {
  return a.major === b.major && a.minor === b.minor;
}

/** The oldest of several versions; null for none. */
export function oldestVersion(versions: readonly Version[]): Version | null {
  return versions.reduce<Version | null>((oldest, each) => (oldest && compareVersions(oldest, each) <= 0 ? oldest : each), null);
}

/** Takes `registry:5000/org/milvus:v2.2.16-gpu@sha256:…` apart; a tag without a version (`latest`, `master-…`) or a bare digest gives a null version. */
export function parseImage(reference: string): ImageReference {
  const [named = '', digest = ''] = reference.split('@');
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const repository = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? '' : named.slice(colon + 1);
  const found = /^v?(\d+\.\d+\.\d+)(-.+)?$/.exec(tag);
  const suffix = (found?.[2] ?? '').slice(1);
  const isBuild = releaseSuffixes.test(suffix);
  return { repository, tag, digest, version: found ? parseVersion(tag) : null, variant: isBuild && suffix ? `-${suffix}` : '' };
}

/** The image of `target` in the repository and hardware variant that `current` uses: `milvus:v2.3.1-gpu` becomes `milvus:v2.3.5-gpu`; the suffix of a dated build or a hotfix is dropped. A mirror that writes its releases without `v` keeps to it; of the public ones only dated builds have none. */
export function imageForVersion(current: string, target: Version): string {
  const { repository, variant, tag } = parseImage(current);
  const hardware = /^-gpu/.test(variant) ? variant : '';
  const prefix = /^\d+\.\d+\.\d+(-gpu|$)/.test(tag) ? '' : 'v';
  return `${repository}:${prefix}${formatVersion(target)}${hardware}`;
}
