// Reads the inventory of the data, through the connection of the platform or at the address of the config.
import type { DataConfig } from '../core/config/data.js';
import type { PlatformName } from '../core/config/config.js';
import type { Inventory } from '../core/data/inventory.js';
import { limited } from '../etcd/limited.js';
import { milvusAccess } from '../milvus/access.js';
import { openMilvusApi } from '../milvus/open-api.js';
import { readInventory } from '../milvus/read-inventory.js';
import type { Platform } from './platform.js';

/** For one inventory, including the connection. */
const READ_MILLISECONDS = 60_000;

export interface DataSource {
  readonly platform: Pick<Platform<PlatformName>, 'dialMilvus'>;
  readonly data: DataConfig;
  readonly signal: AbortSignal;
}

/** Throws if Milvus does not answer. Abort ends it. */
export async function readData(
  { platform, data, signal: run }: DataSource,
  { version, like }: { readonly version: string; readonly like: Inventory | null },
): Promise<Inventory> {
  return limited({ milliseconds: READ_MILLISECONDS, signal: run }, async (hold) => {
    const ended = new AbortController();
    hold({ destroy: () => ended.abort() });
    const { signal } = ended;
    const api = await openMilvusApi(milvusAccess(data, (port) => platform.dialMilvus(port, signal), signal));
    hold({ destroy: () => api.close() });
    try {
      return await readInventory(api, { takenAt: new Date().toISOString(), version, like });
    } finally {
      api.close();
    }
  });
}
