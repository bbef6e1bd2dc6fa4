// The writes of the probe over the API on the management port.
import type { CollectionPlace, MilvusWrites } from './api.js';
import { PROBE_DIMENSION, PROBE_KEY, PROBE_METRIC, PROBE_VECTOR, type ProbeRow } from './probe-collection.js';

/** Sends a request to this path of the API, and throws MilvusError if it fails. */
export type ManagementSend = (method: 'POST' | 'DELETE', path: string, body: object) => Promise<unknown>;

/** milvus-io/milvus-proto schema.proto, DataType. */
const INT64 = 5;
const FLOAT_VECTOR = 101;

export class ManagementWrites implements MilvusWrites {
  readonly #send: ManagementSend;
  constructor(send: ManagementSend) {
    this.#send = send;
  }

  async create(place: CollectionPlace): Promise<void> {
    const vector = { name: PROBE_VECTOR, data_type: FLOAT_VECTOR };
    const fields = [
      { name: PROBE_KEY, is_primary_key: true, data_type: INT64 },
      { ...vector, type_params: pairs({ dim: String(PROBE_DIMENSION) }) },
    ];
    await this.#send('POST', 'collection', { ...at(place), shards_num: 1, schema: { name: place.name, fields } });
    const params = pairs({ index_type: 'FLAT', metric_type: PROBE_METRIC, params: '{}' });
    await this.#send('POST', 'index', { ...at(place), field_name: PROBE_VECTOR, extra_params: params });
    await this.#send('POST', 'collection/load', { ...at(place), replica_number: 1 });
  }

  async insert(place: CollectionPlace, rows: readonly ProbeRow[]): Promise<void> {
    await this.#send('POST', 'entities', {
      ...at(place),
      num_rows: rows.length,
      fields_data: [
        { field_name: PROBE_KEY, type: INT64, field: rows.map(({ id }) => id) },
        { field_name: PROBE_VECTOR, type: FLOAT_VECTOR, field: rows.map(({ vector }) => vector) },
      ],
    });
  }

  async drop(place: CollectionPlace): Promise<void> {
    await this.#send('DELETE', 'collection', at(place));
  }
}

/** The collection in a request. */
export function at({ database, name }: CollectionPlace): object {
  return { db_name: database, collection_name: name };
}

function pairs(values: Readonly<Record<string, string>>): { readonly key: string; readonly value: string }[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}
