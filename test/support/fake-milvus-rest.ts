// The REST API v2 of the Milvus in memory. Large integers are written as numbers.
import type { FakeCollection, FakeMilvusState } from './fake-milvus.js';

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly token: string;
}

export interface FakeAnswer {
  readonly status: number;
  readonly text: string;
}

/** A collection without rows that is loaded. */
export function newCollection(name: string, fields: NonNullable<FakeCollection['fields']>): FakeCollection {
  const indexes = [{ name: 'ix', type: 'FLAT', metric: 'L2' }];
  return { name, fields, key: 'Int64', rows: [], partitions: ['_default'], aliases: [], indexes, loaded: true };
}

export function fieldNames({ fields }: FakeCollection): NonNullable<FakeCollection['fields']> {
  return fields ?? { primary: 'pk', vector: 'vec' };
}

/** Row n has the vector [n, n]; a search returns the rows by their distance to its vector. */
export function nearest(
  collection: FakeCollection,
  vector: readonly number[],
  limit: number,
): (readonly [string, number])[] {
  const hits = collection.rows.map((key, at): readonly [string, number] => [key, 2 * (at - (vector[0] ?? 0)) ** 2]);
  return hits.toSorted(([, a], [, b]) => a - b).slice(0, limit);
}

/** The rows that fulfill a filter of this action, with their position. */
export function matching(collection: FakeCollection, filter: string): (readonly [string, number])[] {
  const rows = collection.rows.map((key, at): readonly [string, number] => [key, at]);
  const listed = / in \[(.*)\]$/.exec(filter)?.[1];
  return listed === undefined ? rows : rows.filter(([key]) => listed.split(', ').includes(key));
}

export function answerRest(state: FakeMilvusState, request: FakeRequest): FakeAnswer {
  if (state.token !== '' && request.token !== state.token)
    return { status: 200, text: JSON.stringify({ code: 1800, message: "user hasn't authenticated" }) };
  const action = request.path.replace('/v2/vectordb/', '');
  const { dbName = 'default', collectionName = '' } = request.body as Record<string, string>;
  const collection = state.collections.find(
    ({ name, database = 'default' }) => name === collectionName && database === dbName,
  );
  const data =
    GENERAL[action]?.(state, request.body) ?? (collection ? ofCollection(action, collection, request.body) : null);
  return data === null
    ? { status: 200, text: JSON.stringify({ code: 100, message: "can't find collection" }) }
    : { status: 200, text: `{"code":0,"data":${data}}` };
}

type Body = Readonly<Record<string, unknown>>;

const GENERAL: Readonly<Record<string, (state: FakeMilvusState, body: Body) => string>> = {
  'databases/list': ({ databases }) => JSON.stringify(databases),
  'collections/list': ({ collections }, { dbName }) =>
    JSON.stringify(collections.filter(({ database = 'default' }) => database === dbName).map(({ name }) => name)),
  'collections/create': (state, { collectionName, primaryFieldName, vectorFieldName }) => {
    const fields = { primary: String(primaryFieldName), vector: String(vectorFieldName) };
    state.collections = [...state.collections, newCollection(String(collectionName), fields)];
    return '{}';
  },
  'collections/drop': (state, { collectionName }) => {
    state.collections = state.collections.filter(({ name }) => name !== collectionName);
    return '{}';
  },
  'users/list': ({ users }) => JSON.stringify(Object.keys(users)),
  'users/describe': ({ users }, { userName }) => JSON.stringify(users[String(userName)] ?? []),
  'roles/list': ({ roles }) => JSON.stringify(Object.keys(roles)),
  'roles/describe': ({ roles }, { roleName }) => JSON.stringify(roles[String(roleName)] ?? []),
};

function ofCollection(action: string, collection: FakeCollection, body: Body): string | null {
  switch (action) {
    case 'collections/describe':
      return JSON.stringify({ fields: fieldsOf(collection) });
    case 'partitions/list':
      return JSON.stringify(collection.partitions);
    case 'aliases/list':
      return JSON.stringify(collection.aliases);
    case 'indexes/list':
      return JSON.stringify(collection.indexes.map(({ name }) => name));
    case 'indexes/describe':
      return JSON.stringify(
        collection.indexes
          .filter(({ name }) => name === body.indexName)
          .map(({ name, type, metric }) => ({
            indexName: name,
            fieldName: 'vec',
            indexType: type,
            metricType: metric,
          })),
      );
    case 'collections/get_load_state':
      return JSON.stringify({ loadState: collection.loaded ? 'LoadStateLoaded' : 'LoadStateNotLoad' });
    case 'collections/get_stats':
      return JSON.stringify({ rowCount: collection.rows.length + (collection.deleted ?? 0) });
    case 'entities/insert':
      collection.rows = [...collection.rows, ...(body.data as readonly { id: number }[]).map(({ id }) => String(id))];
      return JSON.stringify({ insertCount: 1 });
    case 'entities/query':
      return collection.loaded ? queryRows(collection, body) : null;
    case 'entities/search':
      return collection.loaded ? searchRows(collection, body) : null;
    default:
      return null;
  }
}

function fieldsOf(collection: FakeCollection): object[] {
  const { key } = collection;
  const { primary, vector } = fieldNames(collection);
  const params = key === 'VarChar' ? [{ key: 'max_length', value: '64' }] : [];
  return [
    { name: primary, type: key, primaryKey: true, autoId: false, params },
    { name: vector, type: 'FloatVector', primaryKey: false, autoId: false, params: [{ key: 'dim', value: '2' }] },
  ];
}

function queryRows(collection: FakeCollection, { filter, outputFields, limit }: Body): string {
  const fields = outputFields as readonly string[];
  if (fields[0] === 'count(*)') return `[{"count(*)":${collection.rows.length}}]`;
  const rows = matching(collection, String(filter)).slice(0, Number(limit));
  return `[${rows.map(([key, at]) => (fields[0] === 'vec' ? `{"pk":${key},"vec":[${at},${at}]}` : `{"pk":${key}}`)).join(',')}]`;
}

function searchRows(collection: FakeCollection, { data, limit }: Body): string {
  const [vector = []] = data as readonly (readonly number[])[];
  return `[${nearest(collection, vector, Number(limit))
    .map(([key, distance]) => `{"distance":${distance},"id":${key}}`)
    .join(',')}]`;
}
