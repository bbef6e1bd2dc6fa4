// What the cluster shows, seen by the test itself, once a second and over every namespace of the test: the clock against which the action is measured.
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  type V1ContainerState,
  type V1ContainerStatus,
  type V1Deployment,
  type V1PersistentVolumeClaim,
  type V1Pod,
  type V1Secret,
} from '@kubernetes/client-node';

const LOOK_MILLISECONDS = 1000;

/** What may be seen of one installation; a number behind a word counts. */
export type Mark = string;

/** When each mark was first seen in one namespace, in milliseconds, and when anything there last changed. */
export interface Facts {
  readonly first: ReadonlyMap<Mark, number>;
  readonly changedAt: number;
}

interface Seen {
  readonly first: Map<Mark, number>;
  readonly ends: Set<string>;
  text: string;
  changedAt: number;
}

interface Shown {
  readonly pods: V1Pod[];
  readonly deployments: V1Deployment[];
  readonly claims: V1PersistentVolumeClaim[];
  readonly revisions: V1Secret[];
}

export class Witness {
  readonly #core: CoreV1Api;
  readonly #apps: AppsV1Api;
  readonly #seen = new Map<string, Seen>();
  readonly #timer: NodeJS.Timeout;
  readonly #prefix: string;
  #busy = false;
  constructor(kubeconfig: string, prefix: string) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    [this.#core, this.#apps] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api)];
    this.#prefix = prefix;
    this.#timer = setInterval(() => void this.#look(), LOOK_MILLISECONDS);
  }

  facts(namespace: string): Facts {
    return this.#of(namespace);
  }

  /** For what the test does itself. */
  mark(namespace: string, mark: Mark): void {
    this.#of(namespace).first.set(mark, Date.now());
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const [pods, deployments, claims, revisions] = await Promise.all([
        this.#core.listPodForAllNamespaces(),
        this.#apps.listDeploymentForAllNamespaces(),
        this.#core.listPersistentVolumeClaimForAllNamespaces(),
        this.#core.listSecretForAllNamespaces({ labelSelector: 'owner=helm' }),
      ]);
      const here = <T extends { metadata?: { namespace?: string } }>(items: T[], namespace: string): T[] =>
        items.filter((each) => each.metadata?.namespace === namespace);
      const namespaces = new Set(deployments.items.map((each) => each.metadata?.namespace ?? '').filter((each) => each.startsWith(this.#prefix)));
      for (const name of namespaces) {
        const shown = {
          pods: here(pods.items, name),
          deployments: here(deployments.items, name),
          claims: here(claims.items, name),
          revisions: here(revisions.items, name),
        };
        this.#note(name, shown);
      }
    } catch {
      // The next look comes in a second.
    } finally {
      this.#busy = false;
    }
  }

  #of(namespace: string): Seen {
    const seen = this.#seen.get(namespace) ?? { first: new Map(), ends: new Set(), text: '', changedAt: Date.now() };
    this.#seen.set(namespace, seen);
    return seen;
  }

  #note(namespace: string, shown: Shown): void {
    const seen = this.#of(namespace);
    // Helm's record changes without the cluster doing anything.
    const text = JSON.stringify({ ...shown, revisions: [] });
    if (text !== seen.text) Object.assign(seen, { text, changedAt: Date.now() });
    for (const mark of marksOf(shown, seen.ends)) if (!seen.first.has(mark)) seen.first.set(mark, Date.now());
  }
}

function marksOf({ pods, deployments, claims, revisions }: Shown, ends: Set<string>): Mark[] {
  const conditions = deployments.flatMap((each) => each.status?.conditions ?? []);
  return [
    ...pods.flatMap((pod) => containersOf(pod).flatMap((each) => containerMarks(pod, each, ends))),
    ...counted('restarts', Math.max(0, ...pods.flatMap(containersOf).map((each) => each.restartCount))),
    ...counted('evicted', pods.filter((pod) => pod.status?.reason === 'Evicted').length),
    ...pods.flatMap((pod) =>
      (pod.status?.conditions ?? []).filter((each) => each.status === 'False').map((each) => `${each.type} ${each.reason ?? ''}`.trim()),
    ),
    ...conditions.filter((each) => each.type === 'ReplicaFailure' && each.status === 'True').map(() => 'ReplicaFailure'),
    ...conditions.filter((each) => each.reason === 'ProgressDeadlineExceeded').map(() => 'ProgressDeadlineExceeded'),
    ...revisions.map((each) => `release ${each.metadata?.labels?.status}`),
    ...claims.filter((each) => each.status?.phase === 'Pending').map(() => 'claim Pending'),
    ...pods.flatMap((pod) => (pod.metadata?.deletionTimestamp ? ['terminating', ...overdue(pod)] : [])),
  ];
}

function overdue({ metadata }: V1Pod): Mark[] {
  return Date.now() > new Date(metadata?.deletionTimestamp ?? 0).getTime() ? ['overdue'] : [];
}

function containersOf({ status }: V1Pod): V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** A container is known to have ended as often as different moments of its end were seen. */
function containerMarks(pod: V1Pod, { name, state, lastState }: V1ContainerStatus, ends: Set<string>): Mark[] {
  const key = `${pod.metadata?.uid}/${name}`;
  if (pod.metadata?.deletionTimestamp) return [];
  for (const { terminated } of [state, lastState].filter((each): each is V1ContainerState => each !== undefined)) {
    if (terminated) ends.add(`${key} ${terminated.reason} ${new Date(terminated.finishedAt ?? 0).toISOString()}`);
  }
  const mine = [...ends].filter((each) => each.startsWith(key));
  return [
    ...(state?.waiting?.reason ? [state.waiting.reason] : []),
    ...counted('ended', mine.length),
    ...counted('OOMKilled', mine.filter((each) => each.includes('OOMKilled')).length),
  ];
}

function counted(word: string, count: number): Mark[] {
  return Array.from({ length: count }, (_, at) => `${word} ${at + 1}`);
}
