// The writes of the probe over the REST API v2.
import type { CollectionPlace, MilvusWrites } from './api.js';
import { PROBE_DIMENSION, PROBE_KEY, PROBE_METRIC, PROBE_VECTOR, type ProbeRow } from './probe-collection.js';

/** Sends a request to this path of the API, and throws MilvusError if it fails. */
export type RestPost = (path: string, body: object) => Promise<unknown>;

export class RestWrites implements MilvusWrites {
  readonly #post: RestPost;
  constructor(post: RestPost) {
    this.#post = post;
  }

  /** Without a schema, Milvus also creates an index and loads the collection. */
  async create(place: CollectionPlace): Promise<void> {
    await this.#post('collections/create', {
      ...at(place),
      dimension: PROBE_DIMENSION,
      metricType: PROBE_METRIC,
      idType: 'Int64',
      autoID: false,
      primaryFieldName: PROBE_KEY,
      vectorFieldName: PROBE_VECTOR,
    });
  }

  async insert(place: CollectionPlace, rows: readonly ProbeRow[]): Promise<void> {
    await this.#post('entities/insert', { ...at(place), data: rows });
  }

  async drop(place: CollectionPlace): Promise<void> {
    await this.#post('collections/drop', at(place));
  }
}

/** The collection in a request. */
export function at({ database, name }: CollectionPlace): object {
  return { dbName: database, collectionName: name };
}
