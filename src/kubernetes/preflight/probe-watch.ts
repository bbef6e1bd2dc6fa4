// The lifecycle of the probe pods: created, watched, and deleted. The results are evaluated in
// core/checks/image-probe.ts.
import type { V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { ProbeSnapshot } from '../../core/checks/image-probe.js';
import type { HelmConfig } from '../../core/config/config.js';
import { pause } from '../../run/deadline.js';
import type { Cluster } from '../client/cluster.js';
import { apiError, isStatus } from '../client/api-error.js';
import { withSignal } from '../client/connect.js';
import { LiveList } from '../client/live-list.js';
import { labelValue } from '../../core/lib/object-name.js';
import { nodeOfProbe, PROBE_LABEL, probePod, readProbe } from './probe-pod.js';

/** The poll interval for trouble, even without a change. */
const OBSERVATION_MILLISECONDS = 1000;
/** The time limit for deleting the pods, one request each. */
const END_MILLISECONDS = 30_000;
const END_AFTER_CANCEL_MILLISECONDS = 500;

/** A node, a template of the pods that will run on it, and the other images that are not on it yet. */
export interface Place {
  readonly node: string;
  readonly like: V1PodTemplateSpec;
  readonly others: readonly string[];
}

export interface ProbeTools {
  readonly cluster: Cluster;
  readonly config: HelmConfig;
  readonly run: string;
  readonly signal: AbortSignal;
}

export class ProbeWatch {
  readonly #tools: ProbeTools;
  readonly #image: string;
  readonly #list: LiveList<V1Pod>;
  readonly #selector: string;
  /** Nodes on which no pod could be created, and why. */
  readonly #refused = new Map<string, string>();
  readonly #requested = new Set<string>();
  readonly #troubledSince = new Map<string, number>();
  readonly #reported = new Map<string, string>();
  #wake: () => void = () => undefined;

  constructor(tools: ProbeTools, image: string) {
    this.#tools = tools;
    this.#image = image;
    const { cluster, config } = tools;
    this.#selector = `${PROBE_LABEL}=${labelValue(config.release)}`;
    this.#list = new LiveList<V1Pod>({
      config: cluster.config,
      path: `/api/v1/namespaces/${config.namespace}/pods`,
      labelSelector: this.#selector,
      list: () => cluster.core.listNamespacedPod({ namespace: config.namespace, labelSelector: this.#selector }),
      onChange: () => this.#wake(),
      onLost: () => undefined,
    });
  }

  /** Starts the watch, and deletes the pods of a dead run: this run holds the lock, so no other run has probe pods. */
  async begin(): Promise<void> {
    await this.#list.refresh(this.#tools.signal).catch((error: unknown) => {
      throw apiError(error, 'list pods', this.#tools.cluster.server);
    });
    await this.#removeAll(this.#list.items());
  }

  /** A quota or an admission rule can reject the pod; that is not a result for the image. */
  async start({ node, like, others }: Place): Promise<void> {
    const { cluster, config, run } = this.#tools;
    this.#requested.add(node);
    const body = probePod(
      { release: config.release, run, image: this.#image, others, node, deadlineSeconds: config.stepTimeoutSeconds },
      like,
    );
    try {
      await cluster.core.createNamespacedPod({ namespace: config.namespace, body });
    } catch (error) {
      this.#refused.set(node, (apiError(error, 'create pods', cluster.server) as Error).message);
    }
  }

  /** One result for each probed node. */
  async observe(): Promise<ProbeSnapshot[]> {
    const pods = this.#list.items().filter((pod) => !pod.metadata?.deletionTimestamp);
    return Promise.all(
      [...this.#requested].map((node) =>
        this.#snapshotOf(
          node,
          pods.find((pod) => nodeOfProbe(pod) === node),
        ),
      ),
    );
  }

  async waitForChange(): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    await Promise.race([woken, pause(OBSERVATION_MILLISECONDS, this.#tools.signal)]);
  }

  /** Never throws: a remaining probe pod ends at its own deadline, and the next run deletes it. */
  async end(): Promise<void> {
    const { config } = this.#tools;
    this.#list.stop();
    // Also after a cancellation, within its short time limit.
    const ended = new AbortController();
    const cluster = withSignal(this.#tools.cluster, ended.signal);
    const timer = setTimeout(
      () => ended.abort(),
      this.#tools.signal.aborted ? END_AFTER_CANCEL_MILLISECONDS : END_MILLISECONDS,
    );
    const left =
      this.#requested.size > 0
        ? await cluster.core
            .listNamespacedPod({ namespace: config.namespace, labelSelector: this.#selector })
            .catch(() => null)
        : null;
    await this.#removeAll(left?.items ?? [], cluster).catch(() => undefined);
    clearTimeout(timer);
  }

  async #snapshotOf(node: string, pod: V1Pod | undefined): Promise<ProbeSnapshot> {
    const refused = this.#refused.get(node);
    if (refused !== undefined)
      return { node, phase: 'Failed', reason: 'NotCreated', message: refused, exitCode: null, troubledMilliseconds: 0 };
    if (!pod) return { node, phase: 'Pending', reason: '', message: '', exitCode: null, troubledMilliseconds: 0 };
    const observation = readProbe(pod);
    const message = /ImagePullBackOff|ErrImagePull/.test(observation.reason)
      ? `${observation.message} ${await this.#eventsOf(pod)}`.trim()
      : observation.message;
    return { ...observation, message, troubledMilliseconds: this.#troubleOf(node, observation.reason) };
  }

  #troubleOf(node: string, reason: string): number {
    if (/^$|ContainerCreating|PodInitializing|Completed/.test(reason)) return 0;
    const now = performance.now();
    if (!this.#troubledSince.has(node)) this.#troubledSince.set(node, now);
    return now - (this.#troubledSince.get(node) ?? now);
  }

  /** During a back-off, the kubelet reports the reason only in the events of the pod. */
  async #eventsOf({ metadata }: V1Pod): Promise<string> {
    const name = metadata?.name ?? '';
    const { cluster, config } = this.#tools;
    const found = await cluster.core
      .listNamespacedEvent({ namespace: config.namespace, fieldSelector: `involvedObject.name=${name}` })
      .catch(() => null);
    const why = (found?.items ?? []).map((event) => event.message ?? '').find((text) => /Failed to pull/i.test(text));
    if (why) this.#reported.set(name, why);
    return this.#reported.get(name) ?? '';
  }

  async #removeAll(pods: readonly V1Pod[], cluster = this.#tools.cluster): Promise<void> {
    const { config } = this.#tools;
    await Promise.all(
      pods.map(async ({ metadata }) => {
        await cluster.core
          .deleteNamespacedPod({ name: metadata?.name ?? '', namespace: config.namespace, gracePeriodSeconds: 0 })
          .catch((error: unknown) => {
            if (!isStatus(error, 404)) throw apiError(error, 'delete pods', cluster.server);
          });
      }),
    );
  }
}
