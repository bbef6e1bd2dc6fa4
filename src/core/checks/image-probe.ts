// The check `image-probe`: what became of the pods that pulled and started the new image once, node by node. Pure.
import { pass, someOf, warn, type Finding } from './finding.js';

const ID = 'image-probe';

/** A probe pod as it was last seen. Times are milliseconds of the same clock. */
export interface ProbeSight {
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

export type ProbeVerdict =
  | { readonly state: 'waiting'; readonly waitingFor: string }
  | { readonly state: 'proven' }
  /** Nothing can be said of the image there. */
  | { readonly state: 'skipped'; readonly because: string }
  | { readonly state: 'failed'; readonly because: string };

/** A registry that is slow or busy is given this long. */
const PULL_PATIENCE = 120_000;
/** A node that is full is not waited for. */
const ROOM_PATIENCE = 10_000;
/** The reason of a pod that no scheduler has looked at, in words of ours: Kubernetes has none. */
export const UNSEEN = 'NotScheduled';
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
export function judgeProbe(seen: ProbeSight): ProbeVerdict {
  const words = [seen.reason, seen.message].filter(Boolean).join(': ');
  if (WRONG_MACHINE.test(words)) return { state: 'failed', because: `the image is built for another kind of processor: ${words}` };
  if (seen.phase === 'Succeeded' || (NO_SHELL.test(words) && /Start|Run|Create|Cannot/.test(seen.reason))) return { state: 'proven' };
  return seen.phase === 'Failed' ? judgeEnded(seen, words) : judgePending(seen, words);
}

function judgeEnded({ reason, exitCode }: ProbeSight, words: string): ProbeVerdict {
  if (reason === 'DeadlineExceeded') return { state: 'failed', because: 'pulling it took longer than step-timeout' };
  if (exitCode !== null) return { state: 'failed', because: `the image has no program "milvus" on its PATH (exit code ${exitCode})` };
  return { state: 'skipped', because: words };
}

function judgePending(seen: ProbeSight, words: string): ProbeVerdict {
  if (seen.reason === 'Unschedulable') return waitOr(seen, ROOM_PATIENCE, { state: 'skipped', because: words });
  if (seen.reason === UNSEEN) return waitOr(seen, SCHEDULER_PATIENCE, { state: 'skipped', because: words });
  if (!IN_TROUBLE.test(seen.reason)) return { state: 'waiting', waitingFor: seen.reason || 'the kubelet' };
  return CERTAIN.test(words) ? { state: 'failed', because: words } : waitOr(seen, PULL_PATIENCE, { state: 'failed', because: words });
}

function waitOr(seen: ProbeSight, patience: number, over: ProbeVerdict): ProbeVerdict {
  return seen.troubledMilliseconds < patience ? { state: 'waiting', waitingFor: seen.reason } : over;
}

export interface Probe {
  readonly node: string;
  readonly verdict: ProbeVerdict;
}

/** `left` are nodes that were not tried, because there are too many. */
export function judgeProbes(image: string, probes: readonly Probe[], left: number): Finding[] {
  const source = `pods that ran once on ${probes.length} nodes`;
  const failed = probes.flatMap(({ node, verdict }) => (verdict.state === 'failed' ? [`${node}: ${verdict.because}`] : []));
  const open = probes.flatMap(openQuestion);
  const proven = probes.filter((each) => each.verdict.state === 'proven').length;
  if (failed.length > 0)
    return [
      {
        id: ID,
        state: 'fail',
        because: `${image} cannot run on ${failed.length} of ${probes.length} nodes: ${someOf(failed, 4)}`,
        remedy: REMEDY,
        source,
        waivable: true,
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

function openQuestion({ node, verdict }: Probe): string[] {
  if (verdict.state === 'skipped') return [`${node}: ${verdict.because}`];
  return verdict.state === 'waiting' ? [`${node}: still waiting for ${verdict.waitingFor}`] : [];
}

const REMEDY =
  'Mend the image, its registry, or its pull secret, and run again; nothing was changed. Waive this when the image can be had by the time it is needed.';
