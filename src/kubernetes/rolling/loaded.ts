// Whether collections that were loaded at the start of a rolling upgrade can be searched. Requested only while a drain
// waits for the answer, at most once a second: Milvus provides no watch for it.
import type { V1Pod } from '@kubernetes/client-node';
import type { Component } from '../../core/model/component.js';
import { MANAGEMENT_PORT, UsableCollections } from '../../milvus/usable-collections.js';
import type { Cluster } from '../client/cluster.js';
import { openForward } from '../etcd/forward.js';
import { roleOf } from '../observe/milvus-objects.js';
import { isServing } from '../../core/model/pod.js';
import { readPod } from '../observe/read-pod.js';
import type { Loaded } from '../../core/model/shared-observation.js';

export interface LoadedOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
}

const ONCE_MILLISECONDS = 1000;
/**
 * A proxy that fails to answer this many times in a row is not requested again: later versions disable this interface.
 */
const MAX_FAILURES = 5;

export class LoadedCollections {
  readonly #options: LoadedOptions;
  readonly #collections = new UsableCollections();
  #failures = 0;
  #readAt = 0;
  #last: Loaded = { desired: 0, usable: null };
  constructor(options: LoadedOptions) {
    this.#options = options;
  }

  /** Undefined while no Deployment is being rolled. Never throws. */
  async read(
    components: readonly Component[],
    pods: readonly V1Pod[],
    signal: AbortSignal,
  ): Promise<Loaded | undefined> {
    if (!components.some((component) => component.pauseRecord)) return undefined;
    const awaited =
      !this.#collections.isKnown() ||
      components.some((component) => component.pauseRecord && component.pauseRecord.state !== 'paused');
    const proxy = pods.find(canBeQueried)?.metadata?.name ?? '';
    if (awaited && proxy !== '' && this.#failures < MAX_FAILURES && Date.now() - this.#readAt >= ONCE_MILLISECONDS)
      await this.#refresh(proxy, signal);
    return this.#last;
  }

  async #refresh(pod: string, signal: AbortSignal): Promise<void> {
    const { cluster, namespace } = this.#options;
    const dial = (): ReturnType<typeof openForward> =>
      openForward(cluster.config.under(signal), { kind: 'pod', namespace, pod, port: MANAGEMENT_PORT });
    try {
      this.#last = await this.#collections.sendRequest({ dial, signal });
      this.#failures = 0;
    } catch {
      this.#failures += 1;
      this.#last = { desired: this.#collections.count(), usable: null };
    }
    this.#readAt = Date.now();
  }
}

function canBeQueried(pod: V1Pod): boolean {
  return roleOf(pod.metadata?.labels) === 'proxy' && isServing(readPod(pod));
}
