// Writes rows to a temporary collection, searches for one of them, and drops the collection. It touches no other one.
import { DEFAULT_DATABASE, type Field } from '../core/data/inventory.js';
import { isProbeCollection } from '../core/data/write-probe.js';
import type { CollectionPlace, MilvusApi } from './api.js';
import { MilvusError, toMilvusError } from './milvus-error.js';
import { attempt } from './reading.js';
import { PROBE_KEY, PROBE_METRIC, PROBE_VECTOR, type ProbeRow } from './probe-collection.js';

const ROWS: readonly ProbeRow[] = [0, 1, 2, 3, 4, 5, 6, 7].map((id) => ({ id, vector: [id, 0, 0, 1] }));
const SEARCHED = ROWS[2] as ProbeRow;
const KEY: Field = { name: PROBE_KEY, type: 'Int64', primary: true, autoId: false, dimension: '', maxLength: '' };
const RETRY_MILLISECONDS = 500;

export interface ProbeTools {
  readonly api: MilvusApi;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Whether the written rows have had enough time to become visible. */
  readonly isOver: () => boolean;
}

/** Throws MilvusError if Milvus does not create the collection, does not accept the rows, or does not find them. */
export async function probeWrites(name: string, tools: ProbeTools): Promise<void> {
  const { api } = tools;
  const place = { database: DEFAULT_DATABASE, name };
  try {
    await api.writes.create(place);
    await api.writes.insert(place, ROWS);
    await repeat(tools, async () => {
      const count = await api.count(place, KEY);
      return count === ROWS.length ? '' : `${count} of ${ROWS.length} written rows were found`;
    });
    await repeat(tools, () => searchFor(SEARCHED, api, place));
  } catch (error) {
    // What cannot be dropped now is dropped by the next probe.
    await attempt(() => api.writes.drop(place));
    throw error;
  }
  await api.writes.drop(place);
}

/** Drops what an interrupted probe has left. A collection with such a name and other fields is not touched. */
export async function dropLeftovers(api: MilvusApi): Promise<void> {
  const names = (await api.collections(DEFAULT_DATABASE)).filter(isProbeCollection);
  for (const name of names) {
    const place = { database: DEFAULT_DATABASE, name };
    const fields = (await api.fields(place)).map((field) => field.name);
    if (fields.toSorted().join() === [PROBE_KEY, PROBE_VECTOR].join()) await api.writes.drop(place);
  }
}

async function searchFor({ id, vector }: ProbeRow, api: MilvusApi, place: CollectionPlace): Promise<string> {
  const query = { field: PROBE_VECTOR, metric: PROBE_METRIC, params: {}, vector, limit: 1, primaryKey: PROBE_KEY };
  const [hit] = await api.search(place, query);
  if (!hit) return 'a search for a written row returned no row';
  return hit.key === String(id) ? '' : `a search for the row ${id} returned the row ${hit.key}`;
}

/**
 * Repeats a request until it returns no problem: a collection that is being loaded rejects requests, and written rows
 * become visible later.
 */
async function repeat({ wait, isOver }: ProbeTools, request: () => Promise<string>): Promise<void> {
  for (;;) {
    const problem = await request().catch(rejection);
    if (problem === '') return;
    if (isOver()) throw new MilvusError('rejected', problem);
    await wait(RETRY_MILLISECONDS);
  }
}

function rejection(error: unknown): string {
  const known = toMilvusError(error);
  if (known.kind === 'rejected') return known.message;
  throw known;
}
