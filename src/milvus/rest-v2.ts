// The REST API v2 on the port of the clients (milvus.io/api-reference/restful,
// milvus-io/milvus internal/distributed/proxy/httpserver/handler_v2.go).
import type { Field, Hit, Index } from '../core/data/inventory.js';
import { getList, getRecord, getRecords, getString, recordsAt, stringAt } from '../core/lib/json.js';
import type { CollectionPlace, MilvusApi, MilvusWrites, Row, RowQuery, VectorQuery } from './api.js';
import { describeGrant } from './grants.js';
import type { HttpAnswer, MilvusHttp } from './http.js';
import { MilvusError } from './milvus-error.js';
import { readField, readIndex, readRow } from './rest-messages.js';
import { at, RestWrites } from './rest-writes.js';

/** The port of the clients (milvus-io/milvus configs/milvus.yaml, proxy.port). */
export const CLIENT_PORT = 19530;

/** milvus-io/milvus pkg/util/merr/errors.go, ErrNeedAuthenticate. */
const NEEDS_AUTHENTICATION = '1800';
const UNAUTHENTICATED: ReadonlySet<number> = new Set([401, 407]);
/** 200 was the code of the first versions of this API. */
const SUCCESS: ReadonlySet<string> = new Set(['0', '200']);

export class RestV2 implements MilvusApi {
  readonly name = 'REST API v2';
  readonly writes: MilvusWrites = new RestWrites((path, body) => this.#post(path, body));
  readonly #http: MilvusHttp;
  constructor(http: MilvusHttp) {
    this.#http = http;
  }

  close(): void {
    this.#http.close();
  }

  async databases(): Promise<readonly string[]> {
    return names(await this.#post('databases/list', {}));
  }

  async collections(database: string): Promise<readonly string[]> {
    return names(await this.#post('collections/list', { dbName: database }));
  }

  async fields(place: CollectionPlace): Promise<readonly Field[]> {
    const fields = recordsAt(getRecord(await this.#post('collections/describe', at(place))), 'fields');
    if (fields.length === 0) throw new MilvusError('rejected', 'the response has no schema');
    return fields.map(readField);
  }

  async partitions(place: CollectionPlace): Promise<readonly string[]> {
    return names(await this.#post('partitions/list', at(place)));
  }

  async aliases(place: CollectionPlace): Promise<readonly string[]> {
    return names(await this.#post('aliases/list', at(place)));
  }

  async indexes(place: CollectionPlace): Promise<readonly Index[]> {
    const found: Index[] = [];
    for (const indexName of await this.#indexNames(place)) {
      const described = getRecords(await this.#post('indexes/describe', { ...at(place), indexName }));
      found.push(...described.map(readIndex));
    }
    return found;
  }

  /** Some versions report a collection without an index as an error. */
  async #indexNames(place: CollectionPlace): Promise<readonly string[]> {
    try {
      return names(await this.#post('indexes/list', at(place)));
    } catch (error) {
      if (error instanceof MilvusError && /index not found|index not exist/i.test(error.message)) return [];
      throw error;
    }
  }

  async isLoaded(place: CollectionPlace): Promise<boolean> {
    return (
      stringAt(getRecord(await this.#post('collections/get_load_state', at(place))), 'loadState') === 'LoadStateLoaded'
    );
  }

  async count(place: CollectionPlace): Promise<number> {
    // A limit is not allowed together with count(*), and the default is 100.
    const body = { ...at(place), filter: '', outputFields: ['count(*)'], limit: 0, consistencyLevel: 'Strong' };
    const [row = {}] = getRecords(await this.#post('entities/query', body));
    return toCount(row['count(*)']);
  }

  async statistics(place: CollectionPlace): Promise<number> {
    return toCount(getRecord(await this.#post('collections/get_stats', at(place))).rowCount);
  }

  async query(place: CollectionPlace, { filter, fields, limit }: RowQuery): Promise<readonly Row[]> {
    const body = { ...at(place), filter, outputFields: fields, limit };
    return getRecords(await this.#post('entities/query', body)).map(readRow);
  }

  async search(
    place: CollectionPlace,
    { field, metric, params, vector, limit, primaryKey }: VectorQuery,
  ): Promise<Hit[]> {
    const body = {
      ...at(place),
      data: [vector],
      annsField: field,
      limit,
      outputFields: [],
      searchParams: { metricType: metric, params },
    };
    const hits = getRecords(await this.#post('entities/search', body));
    return hits.map((hit) => ({ key: getString(hit[primaryKey] ?? hit.id), score: Number(hit.distance) }));
  }

  async users(): Promise<readonly string[]> {
    return names(await this.#post('users/list', {}));
  }

  async rolesOf(user: string): Promise<readonly string[]> {
    return names(await this.#post('users/describe', { userName: user }));
  }

  async roles(): Promise<readonly string[]> {
    return names(await this.#post('roles/list', {}));
  }

  async grants(role: string, database: string): Promise<readonly string[]> {
    const grants = getRecords(await this.#post('roles/describe', { roleName: role, dbName: database }));
    return grants.map((grant) => {
      const text = (name: string): string => stringAt(grant, name);
      const [privilege, database] = [text('privilege'), text('dbName')];
      return describeGrant({
        role,
        privilege,
        objectType: text('objectType'),
        objectName: text('objectName'),
        database,
      });
    });
  }

  async #post(path: string, body: object): Promise<unknown> {
    const answer = await this.#http.send({
      method: 'POST',
      path: `/v2/vectordb/${path}`,
      body: JSON.stringify(body),
    });
    return dataOf(answer);
  }
}

function dataOf({ status, body }: HttpAnswer): unknown {
  const code = getString(body.code);
  const message = stringAt(body, 'message');
  const detail = message || `it responded with status ${status}`;
  if (status === 404) throw new MilvusError('not-offered', 'this version does not offer it over its HTTP API');
  if (code === NEEDS_AUTHENTICATION || UNAUTHENTICATED.has(status))
    throw new MilvusError('credentials', `it requires a user or an API key that it accepts: ${detail}`);
  if (status === 403 || /permission den/i.test(message))
    throw new MilvusError('credentials', `the user of milvus-token is not allowed to read it: ${detail}`);
  if (status !== 200 || !SUCCESS.has(code)) throw new MilvusError('rejected', detail);
  return body.data;
}

function names(data: unknown): string[] {
  return getList(data).map(getString);
}

function toCount(value: unknown): number {
  const count = Number(getString(value) || Number.NaN);
  if (!Number.isSafeInteger(count)) throw new MilvusError('rejected', 'the response has no number of rows');
  return count;
}
