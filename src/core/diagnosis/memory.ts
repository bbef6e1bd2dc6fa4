// What is remembered of each pod from look to look, because Kubernetes itself forgets it: earlier exits, and why an image could not be pulled.
import { kubernetesEventsOf, type ContainerSnapshot, type Exit, type Snapshot, type PodSnapshot } from './sight.js';

export interface PodMemory {
  /** Every exit that was seen, oldest first, by container. */
  readonly exits: Readonly<Record<string, readonly Exit[]>>;
  /** How often each container had ended before this run first looked. */
  readonly endedBefore: Readonly<Record<string, number>>;
  /** The last word on a pull that says more than that it failed, by container. */
  readonly pulls: Readonly<Record<string, string>>;
  /** True for a pod that was evicted before this run first looked. */
  readonly goneBefore: boolean;
}

export type PodMemories = ReadonlyMap<string, PodMemory>;

/** Longer histories say nothing more. */
const MOST_EXITS = 20;

/** Remembers the pods that are there and forgets the others. `before` is null at the first look of a run. */
export function remember(before: PodMemories | null, look: Snapshot): PodMemories {
  return new Map(look.pods.map((pod) => [pod.uid, rememberPod(before?.get(pod.uid) ?? firstSnapshot(pod, before === null), pod, look)]));
}

/** Exits of a pod that the first look found are of the time before: what caused them may be mended. Those of a pod that came later are not. */
function firstSnapshot(pod: PodSnapshot, isFirstSnapshot: boolean): PodMemory {
  const ended = Object.fromEntries(pod.containers.map((each) => [each.name, isFirstSnapshot ? timesEnded(each) : 0]));
  return { exits: {}, endedBefore: ended, pulls: {}, goneBefore: isFirstSnapshot && (pod.phase === 'Failed' || pod.phase === 'Succeeded') };
}

function rememberPod(known: PodMemory, pod: PodSnapshot, look: Snapshot): PodMemory {
  const exits = Object.fromEntries(pod.containers.map((each) => [each.name, withExit(known.exits[each.name] ?? [], each.lastExit)]));
  const pulls = Object.fromEntries(pod.containers.map((each) => [each.name, pullWords(pod, each, look) || (known.pulls[each.name] ?? '')]));
  return { ...known, exits, pulls };
}

function withExit(exits: readonly Exit[], exit: Exit | null): readonly Exit[] {
  return exit === null || exits.at(-1)?.at === exit.at ? exits : [...exits, exit].slice(-MOST_EXITS);
}

/** "Back-off pulling image" alone hides why; newer kubelets add the reason to it. */
const SAYS_NOTHING = /^Back-off pulling image "[^"]*"$/;

function pullWords(pod: PodSnapshot, container: ContainerSnapshot, look: Snapshot): string {
  if (container.state !== 'waiting') return '';
  const own = /Image|Pull|Registry/.test(container.reason) && !SAYS_NOTHING.test(container.message) ? container.message : '';
  const told = kubernetesEventsOf(pod, look).filter((each) => each.reason === 'Failed' && /pull/i.test(each.message));
  const aboutIt = told.filter((each) => each.message.includes(container.image));
  return own || ((aboutIt.length > 0 ? aboutIt : told).toSorted(byTime).at(-1)?.message ?? '');
}

function byTime(a: { readonly lastAt: string }, b: { readonly lastAt: string }): number {
  return Date.parse(a.lastAt) - Date.parse(b.lastAt);
}

/** How often a container has ended in all; one that lies in its back-off has ended once more than it was restarted. */
export function timesEnded({ state, restarts, lastExit }: ContainerSnapshot): number {
  return restarts + Number(state !== 'running' && lastExit !== null);
}

export function endedInThisRun(container: ContainerSnapshot, memory: PodMemory | undefined): number {
  return Math.max(0, timesEnded(container) - (memory?.endedBefore[container.name] ?? 0));
}
