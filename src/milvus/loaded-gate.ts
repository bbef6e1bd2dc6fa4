// Whether the collections that were loaded at first can be searched now, over whatever API the version offers.
import type { Duplex } from 'node:stream';
import type { DataConfig } from '../core/config/data.js';
import type { Loaded } from '../core/model/shared-observation.js';
import { milvusAccess } from './access.js';
import { LoadedByName } from './loaded-by-name.js';
import { MANAGEMENT_PORT, UsableCollections } from './usable-collections.js';

export class LoadedGate {
  readonly #data: DataConfig;
  readonly #collections = new UsableCollections();
  readonly #byName = new LoadedByName();
  constructor(data: DataConfig) {
    this.#data = data;
  }

  /** True after the first answer. */
  isKnown(): boolean {
    return this.#collections.isKnown() || this.#byName.isKnown();
  }

  /** `dial` opens a connection to this port of a proxy. Throws if no API answers. */
  async read(dial: (port: number) => Promise<Duplex>, signal: AbortSignal): Promise<Loaded> {
    const isFirst = !this.isKnown();
    const readByName = (): Promise<Loaded> => this.#byName.read(milvusAccess(this.#data, dial, signal));
    // The new version may close the API of the management port, so the names are read while the old version serves.
    const byName = isFirst ? await readByName().catch(() => null) : null;
    try {
      if (!isFirst && !this.#collections.isKnown()) return await readByName();
      // This API also returns whether the shards have a leader.
      return await this.#collections.sendRequest({ dial: () => dial(MANAGEMENT_PORT), signal });
    } catch (error) {
      if (!this.#byName.isKnown()) throw error;
      return byName ?? (await readByName());
    }
  }
}
