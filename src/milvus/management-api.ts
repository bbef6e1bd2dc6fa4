// The API on the management port, which older versions offer (milvus-io/milvus
// internal/distributed/proxy/httpserver/handler.go): JSON of the gRPC messages, also as the body of a GET. It has no
// requests for databases, roles and grants.
import type { Field, Hit, Index } from '../core/data/inventory.js';
import { getList, getRecords, getString, recordsAt, valueAt, type JsonRecord } from '../core/lib/json.js';
import type { AccessControlApi } from './access-control.js';
import {
  everyRow,
  type CollectionPlace,
  type MilvusApi,
  type MilvusWrites,
  type Row,
  type RowQuery,
  type VectorQuery,
} from './api.js';
import { readColumns } from './columns.js';
import { readField, readIndex } from './management-messages.js';
import type { MilvusHttp } from './http.js';
import { sendManagement } from './management-request.js';
import { at, ManagementWrites } from './management-writes.js';
import { MilvusError } from './milvus-error.js';

/** Shows the collections in memory (milvus.proto, ShowType). */
const IN_MEMORY = 1;
/** An expression in the syntax of filters (common.proto, DslType). */
const EXPRESSION = 1;
/** Reads what the query nodes have, without a wait for the newest write. */
const EVENTUALLY = 1;
/** A version without count(*) is counted by its keys, up to this number. */
const MAX_COUNTED_KEYS = 4000;

export class ManagementApi implements MilvusApi {
  readonly name = 'management API';
  readonly writes: MilvusWrites = new ManagementWrites((method, path, body) =>
    sendManagement(this.#http, method, path, body),
  );
  readonly #http: MilvusHttp;
  readonly #access: AccessControlApi;
  /** False once the version has rejected count(*). */
  #hasCount = true;
  /** Each is needed twice, or for every collection. The API serves one reading, so that they are not outdated. */
  readonly #answers = new Map<string, Promise<JsonRecord>>();
  /** `access` reads what this API does not offer. */
  constructor(http: MilvusHttp, access: AccessControlApi) {
    this.#http = http;
    this.#access = access;
  }

  close(): void {
    this.#http.close();
    this.#access.close();
  }

  databases(): Promise<readonly string[]> {
    return this.#access.databases();
  }

  async collections(database: string): Promise<readonly string[]> {
    return texts((await this.#get('collections', { db_name: database })).collection_names);
  }

  async fields(place: CollectionPlace): Promise<readonly Field[]> {
    const fields = recordsAt(await this.#getOnce('collection', at(place)), 'schema.fields');
    if (fields.length === 0) throw new MilvusError('rejected', 'the response has no schema');
    return fields.map(readField);
  }

  async aliases(place: CollectionPlace): Promise<readonly string[]> {
    return texts((await this.#getOnce('collection', at(place))).aliases);
  }

  async partitions(place: CollectionPlace): Promise<readonly string[]> {
    return texts((await this.#get('partitions', at(place))).partition_names);
  }

  async indexes(place: CollectionPlace): Promise<readonly Index[]> {
    try {
      return recordsAt(await this.#get('index', at(place)), 'index_descriptions').map(readIndex);
    } catch (error) {
      if (
        error instanceof MilvusError &&
        /index not (found|exist)|IndexNotExist|index doesn't exist/i.test(error.message)
      )
        return [];
      throw error;
    }
  }

  async isLoaded({ database, name }: CollectionPlace): Promise<boolean> {
    const answer = await this.#getOnce('collections', { db_name: database, type: IN_MEMORY });
    const position = texts(answer.collection_names).indexOf(name);
    return position >= 0 && Number(getList(answer.inMemory_percentages)[position]) === 100;
  }

  async count(place: CollectionPlace, primary: Field): Promise<number> {
    const query = { filter: everyRow(primary), fields: ['count(*)'], limit: 0 };
    try {
      const [row] = this.#hasCount ? await this.#rows(place, query, 0) : [];
      if (row) return Number(row.scalars['count(*)'] ?? Number.NaN);
    } catch (error) {
      if (!(error instanceof MilvusError) || !/count\(\*\)/.test(error.message)) throw error;
      this.#hasCount = false;
    }
    const most = MAX_COUNTED_KEYS + 1;
    const keys = await this.#rows(place, { ...query, fields: [primary.name], limit: most }, 0);
    if (keys.length < most) return keys.length;
    throw new MilvusError('not-offered', `this version cannot count more than ${MAX_COUNTED_KEYS} rows by a query`);
  }

  async statistics(place: CollectionPlace): Promise<number> {
    const stats = recordsAt(await this.#get('collection/statistics', at(place)), 'stats');
    const count = Number(stats.find((pair) => pair.key === 'row_count')?.value ?? Number.NaN);
    if (!Number.isSafeInteger(count)) throw new MilvusError('rejected', 'the response has no number of rows');
    return count;
  }

  query(place: CollectionPlace, query: RowQuery): Promise<readonly Row[]> {
    return this.#rows(place, query, EVENTUALLY);
  }

  async #rows(place: CollectionPlace, { filter, fields, limit }: RowQuery, guarantee: number): Promise<Row[]> {
    const answer = await sendManagement(this.#http, 'POST', 'query', {
      ...at(place),
      expr: filter,
      output_fields: fields,
      query_params: limit > 0 ? [{ key: 'limit', value: String(limit) }] : [],
      guarantee_timestamp: guarantee,
    });
    return readColumns(getRecords(answer.fields_data));
  }

  async search(place: CollectionPlace, { field, metric, params, vector, limit }: VectorQuery): Promise<Hit[]> {
    const pairs = {
      anns_field: field,
      topk: String(limit),
      metric_type: metric,
      params: JSON.stringify(params),
      round_decimal: '-1',
    };
    const answer = await sendManagement(this.#http, 'POST', 'search', {
      ...at(place),
      dsl_type: EXPRESSION,
      vectors: [vector],
      nq: 1,
      search_params: Object.entries(pairs).map(([key, value]) => ({ key, value })),
      guarantee_timestamp: EVENTUALLY,
    });
    const ids = valueAt(answer, 'results.ids.IdField.IntId.data') ?? valueAt(answer, 'results.ids.IdField.StrId.data');
    const scores = getList(valueAt(answer, 'results.scores'));
    return texts(ids).map((key, position) => ({ key, score: Number(scores[position]) }));
  }

  async users(): Promise<readonly string[]> {
    return texts((await this.#get('credential/users', {})).usernames);
  }

  rolesOf(user: string): Promise<readonly string[]> {
    return this.#access.rolesOf(user);
  }

  roles(): Promise<readonly string[]> {
    return this.#access.roles();
  }

  grants(role: string, database: string): Promise<readonly string[]> {
    return this.#access.grants(role, database);
  }

  #getOnce(path: string, body: object): Promise<JsonRecord> {
    const key = `${path} ${JSON.stringify(body)}`;
    const answer = this.#answers.get(key) ?? this.#get(path, body);
    this.#answers.set(key, answer);
    return answer;
  }

  #get(path: string, body: object): Promise<JsonRecord> {
    return sendManagement(this.#http, 'GET', path, body);
  }
}

function texts(list: unknown): string[] {
  return getList(list).map(getString);
}
