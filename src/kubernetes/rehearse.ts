// The rehearsal: the target image is pulled and started once on every node that will need it, before anything is changed.
import type { V1Deployment, V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import { conclude, notChecked, type Finding } from '../core/checks/finding.js';
import { evaluateProbe, evaluateProbes, type Probe } from '../core/checks/image-probe.js';
import { accepts, type NodeRoom } from '../core/checks/node-room.js';
import { UpgradeError } from '../core/errors.js';
import type { Emit } from '../core/events.js';
import type { Config } from '../core/goal.js';
import type { KubeObject } from '../core/manifest.js';
import type { Preflight } from '../core/preflight.js';
import type { Plan } from '../core/steps.js';
import { milvusWorkloads } from '../core/workloads.js';
import type { Cluster } from './cluster.js';
import { isMilvusPod } from './milvus-objects.js';
import { ProbeWatch, type Place } from './rehearsal/probe-watch.js';

/** More nodes are not tried: they would say the same. */
const MOST_NODES = 25;
const SAY_MILLISECONDS = 30_000;

export interface ImageProbeTools {
  readonly cluster: Cluster;
  readonly config: Config;
  readonly emit: Emit;
  readonly run: string;
  readonly signal: AbortSignal;
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  /** What Helm would write and which nodes there are, from the preflight; null where it could not be told. */
  readonly rendered: readonly KubeObject[] | null;
  readonly nodes: readonly NodeRoom[] | null;
}

/** Starts one pod a node, waits for all of them at once, and removes them again whatever happens. Leftovers of a dead run go first. */
export async function probeImage({ image }: Plan, tools: ImageProbeTools): Promise<Preflight> {
  const { config } = tools;
  const findings = config.skipChecks.includes('image-probe') ? [skipped()] : await probeAll(image, tools);
  return { ...conclude(findings, config.skipChecks), changes: [] };
}

/** Waived before it was asked: told as such. */
function skipped(): Finding {
  return { id: 'image-probe', state: 'fail', reason: 'the image was not tried', remedy: '', source: 'the input skip-checks', skippable: true };
}

async function probeAll(image: string, tools: ImageProbeTools): Promise<Finding[]> {
  const places = findPlaces(image, tools);
  const tried = places.slice(0, MOST_NODES);
  const watch = new ProbeWatch(tools, image);
  try {
    await watch.begin();
    if (tried.length === 0) return evaluateProbes(image, proven(image, tools), 0);
    tools.emit({ type: 'noted', message: `trying ${image} on ${tried.length} nodes: ${tried.map((each) => each.node).join(', ')}` });
    await Promise.all(tried.map((place) => watch.start(place)));
    return evaluateProbes(image, [...proven(image, tools), ...(await waitForAll(watch, tools))], places.length - tried.length);
  } catch (error) {
    if (error instanceof UpgradeError && error.code !== 'access-denied') throw error;
    return [notChecked('image-probe', error instanceof Error ? error.message : String(error), 'The upgrade goes on without the rehearsal.')];
  } finally {
    await watch.end();
  }
}

async function waitForAll(watch: ProbeWatch, { config, emit, signal }: ImageProbeTools): Promise<Probe[]> {
  const end = performance.now() + config.stepTimeoutSeconds * 1000;
  let sayAt = performance.now() + SAY_MILLISECONDS;
  for (;;) {
    const probes = (await watch.look()).map((observation) => ({ node: observation.node, status: evaluateProbe(observation) }));
    const waiting = probes.filter((each) => each.status.state === 'waiting');
    const failed = probes.some((each) => each.status.state === 'failed');
    if (waiting.length === 0 || failed || performance.now() > end) return probes;
    if (signal.aborted) throw cancelled();
    if (performance.now() > sayAt) {
      emit({ type: 'noted', message: `still trying the image on ${waiting.map(tell).join(', ')}` });
      sayAt = performance.now() + SAY_MILLISECONDS;
    }
    await watch.changed();
  }
}

function tell({ node, status }: Probe): string {
  return status.state === 'waiting' ? `${node} (${status.waitingFor})` : node;
}

/** Nodes on which Milvus runs, then those that would take it, without those that run the image already. */
function findPlaces(image: string, tools: ImageProbeTools): Place[] {
  const templates = templatesOf(tools.deployments, tools.rendered);
  const found = [...runningOn(tools.pods), ...takenBy(tools)].flatMap(({ node, role }): Place[] => {
    const like = templates.get(role) ?? [...templates.values()][0];
    return like ? [{ node, like, others: othersOf(like, image).filter((each) => !hasPulled(node, each, tools.pods)) }] : [];
  });
  const known = new Set(proven(image, tools).map((each) => each.node));
  return found.filter((each, at) => !known.has(each.node) && found.findIndex((other) => other.node === each.node) === at);
}

/** Images of init containers and of what else runs in a pod of Milvus: a newer chart may bring another one, and without it no pod starts. */
function othersOf({ spec }: V1PodTemplateSpec, image: string): string[] {
  const images = [...(spec?.initContainers ?? []), ...(spec?.containers.slice(1) ?? [])].map((each) => each.image ?? '');
  return [...new Set(images)].filter((each) => each !== '' && each !== image);
}

/** Some container of this image has run on the node. */
function hasPulled(node: string, image: string, pods: readonly V1Pod[]): boolean {
  return pods
    .filter(({ spec }) => spec?.nodeName === node)
    .some(({ spec, status }) => {
      const names = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].filter((each) => each.image === image).map((each) => each.name);
      const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
      return all.some((each) => names.includes(each.name) && (each.state?.running ?? each.state?.terminated) !== undefined);
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

/** By role: as the chart will have it, else as it is. New values may bring a pull secret or a toleration. */
function templatesOf(deployments: readonly V1Deployment[], rendered: readonly KubeObject[] | null): Map<string, V1PodTemplateSpec> {
  const next = (rendered ?? []).filter((each) => each.kind === 'Deployment').map((each) => each as unknown as V1Deployment);
  return new Map(
    [...deployments, ...next].flatMap(({ metadata, spec }): [string, V1PodTemplateSpec][] =>
      metadata?.labels?.component && spec ? [[metadata.labels.component, spec.template]] : [],
    ),
  );
}

/** Where a Milvus pod has started from this image, nothing needs to be tried. */
function proven(image: string, { pods }: ImageProbeTools): Probe[] {
  const started = pods.filter((pod) => (pod.status?.containerStatuses ?? []).some((each) => each.state?.running && isOf(pod, each.name, image)));
  return [...new Set(started.map((pod) => pod.spec?.nodeName ?? ''))].map((node) => ({ node, status: { state: 'proven' } }));
}

function isOf(pod: V1Pod, container: string, image: string): boolean {
  return pod.spec?.containers.find((each) => each.name === container)?.image === image;
}

function cancelled(): UpgradeError {
  return new UpgradeError({ code: 'cancelled', what: 'The run was cancelled', why: 'it still tried the image', remedy: 'Nothing was changed.' });
}
