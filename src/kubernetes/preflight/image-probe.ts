// The image probe: the target image is pulled and started once on every node that will need it, before anything is
// changed.
import type { V1Deployment, V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { CheckResult } from '../../core/model/check-result.js';
import { conclude, notChecked } from '../../core/checks/results.js';
import { evaluateProbe, evaluateProbes, type Probe } from '../../core/checks/image-probe.js';
import { accepts, type NodeRoom } from '../../core/checks/node-room.js';
import { UpgradeError } from '../../core/model/error.js';
import type { Emit } from '../../core/model/event.js';
import type { HelmConfig } from '../../core/config/config.js';
import type { KubeObject } from '../../core/checks/manifest.js';
import type { Preflight } from '../../core/model/preflight.js';
import { milvusWorkloads } from '../../core/checks/workloads.js';
import type { Cluster } from '../client/cluster.js';
import { isMilvusPod } from '../observe/milvus-objects.js';
import { ProbeWatch, type Place } from './probe-watch.js';
import type { HelmPlan } from '../../core/platforms/types.js';

/** More nodes are not probed: the result would be the same. */
const MAX_NODES = 25;
const SAY_MILLISECONDS = 30_000;

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
}

/**
 * Starts one pod per node, waits for all of them concurrently, and deletes them in any case. Pods of a dead run are
 * deleted first.
 */
export async function probeImage({ image }: HelmPlan, tools: ImageProbeTools): Promise<Preflight> {
  const { config } = tools;
  const findings = config.skipChecks.includes('image-probe') ? [skipped()] : await probeAll(image, tools);
  return { ...conclude(findings, config.skipChecks), changes: [] };
}

/** The check was skipped before it ran. */
function skipped(): CheckResult {
  return {
    id: 'image-probe',
    state: 'fail',
    reason: 'the image was not probed',
    remedy: '',
    source: 'the input skip-checks',
    skippable: true,
  };
}

async function probeAll(image: string, tools: ImageProbeTools): Promise<CheckResult[]> {
  const places = findPlaces(image, tools);
  const tried = places.slice(0, MAX_NODES);
  const watch = new ProbeWatch(tools, image);
  try {
    await watch.begin();
    if (tried.length === 0) return evaluateProbes(image, proven(image, tools), 0);
    tools.emit({
      type: 'noted',
      message: `probing ${image} on ${tried.length} nodes: ${tried.map((place) => place.node).join(', ')}`,
    });
    await Promise.all(tried.map((place) => watch.start(place)));
    return evaluateProbes(
      image,
      [...proven(image, tools), ...(await waitForAll(watch, tools))],
      places.length - tried.length,
    );
  } catch (error) {
    if (error instanceof UpgradeError && error.code !== 'access-denied') throw error;
    return [
      notChecked(
        'image-probe',
        error instanceof Error ? error.message : String(error),
        'The upgrade continues without the image probe.',
      ),
    ];
  } finally {
    await watch.end();
  }
}

async function waitForAll(watch: ProbeWatch, { config, emit, signal }: ImageProbeTools): Promise<Probe[]> {
  const end = performance.now() + config.stepTimeoutSeconds * 1000;
  let nextLogAt = performance.now() + SAY_MILLISECONDS;
  for (;;) {
    const probes = (await watch.observe()).map((observation) => ({
      node: observation.node,
      status: evaluateProbe(observation),
    }));
    const waiting = probes.filter((probe) => probe.status.state === 'waiting');
    const failed = probes.some((probe) => probe.status.state === 'failed');
    if (waiting.length === 0 || failed || performance.now() > end) return probes;
    if (signal.aborted) throw cancelled();
    if (performance.now() > nextLogAt) {
      emit({ type: 'noted', message: `still probing the image on ${waiting.map(describeProbe).join(', ')}` });
      nextLogAt = performance.now() + SAY_MILLISECONDS;
    }
    await watch.waitForChange();
  }
}

function describeProbe({ node, status }: Probe): string {
  return status.state === 'waiting' ? `${node} (${status.waitingFor})` : node;
}

/** Nodes on which Milvus runs, then those that would accept it, without those that run the image already. */
function findPlaces(image: string, tools: ImageProbeTools): Place[] {
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
    .some(({ spec, status }) => {
      const names = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
        .filter((container) => container.image === image)
        .map((container) => container.name);
      const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
      return all.some(
        (status) => names.includes(status.name) && (status.state?.running ?? status.state?.terminated) !== undefined,
      );
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
function templatesOf(
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
function proven(image: string, { pods }: ImageProbeTools): Probe[] {
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

function cancelled(): UpgradeError {
  return new UpgradeError({
    code: 'cancelled',
    what: 'The run was cancelled',
    why: 'it was still probing the image',
    remedy: 'Nothing was changed.',
  });
}
