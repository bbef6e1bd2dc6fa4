// Reads the inventory of the data.
import type { Inventory } from '../core/data/inventory.js';
import { readInventory } from '../milvus/read-inventory.js';
import { withApi, type DataSource } from './milvus-client.js';

/** For one inventory, including the connection. */
const READ_MILLISECONDS = 60_000;

/** Throws if Milvus does not answer. Abort ends it. */
export async function readData(
  source: DataSource,
  { version, like }: { readonly version: string; readonly like: Inventory | null },
): Promise<Inventory> {
  return withApi(source, READ_MILLISECONDS, (api) =>
    readInventory(api, { takenAt: new Date().toISOString(), version, like }),
  );
}
