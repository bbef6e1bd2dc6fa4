// Kubernetes objects as a chart renders them: read from a manifest, paired by name, and compared. Pure; nothing here talks to a cluster.
import { plainData, readDocuments } from './safe-yaml.js';
import { isSame, isRecord, valueAt, type Values } from './values.js';
import { own } from './own.js';

/** One object of a manifest, as plain data. */
export interface KubeObject extends Values {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Values & { readonly name: string };
}

/** An object before and after the upgrade; null where it is not there. */
export interface ObjectPair {
  readonly before: KubeObject | null;
  readonly after: KubeObject | null;
}

/** Every object of a manifest; documents that are no object are left out. */
export function parseManifest(manifest: string): KubeObject[] {
  return readDocuments(manifest, { uniqueKeys: false }).map(plainData).filter(isObject);
}

function isObject(value: unknown): value is KubeObject {
  return isRecord(value) && typeof value.kind === 'string' && typeof value.apiVersion === 'string' && typeof valueAt(value, 'metadata.name') === 'string';
}

export function labelsOf({ metadata }: KubeObject): Values {
  return isRecord(metadata.labels) ? metadata.labels : {};
}

export function annotationsOf({ metadata }: KubeObject): Values {
  return isRecord(metadata.annotations) ? metadata.annotations : {};
}

/** By the label with which the platform finds the Deployments of a release. */
export function isOfRelease(object: KubeObject, release: string): boolean {
  return labelsOf(object)['app.kubernetes.io/instance'] === release;
}

/** `Kind/name`, as people write it. */
export function nameOfObject({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.name}`;
}

/** The API group, without the version; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/**
 * Pairs objects by group, kind, namespace and name, as Helm does (helm/pkg/kube/resource.go, isMatchingInfo): a new version of an API group is no
 * new object, and one without a namespace is in that of the release.
 */
export function pairObjects(before: readonly KubeObject[], after: readonly KubeObject[], namespace = ''): ObjectPair[] {
  const keyOf = (each: KubeObject): string => keyIn(namespace, each);
  const old = new Map(before.map((each) => [keyOf(each), each]));
  const fresh = new Set(after.map(keyOf));
  return [
    ...after.map((each) => ({ before: old.get(keyOf(each)) ?? null, after: each })),
    ...before.filter((each) => !fresh.has(keyOf(each))).map((each) => ({ before: each, after: null })),
  ];
}

function keyIn(namespace: string, each: KubeObject): string {
  return `${groupOf(each.apiVersion)}/${each.kind}/${String(each.metadata.namespace ?? namespace)}/${each.metadata.name}`;
}

export function isChanged({ before, after }: ObjectPair): boolean {
  return !isSame(before, after);
}

/**
 * The JSON merge patch (RFC 7386) that leads from one rendering to the next. It says no more than what changes, so that what the server or
 * others have set stays; a list is replaced whole.
 */
export function mergePatch(before: Values, after: Values): Values {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const set = Object.entries(after).flatMap(([key, value]): [string, unknown][] => {
    const old = own(before, key);
    if (isSame(old, value)) return [];
    return [[key, isRecord(old) && isRecord(value) ? mergePatch(old, value) : value]];
  });
  return { ...Object.fromEntries(gone.map((key) => [key, null])), ...Object.fromEntries(set) };
}
