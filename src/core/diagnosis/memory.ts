// Keeps data of each pod between observations that Kubernetes does not keep: earlier exits, and why an image could not
// be pulled.
import { hasEnded, type PodContainer, type Exit } from '../model/pod.js';
import { kubernetesEventsOf, type Snapshot, type PodSnapshot } from './snapshot.js';

export interface PodMemory {
  /** Every observed exit by container, oldest first. */
  readonly exits: Readonly<Record<string, readonly Exit[]>>;
  /** How many times each container had terminated before the first observation of this run. */
  readonly endedBefore: Readonly<Record<string, number>>;
  /** The latest message on a pull that contains a reason, by container. */
  readonly pulls: Readonly<Record<string, string>>;
  /** True for a pod that was evicted before the first observation of this run. */
  readonly goneBefore: boolean;
}

export type PodMemories = ReadonlyMap<string, PodMemory>;

/** Longer histories add no information. */
const MAX_EXITS = 20;

/** Keeps the data of the existing pods and drops the others. `before` is null at the first observation of a run. */
export function remember(before: PodMemories | null, snapshot: Snapshot): PodMemories {
  return new Map(
    snapshot.pods.map((pod) => [
      pod.uid,
      rememberPod(before?.get(pod.uid) ?? firstSnapshot(pod, before === null), pod, snapshot),
    ]),
  );
}

/**
 * Exits of a pod that the first observation finds happened before this run: their cause may be fixed. Exits of a later
 * pod happened in this run.
 */
function firstSnapshot(pod: PodSnapshot, isFirstSnapshot: boolean): PodMemory {
  const ended = Object.fromEntries(
    pod.containers.map((container) => [container.name, isFirstSnapshot ? timesEnded(container) : 0]),
  );
  return {
    exits: {},
    endedBefore: ended,
    pulls: {},
    goneBefore: isFirstSnapshot && hasEnded(pod),
  };
}

function rememberPod(known: PodMemory, pod: PodSnapshot, snapshot: Snapshot): PodMemory {
  const exits = Object.fromEntries(
    pod.containers.map((container) => [
      container.name,
      withExit(known.exits[container.name] ?? [], container.lastExit),
    ]),
  );
  const pulls = Object.fromEntries(
    pod.containers.map((container) => [
      container.name,
      pullWords(pod, container, snapshot) || (known.pulls[container.name] ?? ''),
    ]),
  );
  return { ...known, exits, pulls };
}

function withExit(exits: readonly Exit[], exit: Exit | null): readonly Exit[] {
  return exit === null || exits.at(-1)?.at === exit.at ? exits : [...exits, exit].slice(-MAX_EXITS);
}

/** "Back-off pulling image" alone contains no reason; newer kubelets append it. */
const SAYS_NOTHING = /^Back-off pulling image "[^"]*"$/;

function pullWords(pod: PodSnapshot, container: PodContainer, snapshot: Snapshot): string {
  if (container.state !== 'waiting') return '';
  const own =
    /Image|Pull|Registry/.test(container.reason) && !SAYS_NOTHING.test(container.message) ? container.message : '';
  const failures = kubernetesEventsOf(pod, snapshot).filter(
    (event) => event.reason === 'Failed' && /pull/i.test(event.message),
  );
  const ofThisImage = failures.filter((event) => event.message.includes(container.image));
  return own || ((ofThisImage.length > 0 ? ofThisImage : failures).toSorted(byTime).at(-1)?.message ?? '');
}

function byTime(a: { readonly lastAt: string }, b: { readonly lastAt: string }): number {
  return Date.parse(a.lastAt) - Date.parse(b.lastAt);
}

/**
 * How many times a container has terminated; a container in back-off has terminated once more than it was restarted.
 */
export function timesEnded({ state, restarts, lastExit }: PodContainer): number {
  return restarts + Number(state !== 'running' && lastExit !== null);
}

export function endedInThisRun(container: PodContainer, memory: PodMemory | undefined): number {
  return Math.max(0, timesEnded(container) - (memory?.endedBefore[container.name] ?? 0));
}
