// The life of the probe pods: made, watched, and removed again. What became of each is judged in core/checks/image-probe.ts.
import type { V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { ProbeSight } from '../../core/checks/image-probe.js';
import type { Goal } from '../../core/goal.js';
import { pause } from '../../deadline.js';
import { apiError, isStatus, withSignal, type Cluster } from '../cluster.js';
import { LiveList } from '../live-list.js';
import { labelValue } from '../../core/object-name.js';
import { nodeOfProbe, PROBE_LABEL, probePod, readProbe } from './probe-pod.js';

/** Trouble is looked at so often even when nothing moves. */
const LOOK_MILLISECONDS = 1000;
/** Removing the pods takes a request each. */
const END_MILLISECONDS = 30_000;
const END_AFTER_CANCEL_MILLISECONDS = 500;

/** A node, a template of the pods it will have, and the images beside Milvus' own that it has not yet. */
export interface Place {
  readonly node: string;
  readonly like: V1PodTemplateSpec;
  readonly others: readonly string[];
}

export interface ProbeTools {
  readonly cluster: Cluster;
  readonly goal: Goal;
  readonly run: string;
  readonly signal: AbortSignal;
}

export class ProbeWatch {
  readonly #tools: ProbeTools;
  readonly #image: string;
  readonly #list: LiveList<V1Pod>;
  readonly #selector: string;
  /** Nodes on which no pod could be made, and why. */
  readonly #refused = new Map<string, string>();
  readonly #asked = new Set<string>();
  readonly #troubledSince = new Map<string, number>();
  readonly #told = new Map<string, string>();
  #wake: () => void = () => undefined;

  constructor(tools: ProbeTools, image: string) {
    this.#tools = tools;
    this.#image = image;
    const { cluster, goal } = tools;
    this.#selector = `${PROBE_LABEL}=${labelValue(goal.release)}`;
    this.#list = new LiveList<V1Pod>({
      config: cluster.config,
      path: `/api/v1/namespaces/${goal.namespace}/pods`,
      labelSelector: this.#selector,
      list: () => cluster.core.listNamespacedPod({ namespace: goal.namespace, labelSelector: this.#selector }),
      onChange: () => this.#wake(),
      onLost: () => undefined,
    });
  }

  /** Watches, and removes what a dead run left: our lock is held, so nobody else's probes are there. */
  async begin(): Promise<void> {
    await this.#list.refresh(this.#tools.signal).catch((error: unknown) => {
      throw apiError(error, 'list pods', this.#tools.cluster.server);
    });
    await this.#removeAll(this.#list.items());
  }

  /** A quota or an admission rule may refuse the pod; that says nothing of the image. */
  async start({ node, like, others }: Place): Promise<void> {
    const { cluster, goal, run } = this.#tools;
    this.#asked.add(node);
    const body = probePod({ release: goal.release, run, image: this.#image, others, node, deadlineSeconds: goal.stepTimeoutSeconds }, like);
    try {
      await cluster.core.createNamespacedPod({ namespace: goal.namespace, body });
    } catch (error) {
      this.#refused.set(node, (apiError(error, 'create pods', cluster.server) as Error).message);
    }
  }

  /** One sight for each node that was asked. */
  async look(): Promise<ProbeSight[]> {
    const pods = this.#list.items().filter((pod) => !pod.metadata?.deletionTimestamp);
    return Promise.all(
      [...this.#asked].map((node) =>
        this.#sightOf(
          node,
          pods.find((pod) => nodeOfProbe(pod) === node),
        ),
      ),
    );
  }

  async changed(): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    await Promise.race([woken, pause(LOOK_MILLISECONDS, this.#tools.signal)]);
  }

  /** Never throws: a probe that stays ends by its own deadline, and the next run removes it. */
  async end(): Promise<void> {
    const { goal } = this.#tools;
    this.#list.stop();
    // After a cancel as well, in the little time that there is then.
    const cluster = withSignal(this.#tools.cluster, AbortSignal.timeout(this.#tools.signal.aborted ? END_AFTER_CANCEL_MILLISECONDS : END_MILLISECONDS));
    const left =
      this.#asked.size > 0 ? await cluster.core.listNamespacedPod({ namespace: goal.namespace, labelSelector: this.#selector }).catch(() => null) : null;
    await this.#removeAll(left?.items ?? [], cluster).catch(() => undefined);
  }

  async #sightOf(node: string, pod: V1Pod | undefined): Promise<ProbeSight> {
    const refused = this.#refused.get(node);
    if (refused !== undefined) return { node, phase: 'Failed', reason: 'NotCreated', message: refused, exitCode: null, troubledMilliseconds: 0 };
    if (!pod) return { node, phase: 'Pending', reason: '', message: '', exitCode: null, troubledMilliseconds: 0 };
    const seen = readProbe(pod);
    const message = /ImagePullBackOff|ErrImagePull/.test(seen.reason) ? `${seen.message} ${await this.#eventsOf(pod)}`.trim() : seen.message;
    return { ...seen, message, troubledMilliseconds: this.#troubleOf(node, seen.reason) };
  }

  #troubleOf(node: string, reason: string): number {
    if (/^$|ContainerCreating|PodInitializing|Completed/.test(reason)) return 0;
    const now = performance.now();
    if (!this.#troubledSince.has(node)) this.#troubledSince.set(node, now);
    return now - (this.#troubledSince.get(node) ?? now);
  }

  /** While it backs off, the kubelet says why only in the events of the pod. */
  async #eventsOf({ metadata }: V1Pod): Promise<string> {
    const name = metadata?.name ?? '';
    const { cluster, goal } = this.#tools;
    const found = await cluster.core.listNamespacedEvent({ namespace: goal.namespace, fieldSelector: `involvedObject.name=${name}` }).catch(() => null);
    const why = (found?.items ?? []).map((each) => each.message ?? '').find((text) => /Failed to pull/i.test(text));
    if (why) this.#told.set(name, why);
    return this.#told.get(name) ?? '';
  }

  async #removeAll(pods: readonly V1Pod[], cluster = this.#tools.cluster): Promise<void> {
    const { goal } = this.#tools;
    await Promise.all(
      pods.map(async ({ metadata }) => {
        await cluster.core.deleteNamespacedPod({ name: metadata?.name ?? '', namespace: goal.namespace, gracePeriodSeconds: 0 }).catch((error: unknown) => {
          if (!isStatus(error, 404)) throw apiError(error, 'delete pods', cluster.server);
        });
      }),
    );
  }
}
