// Whether collections that were loaded at the start of a rolling upgrade can be searched. Requested only while a drain
// waits for the answer, at most once a second: Milvus provides no watch for it.
import type { Duplex } from 'node:stream';
import type { V1Pod } from '@kubernetes/client-node';
import type { SharedConfig } from '../../core/config/config.js';
import type { Component } from '../../core/model/component.js';
import type { Emit } from '../../core/model/event.js';
import type { Loaded } from '../../core/model/shared-observation.js';
import { unknownLoaded } from '../../milvus/loaded-warning.js';
import { LoadedGate } from '../../milvus/loaded-gate.js';
import { toMilvusError } from '../../milvus/milvus-error.js';
import type { Cluster } from '../client/cluster.js';
import { dialProxy, servingProxy } from '../milvus-connection.js';

export interface LoadedOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly config: Pick<SharedConfig, 'data'>;
  readonly emit: Emit;
}

const ONCE_MILLISECONDS = 1000;
/** A proxy that fails to answer this many times in a row is not requested again, which is reported. */
const MAX_FAILURES = 5;
const NOT_ASKED: Loaded = { desired: 0, usable: null };

export class LoadedCollections {
  readonly #options: LoadedOptions;
  readonly #gate: LoadedGate;
  #failures = 0;
  #readAt = 0;
  #last: Loaded = NOT_ASKED;
  constructor(options: LoadedOptions) {
    this.#options = options;
    this.#gate = new LoadedGate(options.config.data);
  }

  /** Undefined while no Deployment is being rolled. Never throws. */
  async read(
    components: readonly Component[],
    pods: readonly V1Pod[],
    signal: AbortSignal,
  ): Promise<Loaded | undefined> {
    if (!components.some((component) => component.pauseRecord)) return undefined;
    const awaited =
      !this.#gate.isKnown() ||
      components.some((component) => component.pauseRecord && component.pauseRecord.state !== 'paused');
    const isDue = this.#failures < MAX_FAILURES && Date.now() - this.#readAt >= ONCE_MILLISECONDS;
    if (awaited && isDue && servingProxy(pods) !== '') await this.#refresh(pods, signal);
    return this.#last;
  }

  async #refresh(pods: readonly V1Pod[], signal: AbortSignal): Promise<void> {
    try {
      const dial = (port: number): Promise<Duplex> => dialProxy({ ...this.#options, pods }, port, signal);
      this.#last = await this.#gate.read(dial, signal);
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      const retrying = this.#failures < MAX_FAILURES;
      this.#last = { desired: this.#last.desired, usable: null, ...(retrying && { retrying }) };
      if (this.#failures === MAX_FAILURES)
        this.#options.emit({ type: 'warned', message: unknownLoaded(toMilvusError(error).message) });
    }
    this.#readAt = Date.now();
  }
}
