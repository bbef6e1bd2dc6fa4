// Counts the rows of a collection: by a query if it is loaded, else by its statistics.
import { wasRead, type Collection, type Field, type Reading, type Rows } from '../core/data/inventory.js';
import type { MilvusApi } from './api.js';
import { attempt } from './reading.js';

type Described = Omit<Collection, 'rows' | 'sample'>;

export async function readRows(api: MilvusApi, collection: Described): Promise<Reading<Rows>> {
  const primary = primaryOf(collection);
  if (primary && wasRead(collection.loaded) && collection.loaded.value) {
    const counted = await attempt(() => api.count(collection, primary));
    if (wasRead(counted)) return { value: { count: counted.value, by: 'query' } };
  }
  const counted = await attempt(() => api.statistics(collection));
  return wasRead(counted) ? { value: { count: counted.value, by: 'statistics' } } : counted;
}

export function primaryOf({ fields }: Pick<Collection, 'fields'>): Field | null {
  return wasRead(fields) ? (fields.value.find((field) => field.primary) ?? null) : null;
}
