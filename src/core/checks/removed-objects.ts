// The check `objects-would-be-deleted`: Helm would delete objects that are not part of the Milvus chart, or volume
// claims. Pure.
import { MILVUS_ROLES } from '../knowledge/roles.js';
import {
  annotationsOf,
  groupOf,
  isOfRelease,
  labelsOf,
  nameOfObject,
  type KubeObject,
  type ObjectPair,
} from './manifest.js';
import type { CheckResult } from '../model/check-result.js';
import { fail, pass, someOf } from './results.js';

const ID = 'objects-would-be-deleted';
const SOURCE =
  'the manifests of the installed and the new release; helm.sh/docs, "Chart Development Tips and Tricks": `helm.sh/resource-policy`';

/**
 * The Milvus chart and its current and former dependencies, by name and alias (zilliztech/milvus-helm
 * charts/milvus/requirements.yaml, 3.2.18 to 5.0.19).
 */
const CHARTS: ReadonlySet<string> = new Set([
  'milvus',
  'etcd',
  'minio',
  'pulsar',
  'pulsarv2',
  'pulsarv3',
  'kafka',
  'zookeeper',
  'mysql',
  'tei',
  'attu',
]);

const ROLE_KINDS: ReadonlySet<string> = new Set(['Deployment', 'Service', 'ServiceMonitor', 'HorizontalPodAutoscaler']);
const ROLES: ReadonlySet<string> = new Set(MILVUS_ROLES);

/**
 * Labels with the name and version of the chart that an object comes from: in charts since Helm 3, and in older charts.
 */
const CHART_LABELS = ['helm.sh/chart', 'chart'];
const NAME_LABELS = ['app.kubernetes.io/name', 'app'];

/**
 * Kinds without labels in the dependency charts; none of them contains data (apache/pulsar-helm-chart templates,
 * *-rbac.yaml, *-psp.yaml, *-hpa.yaml, tls-*.yaml).
 */
const BARE_KINDS: ReadonlySet<string> = new Set([
  ...['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding', 'ServiceAccount', 'PodSecurityPolicy'],
  ...['HorizontalPodAutoscaler', 'PodMonitor', 'Certificate', 'Issuer'],
]);

/**
 * Fails for deletions that cannot be undone: objects that the user added to the release, and every volume claim,
 * whatever created it.
 */
export function evaluateRemovedObjects(pairs: readonly ObjectPair[], release: string): CheckResult[] {
  const removed = pairs.flatMap(({ before, after }) => (before && !after && !isKept(before) ? [before] : []));
  const bases = pairs.flatMap(({ before }) => (before ? baseOf(before) : []));
  const claims = removed.filter((object) => object.kind === 'PersistentVolumeClaim');
  const foreign = removed.filter((object) => !claims.includes(object) && !isOfMilvusChart(object, release, bases));
  const found = [
    ...(foreign.length > 0 ? [foreignObjects(foreign)] : []),
    ...(claims.length > 0 ? [volumeClaims(claims)] : []),
  ];
  return found.length > 0 ? found : [pass(ID, 'Helm would delete only objects of the Milvus chart', SOURCE)];
}

/** Helm does not delete such an object. */
function isKept(object: KubeObject): boolean {
  return annotationsOf(object)['helm.sh/resource-policy'] === 'keep';
}

/** The chart label takes precedence: a chart of the user can label its own objects `app: milvus`. */
function isOfMilvusChart(object: KubeObject, release: string, bases: readonly string[]): boolean {
  const labels = labelsOf(object);
  const charts = CHART_LABELS.flatMap((label) => chartOf(labels[label]));
  if (charts.length > 0) return charts.some((chart) => CHARTS.has(chart)) || isRoleOfCopy(object, release);
  const names = NAME_LABELS.flatMap((label) => (typeof labels[label] === 'string' ? [labels[label]] : []));
  if (names.length > 0) return names.some((name) => CHARTS.has(name));
  return isBareObject(object, release, bases);
}

/**
 * The objects per role of a renamed copy of the Milvus chart. Umbrella charts are rejected earlier; see
 * core/installed-chart.ts.
 */
function isRoleOfCopy(object: KubeObject, release: string): boolean {
  return ROLE_KINDS.has(object.kind) && ROLES.has(String(labelsOf(object).component)) && isOfRelease(object, release);
}

/**
 * Objects without such a label: those that the Milvus chart does not label (templates/configmap.yaml, *-hpa.yaml), and
 * RBAC objects of a dependency, by name.
 */
function isBareObject({ kind, metadata }: KubeObject, release: string, bases: readonly string[]): boolean {
  const { name } = metadata;
  if (kind === 'ConfigMap') return bases.includes(name);
  if (kind === 'HorizontalPodAutoscaler' && bases.some((base) => name.startsWith(`${base}-`))) return true;
  return (
    BARE_KINDS.has(kind) &&
    [...CHARTS].some((chart) => chart !== 'milvus' && startsWithWord(name, `${release}-${chart}`))
  );
}

function startsWithWord(name: string, start: string): boolean {
  return name === start || name.startsWith(`${start}-`);
}

/** Returns `milvus` for `milvus-4.2.37`. */
function chartOf(label: unknown): string[] {
  const [, name] = /^(.{1,63}?)-v?\d+\.\d+\.\d/.exec(String(label ?? '')) ?? [];
  return name ? [name] : [];
}

/** The common prefix of the names of all Milvus objects: the name of a Deployment without its role. */
function baseOf(object: KubeObject): string[] {
  const { apiVersion, kind, metadata } = object;
  const role = String(labelsOf(object).component ?? '');
  const isMilvus = kind === 'Deployment' && groupOf(apiVersion) === 'apps' && role !== '';
  return isMilvus && metadata.name.endsWith(`-${role}`) ? [metadata.name.slice(0, -role.length - 1)] : [];
}

function foreignObjects(objects: readonly KubeObject[]): CheckResult {
  return fail(
    ID,
    `Helm would delete objects that are not part of the Milvus chart: ${someOf(objects.map(nameOfObject), 20)}`,
    'Set `chart` to a chart that contains them. Or keep them: add the annotation `helm.sh/resource-policy: keep` to them in the templates of the installed chart, run `helm upgrade` with that chart, then run the action again.',
    SOURCE,
  );
}

function volumeClaims(claims: readonly KubeObject[]): CheckResult {
  return fail(
    ID,
    `Helm would delete volume claims and their data: ${someOf(claims.map(nameOfObject), 20)}`,
    'Keep the values that create them. Or keep the claims: set the annotation `helm.sh/resource-policy: keep` in the values (`standalone.persistence.annotations`, `log.persistence.annotations`), run `helm upgrade` with the installed chart, then run the action again.',
    SOURCE,
  );
}
