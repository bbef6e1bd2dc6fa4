// The check `image-probe`: what became of the pods that pulled and started the new image once, node by node. Pure.
import { pass, someOf, warn, type Finding } from './finding.js';

const ID = 'image-probe';

/** A probe pod as it was last seen. Times are milliseconds of the same clock. */
export interface ProbeSnapshot {
  readonly node: string;
  readonly phase: string;
  /** Of the waiting or ended container, or of the pod where it has none. */
  readonly reason: string;
  /** With what the events of the pod add. */
  readonly message: string;
  readonly exitCode: number | null;
  /** How long it has been in trouble: it cannot be scheduled, or its image cannot be pulled. */
  readonly troubledMilliseconds: number;
}

export type ProbeResult =
  | { readonly state: 'waiting'; readonly waitingFor: string }
  | { readonly state: 'proven' }
  /** Nothing can be said of the image there. */
  | { readonly state: 'skipped'; readonly reason: string }
  | { readonly state: 'failed'; readonly reason: string };

/** A registry that is slow or busy is given this long. */
const PULL_PATIENCE = 120_000;
/** A node that is full is not waited for. */
const ROOM_PATIENCE = 10_000;
/** The reason of a pod that no scheduler has looked at, in words of ours: Kubernetes has none. */
export const UNOBSERVED = 'NotScheduled';
/** A scheduler that starts again needs less. */
const SCHEDULER_PATIENCE = 60_000;

/** Words of registries, containerd and the kubelet that waiting does not change. */
const CERTAIN =
  /not found|manifest unknown|name unknown|does not exist|no match for platform|InvalidImageName|ErrImageNeverPull|unauthorized|denied|forbidden|invalid reference|runAsNonRoot/i;
/** The image was pulled and its container made; only our question was too much for it. */
const NO_SHELL = /executable file not found|no such file or directory/i;
/** Reasons with which the kubelet says that a container cannot be made (kubernetes/kubernetes pkg/kubelet/images/types.go, container/sync_result.go). */
const IN_TROUBLE = /^(ErrImage|ImagePull|Invalid|CreateContainer|RunContainer|Registry|ImageInspect)/;
const WRONG_MACHINE = /exec format error/i;

/** Judges one probe by what was seen of it. */
export function evaluateProbe(observation: ProbeSnapshot): ProbeResult {
  const words = [observation.reason, observation.message].filter(Boolean).join(': ');
  if (WRONG_MACHINE.test(words)) return { state: 'failed', reason: `the image is built for another kind of processor: ${words}` };
  if (observation.phase === 'Succeeded' || (NO_SHELL.test(words) && /Start|Run|Create|Cannot/.test(observation.reason))) return { state: 'proven' };
  return observation.phase === 'Failed' ? evaluateEnded(observation, words) : evaluatePending(observation, words);
}

function evaluateEnded({ reason, exitCode }: ProbeSnapshot, words: string): ProbeResult {
  if (reason === 'DeadlineExceeded') return { state: 'failed', reason: 'pulling it took longer than step-timeout' };
  if (exitCode !== null) return { state: 'failed', reason: `the image has no program "milvus" on its PATH (exit code ${exitCode})` };
  return { state: 'skipped', reason: words };
}

function evaluatePending(observation: ProbeSnapshot, words: string): ProbeResult {
  if (observation.reason === 'Unschedulable') return waitOr(observation, ROOM_PATIENCE, { state: 'skipped', reason: words });
  if (observation.reason === UNOBSERVED) return waitOr(observation, SCHEDULER_PATIENCE, { state: 'skipped', reason: words });
  if (!IN_TROUBLE.test(observation.reason)) return { state: 'waiting', waitingFor: observation.reason || 'the kubelet' };
  return CERTAIN.test(words) ? { state: 'failed', reason: words } : waitOr(observation, PULL_PATIENCE, { state: 'failed', reason: words });
}

function waitOr(observation: ProbeSnapshot, patience: number, over: ProbeResult): ProbeResult {
  return observation.troubledMilliseconds < patience ? { state: 'waiting', waitingFor: observation.reason } : over;
}

export interface Probe {
  readonly node: string;
  readonly status: ProbeResult;
}

/** `left` are nodes that were not tried, because there are too many. */
export function evaluateProbes(image: string, probes: readonly Probe[], left: number): Finding[] {
  const source = `pods that ran once on ${probes.length} nodes`;
  const failed = probes.flatMap(({ node, status }) => (status.state === 'failed' ? [`${node}: ${status.reason}`] : []));
  const open = probes.flatMap(openQuestion);
  const proven = probes.filter((each) => each.status.state === 'proven').length;
  if (failed.length > 0)
    return [
      {
        id: ID,
        state: 'fail',
        reason: `${image} cannot run on ${failed.length} of ${probes.length} nodes: ${someOf(failed, 4)}`,
        remedy: REMEDY,
        source,
        skippable: true,
      },
    ];
  if (open.length > 0) {
    return [
      warn(
        ID,
        `${image} was proven on ${proven} of ${probes.length} nodes; nothing can be said of ${someOf(open, 4)}`,
        'Look whether these nodes can take Milvus pods at all.',
        source,
      ),
    ];
  }
  return [pass(ID, `${image} was pulled and started on ${proven} nodes${left > 0 ? `; ${left} more nodes were not tried` : ''}`, source)];
}

function openQuestion({ node, status }: Probe): string[] {
  if (status.state === 'skipped') return [`${node}: ${status.reason}`];
  return status.state === 'waiting' ? [`${node}: still waiting for ${status.waitingFor}`] : [];
}

const REMEDY =
  'Mend the image, its registry, or its pull secret, and run again; nothing was changed. Waive this when the image can be had by the time it is needed.';
