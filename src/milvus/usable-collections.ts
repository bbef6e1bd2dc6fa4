// Queries the REST interface of a proxy whether collections that were loaded at first can be searched now, since a
// ready proxy is not necessarily usable.
import { text } from 'node:stream/consumers';
import type { Duplex } from 'node:stream';
import { getList, getRecord, getString, valueAt } from '../core/lib/json.js';
import type { Values } from '../core/model/values.js';
import { sendRequest } from '../etcd/gateway.js';
import { readYaml } from '../core/lib/safe-yaml.js';
import type { Loaded } from '../core/model/shared-observation.js';

/** milvus-io/milvus internal/http/router.go; the same port as /healthz. */
export const MANAGEMENT_PORT = 9091;
const LIMIT_MILLISECONDS = 3000;
/** The number of collections that are checked for more than their percentage. */
const MAX_OBSERVED = 10;
const IN_MEMORY = '{"type":1}';

/** Access to the management port of a proxy. */
export interface ProxyAccess {
  readonly dial: () => Promise<Duplex>;
  readonly signal: AbortSignal;
}

export class UsableCollections {
  /**
   * IDs of the collections that were loaded at first; null until they are queried. They exceed the safe integers of
   * JavaScript.
   */
  #desired: readonly bigint[] | null;
  constructor(desired: readonly bigint[] | null = null) {
    this.#desired = desired;
  }

  /** The collections that were loaded at the first query; null until then. */
  desired(): readonly bigint[] | null {
    return this.#desired;
  }

  /** True after the first query. */
  isKnown(): boolean {
    return this.#desired !== null;
  }

  /** Queries the loaded collections. Throws if the proxy does not respond. */
  async sendRequest(proxy: ProxyAccess): Promise<Loaded> {
    const answer = await get(proxy, '/api/v1/collections', IN_MEMORY);
    if (!isSuccess(answer)) throw new Error(`it answered: ${getString(valueAt(answer, 'status.reason'))}`);
    const usable = fullyLoaded(answer);
    this.#desired ??= usable;
    const desired = this.#desired;
    const loaded = desired.filter((id) => usable.includes(id));
    const checked = await Promise.all(loaded.slice(0, MAX_OBSERVED).map((id) => hasLeaders(proxy, id)));
    return { desired: desired.length, usable: loaded.length - checked.filter((hasLeader) => !hasLeader).length };
  }
}

/** Queries the leader of each shard, which is the first thing that a search needs. */
async function hasLeaders(proxy: ProxyAccess, id: bigint): Promise<boolean> {
  const answer = await get(proxy, '/api/v1/replicas', `{"collectionID":${id},"with_shard_nodes":true}`);
  return isSuccess(answer) && getList(answer.replicas).length > 0;
}

/** An error is reported with the HTTP status 200 as well. */
function isSuccess(answer: Values): boolean {
  return Number(valueAt(answer, 'status.error_code') ?? 0) === 0;
}

async function get({ dial, signal }: ProxyAccess, path: string, body: string): Promise<Values> {
  const options = {
    dial,
    host: 'localhost',
    port: MANAGEMENT_PORT,
    tls: null,
    signal,
    milliseconds: LIMIT_MILLISECONDS,
  };
  const response = await sendRequest(options, { path, method: 'GET', body, token: '' });
  return getRecord(readYaml(await text(response), { intAsBigInt: true }));
}

function fullyLoaded(answer: Values): bigint[] {
  const ids = getList(answer.collection_ids);
  const percentages = getList(answer.inMemory_percentages).map(Number);
  return ids.filter((id, at): id is bigint => typeof id === 'bigint' && percentages[at] === 100);
}
