// Milvus versions: parsed from inputs and image references, and compared. Contains no upgrade rules.
import compare from 'semver/functions/compare.js';
import parse from 'semver/functions/parse.js';

/**
 * A Milvus version. `preRelease` is empty for a release, or a text such as `rc1` or `beta`. Formatted without a leading
 * `v`.
 */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly preRelease: string;
}

/** A parsed container image reference: its parts, and the Milvus version if the tag contains one. */
export interface ImageReference {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  readonly version: Version | null;
  /** The variant of the image, kept from version to version: `-gpu`, `-arm64`, `-gpu-arm64`, `-debug`. */
  readonly variant: string;
  /** An unknown part of the tag, such as `-fips`; empty if there is none. */
  readonly unknown: string;
  /** True for the tag of a single build: `2.2.0-20230112-ab12cd3`. */
  readonly isBuild: boolean;
}

interface Suffix {
  readonly preRelease: string;
  readonly variant: string;
  readonly unknown: string;
  readonly isBuild: boolean;
}

/** The parts of a tag after the version (hub.docker.com/r/milvusdb/milvus/tags). */
const [VARIANT, BUILD, HOTFIX, PRE_RELEASE] = [
  /^(gpu|arm64|amd64|debug)$/,
  /^\d{8}$/,
  /^hotfix[\w.]*$/,
  /^(rc|alpha|beta|pre|preview|dev)[\d.]*$/,
];

/**
 * Reads `gpu-arm64`, `20250718-3a3b374f-gpu` or `rc.1-gpu`: the parts after a date or a hotfix belong to it until the
 * next known part.
 */
function readSuffix(text: string): Suffix {
  const found = { preRelease: [] as string[], variant: [] as string[], unknown: [] as string[] };
  let isDropping = false;
  let isBuild = false;
  for (const part of text.split('-').filter((word) => word !== '')) {
    if (VARIANT.test(part)) found.variant.push(part);
    else if (PRE_RELEASE.test(part)) found.preRelease.push(part);
    else if (BUILD.test(part) || HOTFIX.test(part)) isDropping = true;
    else if (!(isDropping && /^[0-9a-f]+$/.test(part))) found.unknown.push(part);
    isBuild ||= BUILD.test(part);
  }
  const join = (parts: readonly string[]): string => parts.map((word) => `-${word}`).join('');
  return {
    preRelease: found.preRelease.join('-'),
    variant: join(found.variant),
    unknown: join(found.unknown),
    isBuild,
  };
}

/**
 * Reads `2.6.15` or `v2.6.15`, with an optional suffix; null when it is not a full version. A hotfix counts as its
 * release: 2.4.13-hotfix exists as one (zilliztech/milvus-helm 4.2.15).
 */
export function parseVersion(written: string): Version | null {
  const parsed = parse(written.trim().replace(/^v/, ''));
  if (!parsed) return null;
  const text = parsed.prerelease.join('.');
  const { preRelease, unknown } = readSuffix(text);
  // An unknown suffix counts as a pre-release.
  return {
    major: parsed.major,
    minor: parsed.minor,
    patch: parsed.patch,
    preRelease: unknown === '' ? preRelease : text,
  };
}

/** Parses a version in the source code; throws on a typing error. */
export function version(text: string): Version {
  const parsed = parseVersion(text);
  if (!parsed) throw new Error(`"${text}" is not a version`);
  return parsed;
}

/** Formats a version as `2.6.15` or `2.6.0-rc1`. */
export function formatVersion(value: Version): string {
  const base = `${value.major}.${value.minor}.${value.patch}`;
  return value.preRelease ? `${base}-${value.preRelease}` : base;
}

/** Negative if `a` is older than `b`, 0 if equal, positive if newer; a pre-release is older than its release. */
export function compareVersions(a: Version, b: Version): number {
  return compare(formatVersion(a), formatVersion(b));
}

export function isOlder(a: Version, b: Version | string): boolean {
  return compareVersions(a, typeof b === 'string' ? version(b) : b) < 0;
}

export function sameMinor(a: Version, b: Version): boolean {
  return a.major === b.major && a.minor === b.minor;
}

/** The oldest of several versions; null for none. */
export function oldestVersion(versions: readonly Version[]): Version | null {
  return versions.reduce<Version | null>(
    (oldest, candidate) => (oldest && compareVersions(oldest, candidate) <= 0 ? oldest : candidate),
    null,
  );
}

/**
 * Parses `registry:5000/org/milvus:v2.2.16-gpu@sha256:…`; a tag without a version (`latest`, `master-…`) or a bare
 * digest gives a null version.
 */
export function parseImage(reference: string): ImageReference {
  const [named = '', digest = ''] = reference.split('@');
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const repository = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? '' : named.slice(colon + 1);
  const [, release, suffix = ''] = /^v?(\d+\.\d+\.\d+)(-.+)?$/.exec(tag) ?? [];
  const { preRelease, ...rest } = readSuffix(suffix);
  return {
    repository,
    tag,
    digest,
    version: release === undefined ? null : parseVersion(preRelease ? `${release}-${preRelease}` : release),
    ...rest,
  };
}

/**
 * The image of `target` with the repository, hardware variant and tag style of `current`: `milvus:v2.3.1-gpu` becomes
 * `milvus:v2.3.5-gpu`; the suffix of a dated build or a hotfix is dropped.
 */
export function imageForVersion(current: string, target: Version): string {
  const { repository, tag, version: present, variant, isBuild } = parseImage(current);
  if (whyNoImage(current, null) !== '' && isVersion(present, target)) return current;
  // Builds have no "v", but the releases of the same repository have one.
  const prefix = present && !isBuild && !tag.startsWith('v') ? '' : 'v';
  return `${repository}:${prefix}${formatVersion(target)}${variant}`;
}

/**
 * Why the image of another version cannot be derived from this one; empty if it can, or if it already has the version.
 */
export function whyNoImage(current: string, target: Version | null): string {
  const { digest, unknown, version: present } = parseImage(current);
  if (target && isVersion(present, target)) return '';
  if (digest !== '') return `${current} is pinned by a digest, and another version has another digest`;
  return unknown === ''
    ? ''
    : `the suffix "${unknown}" in the tag of ${current} is unknown, so the image of another version cannot be derived`;
}

function isVersion(present: Version | null, target: Version): boolean {
  return present !== null && compareVersions(present, target) === 0;
}

export function withoutPreRelease(value: Version): Version {
  return { ...value, preRelease: '' };
}
