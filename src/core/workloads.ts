// Deployments and StatefulSets of a manifest, with what the checks ask about them: role, images, replicas, strategy, requests, placing. Pure.
import type { KubeObject } from './manifest.js';
import { addAmounts, parseQuantity, type Amounts } from './quantity.js';
import { drains } from './rolling/steps.js';
import { isRecord, valueAt, type Values } from './values.js';

/** Deployments with the chart's `component` label that are no part of Milvus itself (zilliztech/milvus-helm templates/attu-deployment.yaml). */
const NOT_MILVUS = new Set(['attu']);

export interface Workload {
  readonly kind: string;
  readonly name: string;
  /** The Milvus role; empty for what is none of Milvus' own. */
  readonly role: string;
  readonly images: readonly string[];
  /** Null where the manifest leaves the count to an autoscaler. */
  readonly replicas: number | null;
  readonly recreate: boolean;
  /** As written: a count or a percentage; Kubernetes' default is 25%. */
  readonly maxSurge: unknown;
  readonly maxUnavailable: unknown;
  /** What one pod asks for, in cores and bytes. */
  readonly requests: Amounts;
  readonly limits: Amounts;
  readonly nodeSelector: Values;
  readonly tolerations: readonly Values[];
}

/** The workload that an object is, or null. */
export function readWorkload(object: KubeObject): Workload | null {
  if (object.kind !== 'Deployment' && object.kind !== 'StatefulSet') return null;
  const spec = getRecord(object, 'spec.template.spec');
  const replicas = valueAt(object, 'spec.replicas');
  return {
    kind: object.kind,
    name: object.metadata.name,
    role: roleOf(object),
    images: imagesOf(object),
    replicas: typeof replicas === 'number' ? replicas : null,
    recreate: valueAt(object, 'spec.strategy.type') === 'Recreate',
    maxSurge: valueAt(object, 'spec.strategy.rollingUpdate.maxSurge') ?? '25%',
    maxUnavailable: valueAt(object, 'spec.strategy.rollingUpdate.maxUnavailable') ?? '25%',
    requests: amountsOf(spec, 'requests'),
    limits: amountsOf(spec, 'limits'),
    nodeSelector: getRecord(spec, 'nodeSelector'),
    tolerations: listAt(spec, 'tolerations'),
  };
}

/** The Milvus Deployments among the objects. */
export function milvusWorkloads(objects: readonly KubeObject[]): Workload[] {
  return objects.flatMap((each) => {
    const workload = each.kind === 'Deployment' ? readWorkload(each) : null;
    return workload && workload.role !== '' ? [workload] : [];
  });
}

export function imagesOf(object: KubeObject): string[] {
  const spec = getRecord(object, 'spec.template.spec');
  return [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')].map((each) => String(each.image ?? ''));
}

/** A StatefulSet may carry a `component` label of another chart; Milvus' own parts are Deployments. */
function roleOf(object: KubeObject): string {
  const role = valueAt(object.metadata.labels as Values, 'component');
  return object.kind === 'Deployment' && typeof role === 'string' && !NOT_MILVUS.has(role) ? role : '';
}

/** How many pods may exist beyond the replicas while the Deployment rolls; percentages are rounded up (kubernetes.io/docs, Deployment, "Max Surge"). */
export function surgeOf({ recreate, maxSurge }: Workload, replicas: number): number {
  return recreate ? 0 : share(maxSurge, replicas, Math.ceil);
}

/** The same as a rolling upgrade replaces them: one more pod at a time, or as many again where the old ones drain, and none missing; see rolling/steps.ts. */
export function asRolled<Each extends Workload>(workloads: readonly Each[]): Each[] {
  return workloads.map((each) => ({ ...each, recreate: false, maxSurge: drains(each.role, each.replicas ?? 1) ? '100%' : 1, maxUnavailable: 0 }));
}

/** What a judge finds where the Deployments are replaced one after the other: of all that may be asked for beside the rest, the first that does not pass. */
export function evaluateOneByOne<Each extends Workload, Found extends { readonly state: string }>(
  workloads: readonly Each[],
  evaluate: (workloads: readonly Each[]) => readonly Found[],
): readonly Found[] {
  const each = workloads.map((turn) => evaluate(workloads.map((other) => (other === turn ? other : { ...other, maxSurge: 0 }))));
  return each.find((found) => found.some(({ state }) => state !== 'pass')) ?? each[0] ?? evaluate([]);
}

/** How many pods may be missing meanwhile; percentages are rounded down (ibid., "Max Unavailable"). */
export function unavailableOf({ recreate, maxUnavailable }: Workload, replicas: number): number {
  return recreate ? replicas : share(maxUnavailable, replicas, Math.floor);
}

function share(written: unknown, of: number, round: (count: number) => number): number {
  const text = String(written);
  return text.endsWith('%') ? round((Number(text.slice(0, -1)) * of) / 100) : Number(text);
}

/** Containers run side by side; an init container runs alone, and counts only where it asks for more (kubernetes.io/docs, "Init containers", "Resource sharing"). */
export function amountsOf(spec: Values, what: 'requests' | 'limits'): Amounts {
  const of = (container: Values): Amounts => {
    const written = { ...getRecord(container, 'resources.limits'), ...(what === 'requests' ? getRecord(container, 'resources.requests') : {}) };
    return { cpu: parseQuantity(written.cpu), memory: parseQuantity(written.memory) };
  };
  const together = listAt(spec, 'containers').map(of).reduce(addAmounts, { cpu: 0, memory: 0 });
  return listAt(spec, 'initContainers')
    .map(of)
    .reduce((most, each) => ({ cpu: Math.max(most.cpu, each.cpu), memory: Math.max(most.memory, each.memory) }), together);
}

export function getRecord(values: Values, path: string): Values {
  const found = valueAt(values, path);
  return isRecord(found) ? found : {};
}

export function listAt(values: Values, path: string): Values[] {
  const found = valueAt(values, path);
  return Array.isArray(found) ? found.filter(isRecord) : [];
}
