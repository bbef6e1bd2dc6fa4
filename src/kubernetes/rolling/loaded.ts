// Whether collections that were loaded when a roll began can be searched: asked of a proxy's own REST interface, since ready is not usable. Asked only while a
// hand-over waits for the answer, at most once a second: Milvus has nothing to watch for it.
import { text as textOf } from 'node:stream/consumers';
import { parse as parseYaml } from 'yaml';
import type { V1Pod } from '@kubernetes/client-node';
import type { Component } from '../../core/component.js';
import type { Loaded } from '../../core/observation.js';
import { isTable, valueAt, type Values } from '../../core/values.js';
import type { Cluster } from '../cluster.js';
import { openForward } from '../etcd/forward.js';
import { ask } from '../etcd/gateway.js';
import { roleOf } from '../milvus-objects.js';
import { isReady } from '../read-pods.js';

export interface LoadedOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** milvus-io/milvus internal/http/router.go; the same port as /healthz. */
const PORT = 9091;
const LIMIT_MILLISECONDS = 3000;
const ONCE_MILLISECONDS = 1000;
/** Collections that are looked at more closely than by their percentage. */
const MOST_LOOKED_AT = 10;
/** A proxy that gives no answer so often in a row is not asked any more: later versions keep this interface closed. */
const MOST_FAILURES = 5;
const IN_MEMORY = '{"type":1}';

export class LoadedCollections {
  readonly #options: LoadedOptions;
  /** Ids of what was loaded at first; null until it was asked. Integers beyond what JavaScript's numbers hold. */
  #wanted: readonly bigint[] | null = null;
  #failures = 0;
  #readAt = 0;
  #last: Loaded = { wanted: 0, usable: null };
  constructor(options: LoadedOptions) {
    this.#options = options;
  }

  /** Undefined while nothing is held. Never throws. */
  async read(components: readonly Component[], pods: readonly V1Pod[]): Promise<Loaded | undefined> {
    if (!components.some((each) => each.held)) return undefined;
    const awaited = this.#wanted === null || components.some((each) => each.held && each.held.state !== 'held');
    const proxy = pods.find(canBeAsked)?.metadata?.name ?? '';
    if (awaited && proxy !== '' && this.#failures < MOST_FAILURES && Date.now() - this.#readAt >= ONCE_MILLISECONDS) await this.#refresh(proxy);
    return this.#last;
  }

  async #refresh(proxy: string): Promise<void> {
    try {
      this.#last = await this.#ask(proxy);
      this.#failures = 0;
    } catch {
      this.#failures += 1;
      this.#last = { wanted: this.#wanted?.length ?? 0, usable: null };
    }
    this.#readAt = Date.now();
  }

  async #ask(pod: string): Promise<Loaded> {
    const answer = await this.#get(pod, '/api/v1/collections', IN_MEMORY);
    const usable = fullyLoaded(answer);
    this.#wanted ??= usable;
    const wanted = this.#wanted;
    const loaded = wanted.filter((id) => usable.includes(id));
    const looked = await Promise.all(loaded.slice(0, MOST_LOOKED_AT).map((id) => this.#hasLeaders(pod, id)));
    return { wanted: wanted.length, usable: loaded.length - looked.filter((each) => !each).length };
  }

  /** What a search asks first: who leads each shard. */
  async #hasLeaders(pod: string, id: bigint): Promise<boolean> {
    const answer = await this.#get(pod, '/api/v1/replicas', `{"collectionID":${id},"with_shard_nodes":true}`);
    const replicas = Array.isArray(answer.replicas) ? (answer.replicas as readonly unknown[]) : [];
    return Number(valueAt(answer, 'status.error_code') ?? 0) === 0 && replicas.length > 0;
  }

  async #get(pod: string, path: string, body: string): Promise<Values> {
    const { cluster, namespace, signal } = this.#options;
    const dial = (): ReturnType<typeof openForward> => openForward(cluster.config, { kind: 'pod', namespace, pod, port: PORT });
    const options = { dial, host: 'localhost', port: PORT, tls: null, signal, milliseconds: LIMIT_MILLISECONDS };
    const response = await ask(options, { path, method: 'GET', body, token: '' });
    const answer: unknown = parseYaml(await textOf(response), { intAsBigInt: true });
    return isTable(answer) ? answer : {};
  }
}

function canBeAsked(pod: V1Pod): boolean {
  return roleOf(pod.metadata?.labels) === 'proxy' && isReady(pod) && !pod.metadata?.deletionTimestamp;
}

function fullyLoaded(answer: Values): bigint[] {
  const ids = listOf(answer.collection_ids);
  const percentages = listOf(answer.inMemory_percentages).map(Number);
  return ids.filter((id, at): id is bigint => typeof id === 'bigint' && percentages[at] === 100);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
