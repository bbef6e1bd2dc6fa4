// Whether collections that were loaded at first can be searched now: asked of a proxy's own REST interface, since ready is not usable.
import { text as getString } from 'node:stream/consumers';
import type { Duplex } from 'node:stream';
import type { Loaded } from '../core/observation.js';
import { isRecord, valueAt, type Values } from '../core/values.js';
import { sendRequest } from '../etcd/gateway.js';
import { readYaml } from '../core/safe-yaml.js';

/** milvus-io/milvus internal/http/router.go; the same port as /healthz. */
export const MANAGEMENT_PORT = 9091;
const LIMIT_MILLISECONDS = 3000;
/** Collections that are looked at more closely than by their percentage. */
const MAX_OBSERVED = 10;
const IN_MEMORY = '{"type":1}';

/** A way to a proxy's management port. */
export interface ProxyAccess {
  readonly dial: () => Promise<Duplex>;
  readonly signal: AbortSignal;
}

export class UsableCollections {
  /** Ids of what was loaded at first; null until it was asked. Integers beyond what JavaScript's numbers hold. */
  #desired: readonly bigint[] | null;
  constructor(desired: readonly bigint[] | null = null) {
    this.#desired = desired;
  }

  /** What was loaded when it was asked first; null until then. */
  desired(): readonly bigint[] | null {
    return this.#desired;
  }

  /** How many were loaded when it was asked first. */
  count(): number {
    return this.#desired?.length ?? 0;
  }

  /** True once it was asked what is loaded. */
  isKnown(): boolean {
    return this.#desired !== null;
  }

  /** Throws where the proxy gives no answer. */
  async sendRequest(proxy: ProxyAccess): Promise<Loaded> {
    const usable = fullyLoaded(await get(proxy, '/api/v1/collections', IN_MEMORY));
    this.#desired ??= usable;
    const desired = this.#desired;
    const loaded = desired.filter((id) => usable.includes(id));
    const observed = await Promise.all(loaded.slice(0, MAX_OBSERVED).map((id) => hasLeaders(proxy, id)));
    return { desired: desired.length, usable: loaded.length - observed.filter((each) => !each).length };
  }
}

/** What a search asks first: who leads each shard. */
async function hasLeaders(proxy: ProxyAccess, id: bigint): Promise<boolean> {
  const answer = await get(proxy, '/api/v1/replicas', `{"collectionID":${id},"with_shard_nodes":true}`);
  const replicas = Array.isArray(answer.replicas) ? (answer.replicas as readonly unknown[]) : [];
  return Number(valueAt(answer, 'status.error_code') ?? 0) === 0 && replicas.length > 0;
}

async function get({ dial, signal }: ProxyAccess, path: string, body: string): Promise<Values> {
  const options = { dial, host: 'localhost', port: MANAGEMENT_PORT, tls: null, signal, milliseconds: LIMIT_MILLISECONDS };
  const response = await sendRequest(options, { path, method: 'GET', body, token: '' });
  const answer: unknown = readYaml(await getString(response), { intAsBigInt: true });
  return isRecord(answer) ? answer : {};
}

function fullyLoaded(answer: Values): bigint[] {
  const ids = listOf(answer.collection_ids);
  const percentages = listOf(answer.inMemory_percentages).map(Number);
  return ids.filter((id, at): id is bigint => typeof id === 'bigint' && percentages[at] === 100);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
