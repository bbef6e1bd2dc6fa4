// Kubernetes objects as rendered by a chart: parsed from a manifest, paired by name, and compared. Pure; nothing here
// accesses a cluster.
import { plainData, readDocuments } from '../lib/safe-yaml.js';
import { getRecord, isRecord, valueAt } from '../lib/json.js';
import { isSame, type Values } from '../model/values.js';
import { own } from '../lib/own.js';

/** One object of a manifest, as plain data. */
export interface KubeObject extends Values {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Values & { readonly name: string };
}

/** An object before and after the upgrade; null where it does not exist. */
export interface ObjectPair {
  readonly before: KubeObject | null;
  readonly after: KubeObject | null;
}

/** Every object of a manifest; documents that are not an object are omitted. */
export function parseManifest(manifest: string): KubeObject[] {
  return readDocuments(manifest, { uniqueKeys: false }).map(plainData).filter(isKubeObject);
}

function isKubeObject(value: unknown): value is KubeObject {
  return (
    isRecord(value) &&
    typeof value.kind === 'string' &&
    typeof value.apiVersion === 'string' &&
    typeof valueAt(value, 'metadata.name') === 'string'
  );
}

export function labelsOf({ metadata }: KubeObject): Values {
  return getRecord(metadata.labels);
}

export function annotationsOf({ metadata }: KubeObject): Values {
  return getRecord(metadata.annotations);
}

/** Checks the label that the platform uses to find the Deployments of a release. */
export function isOfRelease(object: KubeObject, release: string): boolean {
  return labelsOf(object)['app.kubernetes.io/instance'] === release;
}

/** The name of an object as `Kind/name`. */
export function nameOfObject({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.name}`;
}

/** The API group, without the version; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/**
 * Pairs objects by group, kind, namespace and name, as Helm does (helm/pkg/kube/resource.go, isMatchingInfo): a new
 * version of an API group is not a new object, and an object without a namespace is in that of the release.
 */
export function pairObjects(before: readonly KubeObject[], after: readonly KubeObject[], namespace = ''): ObjectPair[] {
  const keyOf = (object: KubeObject): string => keyIn(namespace, object);
  const old = new Map(before.map((object) => [keyOf(object), object]));
  const fresh = new Set(after.map(keyOf));
  return [
    ...after.map((object) => ({ before: old.get(keyOf(object)) ?? null, after: object })),
    ...before.filter((object) => !fresh.has(keyOf(object))).map((object) => ({ before: object, after: null })),
  ];
}

function keyIn(namespace: string, object: KubeObject): string {
  return `${groupOf(object.apiVersion)}/${object.kind}/${String(object.metadata.namespace ?? namespace)}/${object.metadata.name}`;
}

export function isChanged({ before, after }: ObjectPair): boolean {
  return !isSame(before, after);
}

/**
 * The JSON merge patch (RFC 7386) from one rendering to the next. It contains only the changes, so that fields set by
 * the server or by other clients are kept; a list is replaced as a whole.
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
