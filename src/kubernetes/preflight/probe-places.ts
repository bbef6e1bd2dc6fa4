// Selects the nodes on which the image is probed, and the pod template for each. Pure.
import type { V1Deployment, V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import { accepts, type NodeRoom } from '../../core/checks/node-room.js';
import type { HelmConfig } from '../../core/config/config.js';
import type { KubeObject } from '../../core/checks/manifest.js';
import type { Emit } from '../../core/model/event.js';
import type { Cluster } from '../client/cluster.js';
import type { Probe } from '../../core/checks/image-probe.js';
import { milvusWorkloads } from '../../core/checks/workloads.js';
import { isMilvusPod } from '../observe/milvus-objects.js';
import { readPod } from '../observe/read-pod.js';
import type { Place } from './probe-watch.js';

export interface ImageProbeTools {
  readonly cluster: Cluster;
  readonly config: HelmConfig;
  readonly emit: Emit;
  readonly run: string;
  readonly signal: AbortSignal;
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  /** The rendered objects and the nodes, from the preflight; null if not available. */
  readonly rendered: readonly KubeObject[] | null;
  readonly nodes: readonly NodeRoom[] | null;
  /** Dependencies whose pods the upgrade replaces. */
  readonly dependencies: readonly KubeObject[];
}

/** Nodes on which Milvus runs, then those that would accept it, without those that run the image already. */
export function findPlaces(image: string, tools: ImageProbeTools): Place[] {
  const templates = templatesOf(tools.deployments, tools.rendered);
  const found = [...runningOn(tools.pods), ...takenBy(tools)].flatMap(({ node, role }): Place[] => {
    const like = templates.get(role) ?? [...templates.values()][0];
    return like
      ? [{ node, like, others: othersOf(like, image).filter((other) => !hasPulled(node, other, tools.pods)) }]
      : [];
  });
  const known = new Set(proven(image, tools).map((probe) => probe.node));
  return found.filter(
    (place, at) => !known.has(place.node) && found.findIndex((other) => other.node === place.node) === at,
  );
}

/**
 * Images of init containers and of other containers in a Milvus pod: a newer chart may use another one, and no pod
 * starts without it.
 */
function othersOf({ spec }: V1PodTemplateSpec, image: string): string[] {
  const images = [...(spec?.initContainers ?? []), ...(spec?.containers.slice(1) ?? [])].map(
    (container) => container.image ?? '',
  );
  return [...new Set(images)].filter((other) => other !== '' && other !== image);
}

/** True if a container of this image has run on the node. */
function hasPulled(node: string, image: string, pods: readonly V1Pod[]): boolean {
  return pods
    .filter(({ spec }) => spec?.nodeName === node)
    .some((pod) => {
      const { spec } = pod;
      const names = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
        .filter((container) => container.image === image)
        .map((container) => container.name);
      return readPod(pod).containers.some(({ name, state }) => names.includes(name) && state !== 'waiting');
    });
}

function runningOn(pods: readonly V1Pod[]): { node: string; role: string }[] {
  const placed = pods.filter((pod) => isMilvusPod(pod) && pod.spec?.nodeName);
  return placed.map((pod) => ({ node: pod.spec?.nodeName ?? '', role: pod.metadata?.labels?.component ?? '' }));
}

function takenBy({ nodes, rendered }: ImageProbeTools): { node: string; role: string }[] {
  return milvusWorkloads(rendered ?? []).flatMap((workload) =>
    (nodes ?? []).filter((node) => accepts(node, workload)).map((node) => ({ node: node.name, role: workload.role })),
  );
}

/**
 * By role: from the rendered chart if available, else as installed. New values may add a pull secret or a toleration.
 */
export function templatesOf(
  deployments: readonly V1Deployment[],
  rendered: readonly KubeObject[] | null,
): Map<string, V1PodTemplateSpec> {
  const next = (rendered ?? [])
    .filter((object) => object.kind === 'Deployment')
    .map((object) => object as unknown as V1Deployment);
  return new Map(
    [...deployments, ...next].flatMap(({ metadata, spec }): [string, V1PodTemplateSpec][] =>
      metadata?.labels?.component && spec ? [[metadata.labels.component, spec.template]] : [],
    ),
  );
}

/** If a Milvus pod has started from this image, the node does not have to be probed. */
export function proven(image: string, { pods }: ImageProbeTools): Probe[] {
  const started = pods.filter((pod) =>
    (pod.status?.containerStatuses ?? []).some((status) => status.state?.running && isOf(pod, status.name, image)),
  );
  return [...new Set(started.map((pod) => pod.spec?.nodeName ?? ''))].map((node) => ({
    node,
    status: { state: 'proven' },
  }));
}

function isOf(pod: V1Pod, container: string, image: string): boolean {
  return pod.spec?.containers.find((spec) => spec.name === container)?.image === image;
}
