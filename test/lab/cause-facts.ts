// What the cluster shows, seen by the test itself through watches over every namespace of the test: the clock against which the action is measured.
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  type Informer,
  type KubernetesListObject,
  type KubernetesObject,
  type ObjectCache,
  type V1ContainerStatus,
  type V1Deployment,
  type V1PersistentVolumeClaim,
  type V1Pod,
  type V1Secret,
} from '@kubernetes/client-node';

/** Some marks are of time that passes, and no object changes then. */
const TICK_MILLISECONDS = 1000;
/** A watch that broke is opened again after this. */
const REOPEN_MILLISECONDS = 500;
const RELEASES = 'owner=helm';

/** What may be seen of one installation; a number behind a word counts. */
export type Mark = string;

/** When each mark was first seen in one namespace, in milliseconds. */
export interface Facts {
  readonly first: ReadonlyMap<Mark, number>;
}

interface Seen {
  readonly first: Map<Mark, number>;
  readonly ends: Map<string, Date>;
  /** Milliseconds in which a container that had ended was not running, and no old pod of its component was ending. */
  readonly down: Map<string, number>;
  /** Those that were down at the look before, and when that was: looks are not always a second apart. */
  downBefore: ReadonlySet<string>;
  lookedAt: number;
}

interface Shown {
  readonly pods: V1Pod[];
  readonly deployments: V1Deployment[];
  readonly claims: V1PersistentVolumeClaim[];
  readonly revisions: V1Secret[];
}

type Kept<T extends KubernetesObject> = Informer<T> & ObjectCache<T>;

export class Witness {
  readonly #seen = new Map<string, Seen>();
  readonly #timer: NodeJS.Timeout;
  readonly #config = new KubeConfig();
  readonly #prefix: string;
  readonly #pods: Kept<V1Pod>;
  readonly #deployments: Kept<V1Deployment>;
  readonly #claims: Kept<V1PersistentVolumeClaim>;
  readonly #revisions: Kept<V1Secret>;
  #stopped = false;
  constructor(kubeconfig: string, prefix: string) {
    this.#config.loadFromFile(kubeconfig);
    const [core, apps] = [this.#config.makeApiClient(CoreV1Api), this.#config.makeApiClient(AppsV1Api)];
    this.#prefix = prefix;
    this.#pods = this.#keep('/api/v1/pods', () => core.listPodForAllNamespaces());
    this.#deployments = this.#keep('/apis/apps/v1/deployments', () => apps.listDeploymentForAllNamespaces());
    this.#claims = this.#keep('/api/v1/persistentvolumeclaims', () => core.listPersistentVolumeClaimForAllNamespaces());
    this.#revisions = this.#keep('/api/v1/secrets', () => core.listSecretForAllNamespaces({ labelSelector: RELEASES }), RELEASES);
    this.#timer = setInterval(() => {
      for (const namespace of this.#seen.keys()) this.#note(namespace);
    }, TICK_MILLISECONDS);
  }

