// Whether collections that were loaded at first are loaded now, by their names and over any API of Milvus, for versions
// without the API of the management port.
import { DEFAULT_DATABASE, wasRead } from '../core/data/inventory.js';
import type { Loaded } from '../core/model/shared-observation.js';
import type { CollectionPlace, MilvusApi } from './api.js';
import { MAX_PARALLEL } from './http.js';
import { openMilvusApi, type MilvusAccess } from './open-api.js';
import { pooled } from './pooled.js';
import { attempt } from './reading.js';

export class LoadedByName {
  #desired: readonly CollectionPlace[] | null = null;

  /** True after the first answer. */
  isKnown(): boolean {
    return this.#desired !== null;
  }

  /** Throws MilvusError if Milvus does not answer. */
  async read(access: MilvusAccess): Promise<Loaded> {
    const api = await openMilvusApi(access);
    try {
      const loaded = await loadedOf(api, this.#desired ?? (await listAll(api)));
      this.#desired ??= loaded;
      return { desired: this.#desired.length, usable: loaded.length };
    } finally {
      api.close();
    }
  }
}

async function listAll(api: MilvusApi): Promise<readonly CollectionPlace[]> {
  const databases = await attempt(() => api.databases());
  const names = wasRead(databases) ? databases.value : [DEFAULT_DATABASE];
  const all = await pooled(names, MAX_PARALLEL, async (database) =>
    (await api.collections(database)).map((name) => ({ database, name })),
  );
  return all.flat();
}

async function loadedOf(api: MilvusApi, places: readonly CollectionPlace[]): Promise<readonly CollectionPlace[]> {
  const answers = await pooled(places, MAX_PARALLEL, (place) => api.isLoaded(place));
  return places.filter((_, position) => answers[position]);
}
