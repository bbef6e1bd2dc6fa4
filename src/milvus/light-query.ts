// A query that costs Milvus little: one row of a loaded collection, or the list of the collections if none is loaded.
import { DEFAULT_DATABASE, wasRead, type Field } from '../core/data/inventory.js';
import { isProbeCollection } from '../core/data/write-probe.js';
import { everyRow, type MilvusApi } from './api.js';
import { attempt } from './reading.js';

export interface LightQuery {
  /** For the report. */
  readonly what: string;
  /** Throws MilvusError. */
  readonly send: (api: MilvusApi) => Promise<void>;
}

/** The number of collections that are checked for one that is loaded. */
const MAX_CHECKED = 20;

const LIST: LightQuery = {
  what: 'the list of the collections, because none is loaded',
  send: async (api) => void (await api.collections(DEFAULT_DATABASE)),
};

export async function chooseQuery(api: MilvusApi): Promise<LightQuery> {
  const names = (await api.collections(DEFAULT_DATABASE)).filter((name) => !isProbeCollection(name));
  for (const name of names.slice(0, MAX_CHECKED)) {
    const primary = await primaryOfLoaded(api, name);
    if (primary) return rowQuery(name, primary);
  }
  return LIST;
}

async function primaryOfLoaded(api: MilvusApi, name: string): Promise<Field | undefined> {
  const place = { database: DEFAULT_DATABASE, name };
  const loaded = await attempt(() => api.isLoaded(place));
  if (!wasRead(loaded) || !loaded.value) return undefined;
  const fields = await attempt(() => api.fields(place));
  return wasRead(fields) ? fields.value.find((field) => field.primary) : undefined;
}

function rowQuery(name: string, primary: Field): LightQuery {
  const query = { filter: everyRow(primary), fields: [primary.name], limit: 1 };
  return {
    what: `one row of ${name}`,
    send: async (api) => void (await api.query({ database: DEFAULT_DATABASE, name }, query)),
  };
}
