// Inventories for tests: three collections as in a real installation, one of them not loaded.
import type { Collection, Inventory, Sample } from '../../src/core/data/inventory.js';

const NOT_LOADED = { notRead: 'it is not loaded' };

export function sampleOf(keys: readonly string[], indexType = 'FLAT'): Sample {
  return {
    keys,
    found: keys,
    search: {
      value: {
        field: 'vec',
        indexType,
        metric: 'L2',
        vector: [0.1, 0.2],
        hits: keys.map((key, at) => ({ key, score: at / 10 })),
      },
    },
  };
}

export function collection(name: string, changes: Partial<Collection> = {}): Collection {
  return {
    database: 'default',
    name,
    fields: {
      value: [
        { name: 'id', type: 'Int64', primary: true, autoId: false, dimension: '', maxLength: '' },
        { name: 'vec', type: 'FloatVector', primary: false, autoId: false, dimension: '16', maxLength: '' },
      ],
    },
    partitions: { value: ['_default'] },
    aliases: { value: [] },
    indexes: { value: [{ name: 'ix', field: 'vec', type: 'FLAT', metric: 'L2' }] },
    loaded: { value: true },
    rows: { value: { count: 1000, by: 'query' } },
    sample: { value: sampleOf(['9007199254740993', '9007199254740994', '9007199254740995']) },
    ...changes,
  };
}

export function inventory(changes: Partial<Inventory> = {}): Inventory {
  return {
    takenAt: '2026-01-01T00:00:00.000Z',
    version: '2.4.24',
    api: 'REST API v2',
    databases: { value: ['default'] },
    collections: [
      collection('exact'),
      collection('parts', {
        partitions: { value: ['_default', 'p2024'] },
        aliases: { value: ['current'] },
        loaded: { value: false },
        rows: { value: { count: 1000, by: 'statistics' } },
        sample: NOT_LOADED,
      }),
    ],
    access: {
      users: { value: ['alice', 'root'] },
      roles: { value: ['admin', 'public', 'reader'] },
      memberships: { value: ['alice has role reader'] },
      grants: { value: ['reader: Query on Collection exact'] },
    },
    ...changes,
  };
}
