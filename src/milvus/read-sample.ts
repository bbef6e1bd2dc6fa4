// Reads a sample of the rows of a loaded collection: some keys by a query, and the rows nearest to one vector by a
// search. After a change it queries the same keys, and searches for the same vector.
import {
  wasRead,
  type Collection,
  type Field,
  type Index,
  type Reading,
  type Sample,
  type Search,
} from '../core/data/inventory.js';
import { searchParametersOf } from '../core/knowledge/search-parameters.js';
import { everyRow, withKeys, type MilvusApi } from './api.js';
import { primaryOf } from './read-rows.js';
import { attempt } from './reading.js';

/** The number of keys that are queried, and of rows that are searched. */
const SAMPLED = 10;
/** A larger vector is not read: the sample of 100 collections must stay below 2 MB. */
const MAX_DIMENSION = 1536;

type Counted = Omit<Collection, 'sample'>;

/** `before` is the same collection in the inventory to compare with; null if there is none. */
export async function readSample(
  api: MilvusApi,
  collection: Counted,
  before: Collection | null,
): Promise<Reading<Sample>> {
  const primary = primaryOf(collection);
  if (!primary) return { notRead: 'its primary key is not known' };
  if (!wasRead(collection.loaded)) return collection.loaded;
  if (!collection.loaded.value) return { notRead: 'it is not loaded' };
  const known = before && wasRead(before.sample) ? before.sample.value : null;
  return attempt(() =>
    known ? readAgain(api, { collection, primary }, known) : readFirst(api, { collection, primary }),
  );
}

interface Subject {
  readonly collection: Counted;
  readonly primary: Field;
}

async function readFirst(api: MilvusApi, subject: Subject): Promise<Sample> {
  const { collection, primary } = subject;
  const filter = everyRow(primary);
  const rows = await api.query(collection, { filter, fields: [primary.name], limit: SAMPLED });
  const first = rows.map((row) => row.scalars[primary.name] ?? '').filter((key) => key !== '');
  const search = await searchFirst(api, subject, first[0]);
  const hits = wasRead(search) ? search.value.hits.map((hit) => hit.key) : [];
  const keys = [...new Set([...first, ...hits])];
  return { keys, found: keys, search };
}

async function readAgain(api: MilvusApi, { collection, primary }: Subject, known: Sample): Promise<Sample> {
  const { keys } = known;
  const rows =
    keys.length === 0
      ? []
      : await api.query(collection, { filter: withKeys(primary, keys), fields: [primary.name], limit: keys.length });
  const found = rows.map((row) => row.scalars[primary.name] ?? '');
  const { search } = known;
  if (!wasRead(search)) return { keys, found, search };
  return { keys, found, search: await attempt(() => searchFor(api, { collection, primary }, search.value)) };
}

/** Searches for the vector of a row, so that an approximate index finds the same rows again. */
async function searchFirst(api: MilvusApi, subject: Subject, key: string | undefined): Promise<Reading<Search>> {
  const { collection, primary } = subject;
  if (key === undefined) return { notRead: 'it has no rows' };
  const searched = searchedField(collection);
  if (!('index' in searched)) return searched;
  const { index } = searched;
  return attempt(async () => {
    const query = { filter: withKeys(primary, [key]), fields: [index.field], limit: 1 };
    const [row] = await api.query(collection, query);
    const vector = row?.vectors[index.field] ?? [];
    const { field, metric, type: indexType } = index;
    return searchFor(api, subject, { field, metric, indexType, vector, hits: [] });
  });
}

async function searchFor(api: MilvusApi, { collection, primary }: Subject, like: Search): Promise<Search> {
  const { field, metric, vector } = like;
  const index = wasRead(collection.indexes) ? collection.indexes.value.find((other) => other.field === field) : null;
  const indexType = index?.type ?? like.indexType;
  const query = { field, metric, vector, limit: SAMPLED, primaryKey: primary.name };
  const hits = await api.search(collection, { ...query, params: searchParametersOf(indexType) });
  return { ...like, indexType, hits };
}

function searchedField({ fields, indexes }: Counted): { readonly index: Index } | { readonly notRead: string } {
  if (!wasRead(fields)) return fields;
  if (!wasRead(indexes)) return indexes;
  const floats = fields.value.filter((field) => field.type === 'FloatVector');
  const small = floats.filter((field) => Number(field.dimension) <= MAX_DIMENSION).map((field) => field.name);
  const index = indexes.value.find(({ field }) => small.includes(field));
  if (index) return { index };
  if (floats.length === 0) return { notRead: 'only vectors of 32-bit floats are searched' };
  return {
    notRead:
      small.length === 0 ? `its vectors have more than ${MAX_DIMENSION} dimensions` : 'its vectors have no index',
  };
}
