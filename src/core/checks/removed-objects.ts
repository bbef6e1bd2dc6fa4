// The check `objects-would-be-deleted`: Helm would delete objects that are not part of the Milvus chart, or volume claims. Pure.
import { MILVUS_ROLES } from '../knowledge/roles.js';
import { annotationsOf, groupOf, isOfRelease, labelsOf, nameOfObject, type KubeObject, type ObjectPair } from '../manifest.js';
import { pass, someOf, type Finding } from './finding.js';

const ID = 'objects-would-be-deleted';
const SOURCE = 'the manifests of the installed release and of the new one; helm.sh/docs, "Tell Helm Not To Uninstall a Resource"';

/** The Milvus chart and what it has depended on, by their names and aliases in it (zilliztech/milvus-helm charts/milvus/requirements.yaml, 3.2.18 to 5.0.19). */
const CHARTS: ReadonlySet<string> = new Set(['milvus', 'etcd', 'minio', 'pulsar', 'pulsarv2', 'pulsarv3', 'kafka', 'zookeeper', 'mysql', 'tei', 'attu']);

const ROLE_KINDS: ReadonlySet<string> = new Set(['Deployment', 'Service', 'ServiceMonitor', 'HorizontalPodAutoscaler']);
const ROLES: ReadonlySet<string> = new Set(MILVUS_ROLES);

/** Labels that name the chart an object comes from, with its version: of the charts since Helm 3, and of older ones. */
const CHART_LABELS = ['helm.sh/chart', 'chart'];
const NAME_LABELS = ['app.kubernetes.io/name', 'app'];

/** Kinds without labels in the charts of dependencies; none of them holds data (apache/pulsar-helm-chart templates, *-rbac.yaml, *-psp.yaml, *-hpa.yaml, tls-*.yaml). */
const BARE_KINDS: ReadonlySet<string> = new Set([
  ...['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding', 'ServiceAccount', 'PodSecurityPolicy'],
  ...['HorizontalPodAutoscaler', 'PodMonitor', 'Certificate', 'Issuer'],
]);

/** Refuses what cannot be undone: an object that the user has in the release, and every volume claim, whoever made it. */
export function evaluateRemovedObjects(pairs: readonly ObjectPair[], release: string): Finding[] {
  const removed = pairs.flatMap(({ before, after }) => (before && !after && !isKept(before) ? [before] : []));
  const bases = pairs.flatMap(({ before }) => (before ? baseOf(before) : []));
  const claims = removed.filter((each) => each.kind === 'PersistentVolumeClaim');
  const foreign = removed.filter((each) => !claims.includes(each) && !isOfMilvusChart(each, release, bases));
  const found = [...(foreign.length > 0 ? [foreignObjects(foreign)] : []), ...(claims.length > 0 ? [volumeClaims(claims)] : [])];
  return found.length > 0 ? found : [pass(ID, 'Helm would delete nothing but parts of the Milvus chart', SOURCE)];
}

/** Helm leaves such an object where it is. */
function isKept(object: KubeObject): boolean {
  return annotationsOf(object)['helm.sh/resource-policy'] === 'keep';
}

/** The chart label decides where there is one: a chart of the user may well call its own objects `app: milvus`. */
function isOfMilvusChart(object: KubeObject, release: string, bases: readonly string[]): boolean {
  const labels = labelsOf(object);
  const charts = CHART_LABELS.flatMap((label) => chartOf(labels[label]));
  if (charts.length > 0) return charts.some((each) => CHARTS.has(each)) || isRoleOfCopy(object, release);
  const names = NAME_LABELS.flatMap((label) => (typeof labels[label] === 'string' ? [labels[label]] : []));
  if (names.length > 0) return names.some((each) => CHARTS.has(each));
  return isBareObject(object, release, bases);
}

/** Of a copy of the Milvus chart under another name: what it has for each role. An umbrella chart does not come so far; see core/installed-chart.ts. */
function isRoleOfCopy(object: KubeObject, release: string): boolean {
  return ROLE_KINDS.has(object.kind) && ROLES.has(String(labelsOf(object).component)) && isOfRelease(object, release);
}

/** Without a label that says so: what the Milvus chart itself leaves bare (templates/configmap.yaml, *-hpa.yaml), and rights of a dependency by their names. */
function isBareObject({ kind, metadata }: KubeObject, release: string, bases: readonly string[]): boolean {
  const { name } = metadata;
  if (kind === 'ConfigMap') return bases.includes(name);
  if (kind === 'HorizontalPodAutoscaler' && bases.some((base) => name.startsWith(`${base}-`))) return true;
  return BARE_KINDS.has(kind) && [...CHARTS].some((chart) => chart !== 'milvus' && startsWithWord(name, `${release}-${chart}`));
}

function startsWithWord(name: string, start: string): boolean {
  return name === start || name.startsWith(`${start}-`);
}

/** `milvus` of `milvus-4.2.37`. */
function chartOf(label: unknown): string[] {
  const [, name] = /^(.{1,63}?)-v?\d+\.\d+\.\d/.exec(String(label ?? '')) ?? [];
  return name ? [name] : [];
}

/** What the names of all Milvus objects begin with: the name of a Deployment without its role. */
function baseOf(object: KubeObject): string[] {
  const { apiVersion, kind, metadata } = object;
  const role = String(labelsOf(object).component ?? '');
  const isMilvus = kind === 'Deployment' && groupOf(apiVersion) === 'apps' && role !== '';
  return isMilvus && metadata.name.endsWith(`-${role}`) ? [metadata.name.slice(0, -role.length - 1)] : [];
}

function foreignObjects(objects: readonly KubeObject[]): Finding {
  return {
    id: ID,
    state: 'fail',
    reason: `Helm would delete objects that are not part of the Milvus chart: ${someOf(objects.map(nameOfObject), 20)}`,
    remedy:
      'Set `chart` to a chart that has them. Or keep them: give them the annotation `helm.sh/resource-policy: keep` in the templates of the installed chart, run `helm upgrade` with that chart, then run the action again.',
    source: SOURCE,
    skippable: false,
  };
}

function volumeClaims(claims: readonly KubeObject[]): Finding {
  return {
    id: ID,
    state: 'fail',
    reason: `Helm would delete volume claims, and with them the data: ${someOf(claims.map(nameOfObject), 20)}`,
    remedy:
      'Leave the values that they come from as they are. Or keep them: set the annotation `helm.sh/resource-policy: keep` in the values (`standalone.persistence.annotations`, `log.persistence.annotations`), run `helm upgrade` with the installed chart, then run the action again.',
    source: SOURCE,
    skippable: false,
  };
}
