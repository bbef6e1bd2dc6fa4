// The API of the management port of the Milvus in memory: JSON of the gRPC messages, without empty fields.
import type { FakeCollection, FakeMilvusState } from './fake-milvus.js';
import { fieldNames, matching, nearest, newCollection, type FakeAnswer, type FakeRequest } from './fake-milvus-rest.js';

type Body = Readonly<Record<string, unknown>>;

export function answerManagement(state: FakeMilvusState, { method, path, body }: FakeRequest): FakeAnswer {
  const action = path.replace('/api/v1/', '');
  const changed = WRITES[`${method} ${action}`]?.(state, body) ?? false;
  if (changed) return { status: 200, text: '{}' };
  const collection = state.collections.find(({ name }) => name === body.collection_name);
  if (action === 'collections') return ok(listed(state, body));
  if (action === 'replicas') return ok('"replicas":[{}]');
  if (action === 'credential/users') return ok(`"usernames":${JSON.stringify(Object.keys(state.users))}`);
  if (!collection) return failed("can't find collection");
  if ((action === 'query' || action === 'search') && !collection.loaded) return failed('checkIfLoaded failed');
  if (action === 'query') return query(state, collection, body);
  if (action === 'search') return ok(search(collection, body));
  const text = described(action, collection);
  return text === '' ? { status: 404, text: '404 page not found' } : ok(text);
}

/** True if the request was carried out; such a request responds with an empty status. */
const WRITES: Readonly<Record<string, (state: FakeMilvusState, body: Body) => boolean>> = {
  'POST collection': (state, { collection_name: name, schema }) => {
    const [primary, vector] = (schema as { fields: readonly { name: string }[] }).fields;
    const fields = { primary: primary?.name ?? '', vector: vector?.name ?? '' };
    state.collections = [...state.collections, { ...newCollection(String(name), fields), loaded: false, indexes: [] }];
    return true;
  },
  'POST index': (state, body) => change(state, body, { indexes: [{ name: 'ix', type: 'FLAT', metric: 'L2' }] }),
  'POST collection/load': (state, body) => change(state, body, { loaded: true }),
  'POST entities': (state, body) => {
    const [keys] = body.fields_data as readonly { field: readonly number[] }[];
    return change(state, body, { rows: (keys?.field ?? []).map(String) });
  },
  'DELETE collection': (state, { collection_name: dropped }) => {
    state.collections = state.collections.filter(({ name }) => name !== dropped);
    return true;
  },
};

function change(state: FakeMilvusState, { collection_name: changed }: Body, changes: Partial<FakeCollection>): boolean {
  state.collections = state.collections.map((collection) =>
    collection.name === changed ? { ...collection, ...changes } : collection,
  );
  return true;
}

function ok(fields: string): FakeAnswer {
  return { status: 200, text: `{"status":{},${fields}}` };
}

function failed(reason: string): FakeAnswer {
  return { status: 200, text: JSON.stringify({ status: { error_code: 1, reason } }) };
}

function listed({ collections }: FakeMilvusState, { type }: Body): string {
  const shown = collections.filter(({ loaded }) => type !== 1 || loaded);
  const percentages = type === 1 ? `,"inMemory_percentages":${JSON.stringify(shown.map(() => 100))}` : '';
  const ids = shown.map((collection) => `9007199254740${993 + collections.indexOf(collection)}`).join(',');
  return `"collection_ids":[${ids}],"collection_names":${JSON.stringify(shown.map(({ name }) => name))}${percentages}`;
}

function described(action: string, collection: FakeCollection): string {
  const names = fieldNames(collection);
  const { key, partitions, aliases, indexes, rows, deleted = 0 } = collection;
  const primary =
    key === 'VarChar'
      ? { name: names.primary, is_primary_key: true, data_type: 21, type_params: [{ key: 'max_length', value: '64' }] }
      : { name: names.primary, is_primary_key: true, data_type: 5 };
  const vector = { name: names.vector, data_type: 101, type_params: [{ key: 'dim', value: '2' }] };
  const texts: Readonly<Record<string, string>> = {
    collection: `"schema":${JSON.stringify({ fields: [primary, vector] })},"aliases":${JSON.stringify(aliases)}`,
    partitions: `"partition_names":${JSON.stringify(partitions)}`,
    index: `"index_descriptions":${JSON.stringify(indexes.map(describeIndex))}`,
    'collection/statistics': `"stats":[{"key":"row_count","value":"${rows.length + deleted}"}]`,
  };
  return texts[action] ?? '';
}

function describeIndex({ name, type, metric }: FakeCollection['indexes'][number]): object {
  const params = [
    { key: 'index_type', value: type },
    { key: 'metric_type', value: metric },
  ];
  return { index_name: name, field_name: 'vec', params };
}

function query(
  { counts }: FakeMilvusState,
  collection: FakeCollection,
  { expr, output_fields: fields }: Body,
): FakeAnswer {
  const [field] = fields as readonly string[];
  const count = `{"field_name":"count(*)","Field":{"Scalars":{"Data":{"LongData":{"data":[${collection.rows.length}]}}}}}`;
  if (field === 'count(*)') return counts ? ok(`"fields_data":[${count}]`) : failed('field count(*) not exist');
  const rows = matching(collection, String(expr));
  const kind = collection.key === 'Int64' ? 'LongData' : 'StringData';
  const keys = rows.map(([key]) => key).join(',');
  const vectors = rows.flatMap(([, at]) => [at, at]).join(',');
  return ok(
    field === 'vec'
      ? `"fields_data":[{"field_name":"vec","Field":{"Vectors":{"dim":2,"Data":{"FloatVector":{"data":[${vectors}]}}}}}]`
      : `"fields_data":[{"field_name":"pk","Field":{"Scalars":{"Data":{"${kind}":{"data":[${keys}]}}}}}]`,
  );
}

function search(collection: FakeCollection, { vectors }: Body): string {
  const [vector = []] = vectors as readonly (readonly number[])[];
  const hits = nearest(collection, vector, 10);
  const kind = collection.key === 'Int64' ? 'IntId' : 'StrId';
  const [keys, scores] = [hits.map(([key]) => key).join(','), hits.map(([, score]) => score).join(',')];
  return `"results":{"scores":[${scores}],"ids":{"IdField":{"${kind}":{"data":[${keys}]}}}}`;
}
