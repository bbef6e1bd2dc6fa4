// Deployments and StatefulSets of a manifest, with the fields that the checks need: role, images, replicas, strategy,
// requests, placement. Pure.
import type { KubeObject } from './manifest.js';
import { addAmounts, parseQuantity, type Amounts } from '../lib/quantity.js';
import { drains } from '../rolling/steps.js';
import { recordAt, recordsAt, valueAt } from '../lib/json.js';
import type { Values } from '../model/values.js';

/**
 * Deployments with the chart's `component` label that are not part of Milvus (zilliztech/milvus-helm
 * templates/attu-deployment.yaml).
 */
const NOT_MILVUS = new Set(['attu']);

export interface Workload {
  readonly name: string;
  /** The Milvus role; empty if it is not part of Milvus. */
  readonly role: string;
  readonly images: readonly string[];
  /** Null if the manifest leaves the count to an autoscaler. */
  readonly replicas: number | null;
  readonly recreate: boolean;
  /** As in the manifest: a count or a percentage; the default of Kubernetes is 25%. */
  readonly maxSurge: unknown;
  readonly maxUnavailable: unknown;
  /** The requests of one pod, in cores and bytes. */
  readonly requests: Amounts;
  readonly limits: Amounts;
  readonly nodeSelector: Values;
  readonly tolerations: readonly Values[];
}

/** The object as a workload, or null if it is not one. */
export function readWorkload(object: KubeObject): Workload | null {
  if (object.kind !== 'Deployment' && object.kind !== 'StatefulSet') return null;
  const spec = recordAt(object, 'spec.template.spec');
  const replicas = valueAt(object, 'spec.replicas');
  return {
    name: object.metadata.name,
    role: roleOf(object),
    images: imagesOf(object),
    replicas: typeof replicas === 'number' ? replicas : null,
    recreate: valueAt(object, 'spec.strategy.type') === 'Recreate',
    maxSurge: valueAt(object, 'spec.strategy.rollingUpdate.maxSurge') ?? '25%',
    maxUnavailable: valueAt(object, 'spec.strategy.rollingUpdate.maxUnavailable') ?? '25%',
    requests: amountsOf(spec, 'requests'),
    limits: amountsOf(spec, 'limits'),
    nodeSelector: recordAt(spec, 'nodeSelector'),
    tolerations: recordsAt(spec, 'tolerations'),
  };
}

/** The Milvus Deployments among the objects. */
export function milvusWorkloads(objects: readonly KubeObject[]): Workload[] {
  return objects.flatMap((object) => {
    const workload = object.kind === 'Deployment' ? readWorkload(object) : null;
    return workload && workload.role !== '' ? [workload] : [];
  });
}

export function imagesOf(object: KubeObject): string[] {
  const spec = recordAt(object, 'spec.template.spec');
  return [...recordsAt(spec, 'initContainers'), ...recordsAt(spec, 'containers')].map((container) =>
    String(container.image ?? ''),
  );
}

/** A StatefulSet may have the `component` label of another chart; the components of Milvus are Deployments. */
function roleOf(object: KubeObject): string {
  const role = valueAt(object.metadata.labels as Values, 'component');
  return object.kind === 'Deployment' && typeof role === 'string' && !NOT_MILVUS.has(role) ? role : '';
}

/**
 * How many pods may exist beyond the replicas while the Deployment rolls; percentages are rounded up
 * (kubernetes.io/docs, Deployment, "Max Surge").
 */
export function surgeOf({ recreate, maxSurge }: Workload, replicas: number): number {
  return recreate ? 0 : share(maxSurge, replicas, Math.ceil);
}

/**
 * The workloads with the settings of a rolling upgrade: a surge of one pod, or of 100% if the old pods are drained, and
 * no unavailable pod; see rolling/steps.ts.
 */
export function asRolled<Item extends Workload>(workloads: readonly Item[]): Item[] {
  return workloads.map((workload) => ({
    ...workload,
    recreate: false,
    maxSurge: drains(workload.role, workload.replicas ?? 1) ? '100%' : 1,
    maxUnavailable: 0,
  }));
}

/**
 * The result of `evaluate` if the Deployments are replaced one after the other: evaluates the surge of each one
 * separately, and returns the first result that does not pass.
 */
export function evaluateOneByOne<Item extends Workload, Found extends { readonly state: string }>(
  workloads: readonly Item[],
  evaluate: (workloads: readonly Item[]) => readonly Found[],
): readonly Found[] {
  const results = workloads.map((turn) =>
    evaluate(workloads.map((other) => (other === turn ? other : { ...other, maxSurge: 0 }))),
  );
  return results.find((found) => found.some(({ state }) => state !== 'pass')) ?? results[0] ?? evaluate([]);
}

/** How many pods may be unavailable during the rollout; percentages are rounded down (ibid., "Max Unavailable"). */
export function unavailableOf({ recreate, maxUnavailable }: Workload, replicas: number): number {
  return recreate ? replicas : share(maxUnavailable, replicas, Math.floor);
}

function share(written: unknown, of: number, round: (count: number) => number): number {
  const text = String(written);
  return text.endsWith('%') ? round((Number(text.slice(0, -1)) * of) / 100) : Number(text);
}

/**
 * Containers run concurrently; an init container runs alone and counts only if it requests more (kubernetes.io/docs,
 * "Init containers", "Resource sharing").
 */
export function amountsOf(spec: Values, what: 'requests' | 'limits'): Amounts {
  const of = (container: Values): Amounts => {
    const written = {
      ...recordAt(container, 'resources.limits'),
      ...(what === 'requests' ? recordAt(container, 'resources.requests') : {}),
    };
    return { cpu: parseQuantity(written.cpu), memory: parseQuantity(written.memory) };
  };
  const together = recordsAt(spec, 'containers').map(of).reduce(addAmounts, { cpu: 0, memory: 0 });
  return recordsAt(spec, 'initContainers')
    .map(of)
    .reduce(
      (most, container) => ({
        cpu: Math.max(most.cpu, container.cpu),
        memory: Math.max(most.memory, container.memory),
      }),
      together,
    );
}
