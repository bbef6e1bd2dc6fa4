// Observes the cluster from the test, with watches over every namespace of the test: the reference times against which
// the action is measured.
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  type Informer,
  type KubernetesListObject,
  type KubernetesObject,
  type ObjectCache,
  type V1Deployment,
  type V1PersistentVolumeClaim,
  type V1Pod,
  type V1Secret,
} from '@kubernetes/client-node';
import { downNow, marksOf, timeOf, type Mark, type Shown } from './cause-marks.js';
import { pause } from './cause-stage.js';

/** Some marks depend on elapsed time only, without a change of an object. */
const TICK_MILLISECONDS = 1000;
/** The delay before a broken watch is reconnected. */
const REOPEN_MILLISECONDS = 500;
const RELEASES = 'owner=helm';

/** When each mark was first observed in one namespace, in milliseconds. */
export interface Facts {
  readonly first: ReadonlyMap<Mark, number>;
}

interface Seen {
  readonly first: Map<Mark, number>;
  readonly ends: Map<string, Date>;
  /** Milliseconds in which a terminated container was not running, and no old pod of its component was terminating. */
  readonly down: Map<string, number>;
  /**
   * The containers that were down at the previous observation, and its time: observations are not always one second
   * apart.
   */
  downBefore: ReadonlySet<string>;
  observedAt: number;
}

type Kept<T extends KubernetesObject> = Informer<T> & ObjectCache<T>;

export class Witness {
  readonly #observation = new Map<string, Seen>();
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
    this.#revisions = this.#keep(
      '/api/v1/secrets',
      () => core.listSecretForAllNamespaces({ labelSelector: RELEASES }),
      RELEASES,
    );
    this.#timer = setInterval(() => {
      for (const namespace of this.#observation.keys()) this.#note(namespace);
    }, TICK_MILLISECONDS);
  }

  /**
   * The observations until now, plus one interval: the action may end before the watch of the test has received the
   * same change.
   */
  async facts(namespace: string): Promise<Facts> {
    await pause(TICK_MILLISECONDS / 1000);
    // A copy: changes after the end, possibly much later, are not part of the scenario.
    return { first: new Map(this.#of(namespace).first) };
  }

  /** Discards the observations until now: pods also start, wait and terminate while a stage is set up. */
  forget(namespace: string): void {
    this.#observation.delete(namespace);
  }

  /** Adds a mark for an action of the test itself. */
  mark(namespace: string, mark: Mark): void {
    this.#of(namespace).first.set(mark, Date.now());
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    for (const watch of [this.#pods, this.#deployments, this.#claims, this.#revisions]) void watch.stop();
  }

  #keep<T extends KubernetesObject>(
    path: string,
    list: () => Promise<KubernetesListObject<T>>,
    labels?: string,
  ): Kept<T> {
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

  #clockDown(observation: Seen, pods: readonly V1Pod[]): void {
    const [now, keys] = [Date.now(), new Set(downNow(pods))];
    for (const key of observation.downBefore) {
      const total = (observation.down.get(key) ?? 0) + now - observation.observedAt;
      observation.down.set(key, total);
      for (const mark of ['down 60', 'down 120'])
        if (total >= Number(mark.slice(5)) * 1000 && !observation.first.has(mark)) observation.first.set(mark, now);
    }
    [observation.downBefore, observation.observedAt] = [keys, now];
  }

  #of(namespace: string): Seen {
    const observation = this.#observation.get(namespace) ?? {
      first: new Map(),
      ends: new Map(),
      down: new Map(),
      downBefore: new Set<string>(),
      observedAt: 0,
    };
    this.#observation.set(namespace, observation);
    return observation;
  }

  #note(namespace: string): void {
    const observation = this.#of(namespace);
    const shown: Shown = {
      pods: [...this.#pods.list(namespace)],
      deployments: [...this.#deployments.list(namespace)],
      claims: [...this.#claims.list(namespace)],
      revisions: [...this.#revisions.list(namespace)],
    };
    this.#clockDown(observation, shown.pods);
    // For this mark, the last time counts.
    if (shown.pods.some((pod) => pod.metadata?.deletionTimestamp)) observation.first.set('room may come', Date.now());
    // A slow kubelet moves the deadline of a terminating pod: the last one counts.
    for (const [mark, at] of marksOf(shown, observation.ends))
      if (mark === 'overdue' || !observation.first.has(mark)) observation.first.set(mark, timeOf(at));
  }
}
