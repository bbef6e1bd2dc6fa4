// The check `image-probe`: the results of the pods that pulled and started the new image once on each node. Pure.
import type { CheckResult } from '../model/check-result.js';
import { failSkippable, pass, someOf, warn } from './results.js';

const ID = 'image-probe';

/** The latest observation of a probe pod. */
export interface ProbeSnapshot {
  readonly node: string;
  readonly phase: string;
  /** Of the waiting or terminated container, or of the pod if the container has none. */
  readonly reason: string;
  /** Includes the messages of the pod's events. */
  readonly message: string;
  readonly exitCode: number | null;
  /** How long the pod cannot be scheduled, or its image cannot be pulled. */
  readonly troubledMilliseconds: number;
}

export type ProbeResult =
  | { readonly state: 'waiting'; readonly waitingFor: string }
  | { readonly state: 'proven' }
  /** The image could not be tested on this node. */
  | { readonly state: 'skipped'; readonly reason: string }
  | { readonly state: 'failed'; readonly reason: string };

/** How long to wait for a slow or busy registry. */
const PULL_PATIENCE = 120_000;
/** How long to wait for a node without capacity. */
const ROOM_PATIENCE = 10_000;
/** Own reason for a pod that no scheduler has processed; Kubernetes defines none. */
export const UNOBSERVED = 'NotScheduled';
/** Longer than a scheduler takes to restart. */
const SCHEDULER_PATIENCE = 60_000;

/** Messages of registries, containerd and the kubelet for permanent errors. */
const CERTAIN =
  /not found|manifest unknown|name unknown|does not exist|no match for platform|InvalidImageName|ErrImageNeverPull|unauthorized|denied|forbidden|invalid reference|runAsNonRoot/i;
/** The image was pulled and the container was created; the image only has no shell for the probe command. */
const NO_SHELL = /executable file not found|no such file or directory/i;
/**
 * Reasons that the kubelet reports if a container cannot be created (kubernetes/kubernetes pkg/kubelet/images/types.go,
 * container/sync_result.go).
 */
const IN_TROUBLE = /^(ErrImage|ImagePull|Invalid|CreateContainer|RunContainer|Registry|ImageInspect)/;
const WRONG_MACHINE = /exec format error/i;

/** Evaluates one probe from its latest observation. */
export function evaluateProbe(observation: ProbeSnapshot): ProbeResult {
  const words = [observation.reason, observation.message].filter(Boolean).join(': ');
  if (WRONG_MACHINE.test(words))
    return { state: 'failed', reason: `the image is built for another CPU architecture: ${words}` };
  if (observation.phase === 'Succeeded' || (NO_SHELL.test(words) && /Start|Run|Create|Cannot/.test(observation.reason)))
    return { state: 'proven' };
  return observation.phase === 'Failed' ? evaluateEnded(observation, words) : evaluatePending(observation, words);
}

function evaluateEnded({ reason, exitCode }: ProbeSnapshot, words: string): ProbeResult {
  if (reason === 'DeadlineExceeded')
    return { state: 'failed', reason: 'pulling the image took longer than `step-timeout`' };
  if (exitCode !== null)
    return { state: 'failed', reason: `the image has no program "milvus" on its PATH (exit code ${exitCode})` };
  return { state: 'skipped', reason: words };
}

function evaluatePending(observation: ProbeSnapshot, words: string): ProbeResult {
  if (observation.reason === 'Unschedulable')
    return waitOr(observation, ROOM_PATIENCE, { state: 'skipped', reason: words });
  if (observation.reason === UNOBSERVED)
    return waitOr(observation, SCHEDULER_PATIENCE, { state: 'skipped', reason: words });
  if (!IN_TROUBLE.test(observation.reason))
    return { state: 'waiting', waitingFor: observation.reason || 'the kubelet' };
  return CERTAIN.test(words)
    ? { state: 'failed', reason: words }
    : waitOr(observation, PULL_PATIENCE, { state: 'failed', reason: words });
}

function waitOr(observation: ProbeSnapshot, patience: number, over: ProbeResult): ProbeResult {
  return observation.troubledMilliseconds < patience ? { state: 'waiting', waitingFor: observation.reason } : over;
}

/** `1 node`, `2 nodes`. */
export function countNodes(count: number): string {
  return `${count} ${count === 1 ? 'node' : 'nodes'}`;
}

export interface Probe {
  readonly node: string;
  readonly status: ProbeResult;
}

/** `left` is the number of nodes that were not tested because there are too many. */
export function evaluateProbes(image: string, probes: readonly Probe[], left: number): CheckResult[] {
  const source = `pods that ran once on ${countNodes(probes.length)}`;
  const failed = probes.flatMap(({ node, status }) => (status.state === 'failed' ? [`${node}: ${status.reason}`] : []));
  const open = probes.flatMap(openQuestion);
  const proven = probes.filter((probe) => probe.status.state === 'proven').length;
  if (failed.length > 0)
    return [
      failSkippable(
        ID,
        `${image} cannot run on ${failed.length} of ${countNodes(probes.length)}: ${someOf(failed, 4)}`,
        REMEDY,
        source,
      ),
    ];
  if (open.length > 0) {
    return [
      warn(
        ID,
        `${image} started on ${proven} of ${countNodes(probes.length)}; not tested: ${someOf(open, 4)}`,
        'Check whether these nodes can run Milvus pods.',
        source,
      ),
    ];
  }
  return [
    pass(
      ID,
      `${image} was pulled and started on ${countNodes(proven)}${left > 0 ? `; not tested: ${left} more` : ''}`,
      source,
    ),
  ];
}

function openQuestion({ node, status }: Probe): string[] {
  if (status.state === 'skipped') return [`${node}: ${status.reason}`];
  return status.state === 'waiting' ? [`${node}: still waiting for ${status.waitingFor}`] : [];
}

const REMEDY =
  'Fix the image, its registry or its pull secret, and run the action again; nothing was changed. Skip this check if the image will be available when it is needed.';
