// Reads the inventory of a Milvus as a client would: only lists, descriptions and a few small queries. It never loads
// or releases a collection.
import {
  DEFAULT_DATABASE,
  nameCollection,
  wasRead,
  type AccessControl,
  type Collection,
  type Inventory,
  type Reading,
} from '../core/data/inventory.js';
import { isProbeCollection } from '../core/data/write-probe.js';
import type { CollectionPlace, MilvusApi } from './api.js';
import { MAX_PARALLEL } from './http.js';
import { pooled } from './pooled.js';
import { readRows } from './read-rows.js';
import { readSample } from './read-sample.js';
import { attempt } from './reading.js';

export interface InventoryRequest {
  readonly takenAt: string;
  readonly version: string;
  /** The inventory to compare with: the same rows are queried, and the same searches repeated. */
  readonly like: Inventory | null;
}

/** Throws MilvusError if not even the collections can be listed. */
export async function readInventory(api: MilvusApi, { takenAt, version, like }: InventoryRequest): Promise<Inventory> {
  const databases = await attempt(() => api.databases());
  const known = wasRead(databases) ? databases.value : [DEFAULT_DATABASE];
  const places = (await pooled(known, MAX_PARALLEL, (database) => listPlaces(api, database))).flat();
  const before = new Map(like?.collections.map((collection) => [nameCollection(collection), collection]));
  const [collections, access] = await Promise.all([
    pooled(places, MAX_PARALLEL, (place) => readCollection(api, place, before.get(nameCollection(place)) ?? null)),
    readAccess(api, known),
  ]);
  return { takenAt, version, api: api.name, databases, collections, access };
}

async function listPlaces(api: MilvusApi, database: string): Promise<CollectionPlace[]> {
  const names = await api.collections(database);
  const lasting = names.filter((name) => !isProbeCollection(name));
  return lasting.toSorted().map((name) => ({ database, name }));
}

async function readCollection(api: MilvusApi, place: CollectionPlace, before: Collection | null): Promise<Collection> {
  const fields = await attempt(() => api.fields(place));
  const partitions = await attempt(() => api.partitions(place));
  const aliases = await attempt(() => api.aliases(place));
  const indexes = await attempt(() => api.indexes(place));
  const loaded = await attempt(() => api.isLoaded(place));
  const described = { ...place, fields, partitions, aliases, indexes, loaded };
  const rows = await readRows(api, described);
  const sample = await readSample(api, { ...described, rows }, before);
  return { ...described, rows, sample };
}

async function readAccess(api: MilvusApi, databases: readonly string[]): Promise<AccessControl> {
  const users = await attempt(() => api.users());
  const roles = await attempt(() => api.roles());
  const memberships = await forEach(users, async (user) =>
    (await api.rolesOf(user)).map((role) => `${user} has the role ${role}`),
  );
  const grants = await forEach(roles, async (role) => {
    const all = await pooled(databases, 1, (database) => api.grants(role, database));
    return [...new Set(all.flat())];
  });
  return { users, roles, memberships, grants };
}

function forEach(
  names: Reading<readonly string[]>,
  read: (name: string) => Promise<readonly string[]>,
): Promise<Reading<readonly string[]>> | Reading<readonly string[]> {
  if (!wasRead(names)) return names;
  return attempt(async () => (await pooled(names.value, 2, read)).flat());
}