  /** What was seen until now, with a tick to spare: an action may end sooner after what it met than the watch that tells it here. */
  async facts(namespace: string): Promise<Facts> {
    await new Promise((resolve) => setTimeout(resolve, TICK_MILLISECONDS));
    // A copy: what comes after the end is no part of the play, and may be much later than the end.
    return { first: new Map(this.#of(namespace).first) };
  }

  /** Forgets what was seen until now: while a stage is set up, pods come, wait and go as well. */
  forget(namespace: string): void {
    this.#seen.delete(namespace);
  }

  /** For what the test does itself. */
  mark(namespace: string, mark: Mark): void {
    this.#of(namespace).first.set(mark, Date.now());
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    for (const each of [this.#pods, this.#deployments, this.#claims, this.#revisions]) void each.stop();
  }

  #keep<T extends KubernetesObject>(path: string, list: () => Promise<KubernetesListObject<T>>, labels?: string): Kept<T> {
    const kept = makeInformer<T>(this.#config, path, list, labels);
    kept.on('change', ({ metadata }) => {
      if (metadata?.namespace?.startsWith(this.#prefix)) this.#note(metadata.namespace);
    });
    kept.on('error', () => {
      if (!this.#stopped) setTimeout(() => void kept.start(), REOPEN_MILLISECONDS);
    });
    void kept.start();
    return kept;
  }

  #clockDown(seen: Seen, pods: readonly V1Pod[]): void {
    const [now, keys] = [Date.now(), new Set(downNow(pods))];
    for (const key of seen.downBefore) {
      const total = (seen.down.get(key) ?? 0) + now - seen.lookedAt;
      seen.down.set(key, total);
      for (const mark of ['down 60', 'down 120']) if (total >= Number(mark.slice(5)) * 1000 && !seen.first.has(mark)) seen.first.set(mark, now);
    }
    [seen.downBefore, seen.lookedAt] = [keys, now];
  }

  #of(namespace: string): Seen {
    const seen = this.#seen.get(namespace) ?? { first: new Map(), ends: new Map(), down: new Map(), downBefore: new Set<string>(), lookedAt: 0 };
    this.#seen.set(namespace, seen);
    return seen;
  }

  #note(namespace: string): void {
    const seen = this.#of(namespace);
    const shown: Shown = {
      pods: [...this.#pods.list(namespace)],
      deployments: [...this.#deployments.list(namespace)],
      claims: [...this.#claims.list(namespace)],
      revisions: [...this.#revisions.list(namespace)],
    };
    this.#clockDown(seen, shown.pods);
    // Of this one the last time counts.
    if (shown.pods.some((pod) => pod.metadata?.deletionTimestamp)) seen.first.set('room may come', Date.now());
    // A kubelet that is late moves the deadline of a pod that ends: the last one counts.
    for (const [mark, at] of marksOf(shown, seen.ends)) if (mark === 'overdue' || !seen.first.has(mark)) seen.first.set(mark, timeOf(at));
  }
}

/** What the rule for crash loops counts: the back-off, not the time in which a container runs. */
function downNow(pods: readonly V1Pod[]): string[] {
  const ending = new Set(pods.filter((pod) => pod.metadata?.deletionTimestamp).map((pod) => pod.metadata?.labels?.component));
  const settled = pods.filter((pod) => !ending.has(pod.metadata?.labels?.component));
  const isDown = ({ state, lastState }: V1ContainerStatus): boolean =>
    state?.terminated !== undefined || (state?.waiting !== undefined && lastState?.terminated !== undefined);
  return settled.flatMap((pod) =>
    containersOf(pod)
      .filter(isDown)
      .map((each) => `${pod.metadata?.uid}/${each.name}`),
  );
}

/** Something seen, and when it came about by the cluster's own clock, where an object says it; else it is as old as the look. */
type Sighting = readonly [mark: Mark, at?: Date | undefined];

function timeOf(at: Date | undefined): number {
  return at ? new Date(at).getTime() : Date.now();
}

function marksOf({ pods, deployments, claims, revisions }: Shown, ends: Map<string, Date>): Sighting[] {
  const conditions = deployments.flatMap((each) => each.status?.conditions ?? []);
  return [
    ...pods.flatMap((pod) => containersOf(pod).flatMap((each) => containerMarks(pod, each, ends))),
    ...pods.flatMap(podMarks),
    ...inOrder('evicted', pods.filter(isEvicted).map(endOf)),
    ...conditions
      .filter((each) => each.type === 'ReplicaFailure' && each.status === 'True')
      .map((each) => ['ReplicaFailure', each.lastTransitionTime] as const),
    ...conditions.filter((each) => each.reason === 'ProgressDeadlineExceeded').map((each) => [each.reason ?? '', each.lastTransitionTime] as const),
    ...revisions.map((each) => [`release ${each.metadata?.labels?.status}`] as const),
    ...claims.filter((each) => each.status?.phase === 'Pending').map((each) => ['claim Pending', each.metadata?.creationTimestamp] as const),
  ];
}

function podMarks({ metadata, spec, status }: V1Pod): Sighting[] {
  const no = (status?.conditions ?? []).filter((each) => each.status === 'False');
  const deadline = metadata?.deletionTimestamp;
  const unseen = !spec?.nodeName && !status?.conditions;
  const overdue = deadline && Date.now() > new Date(deadline).getTime();
  return [
    ...no.map((each) => [`${each.type} ${each.reason ?? ''}`.trim(), each.lastTransitionTime] as const),
    ...(unseen ? [['unseen', metadata?.creationTimestamp] as const] : []),
    ...(overdue ? [['overdue', deadline] as const] : []),
  ];
}

/** A pod of a Deployment ends for good, without being deleted, only when its node ends it. */
function isEvicted({ metadata, status }: V1Pod): boolean {
  const owned = metadata?.ownerReferences?.some((each) => each.kind === 'ReplicaSet') === true;
  return owned && !metadata.deletionTimestamp && ['Failed', 'Succeeded'].includes(status?.phase ?? '');
}

function endOf(pod: V1Pod): Date {
  return containersOf(pod).find((each) => each.state?.terminated?.finishedAt)?.state?.terminated?.finishedAt ?? new Date();
}

function containersOf({ status }: V1Pod): V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** A container is known to have ended as often as different moments of its end were seen. */
function containerMarks({ metadata }: V1Pod, { name, state, lastState, restartCount }: V1ContainerStatus, ends: Map<string, Date>): Sighting[] {
  if (metadata?.deletionTimestamp) return [];
  const key = `${metadata?.uid}/${name}`;
  const terminated = [state?.terminated, lastState?.terminated].filter((each) => each !== undefined);
  for (const { reason, finishedAt } of terminated) if (finishedAt) ends.set(`${key} ${reason} ${new Date(finishedAt).toISOString()}`, finishedAt);
  const mine = [...ends].filter(([each]) => each.startsWith(key));
  const startedAt = state?.running?.startedAt ?? terminated[0]?.startedAt;
  return [
    ...(state?.waiting?.reason ? [[state.waiting.reason] as const] : []),
    ...Array.from({ length: restartCount }, (_, at) => [`restarts ${at + 1}`, startedAt] as const),
    ...inOrder(
      'ended',
      mine.map(([, at]) => at),
    ),
    ...inOrder(
      'OOMKilled',
      mine.filter(([each]) => each.includes('OOMKilled')).map(([, at]) => at),
    ),
  ];
}

function inOrder(word: string, times: readonly Date[]): Sighting[] {
  return [...times].sort((a, b) => timeOf(a) - timeOf(b)).map((each, at) => [`${word} ${at + 1}`, each]);
}
