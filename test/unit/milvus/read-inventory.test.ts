import { afterEach, describe, expect, it } from '@jest/globals';
import { compareInventories } from '../../../src/core/data/compare.js';
import { describeDifference, stateOf } from '../../../src/core/data/comparison.js';
import { wasRead, type Inventory } from '../../../src/core/data/inventory.js';
import { openMilvusApi, type MilvusAccess } from '../../../src/milvus/open-api.js';
import { readInventory } from '../../../src/milvus/read-inventory.js';
import { FakeMilvus, threeCollections, type FakeCollection, type FakeMilvusState } from '../../support/fake-milvus.js';

const opened: FakeMilvus[] = [];
afterEach(() => opened.splice(0).forEach((milvus) => milvus.close()));

async function start(changes: Partial<FakeMilvusState> = {}): Promise<FakeMilvus> {
  const milvus = await new FakeMilvus(changes).listen();
  opened.push(milvus);
  return milvus;
}

async function read(
  milvus: FakeMilvus,
  like: Inventory | null = null,
  changes: Partial<MilvusAccess> = {},
): Promise<Inventory> {
  const { signal } = new AbortController();
  const api = await openMilvusApi({ dial: milvus.dial, dialClients: null, tls: null, token: '', signal, ...changes });
  try {
    return await readInventory(api, { takenAt: '2026-01-01T00:00:00.000Z', version: '2.4.24', like });
  } finally {
    api.close();
  }
}

const APIS = [
  ['REST API v2', { offers: ['rest'] }],
  ['management API', { offers: ['management', 'grpc'] }],
  ['management API without count(*)', { offers: ['management'], counts: false }],
] as const;

describe.each<readonly [string, Partial<FakeMilvusState>]>(APIS)('an inventory over the %s', (name, offers) => {
  it('contains every collection, with exact keys, a sample and a search of those that are loaded', async () => {
    const inventory = await read(await start(offers));
    expect(inventory.api).toBe(name.replace(' without count(*)', ''));
    expect(inventory.collections.map(({ name: found }) => found)).toEqual(['exact', 'parts', 'people']);
    const [exact, parts, people] = inventory.collections;
    expect(exact).toMatchObject({
      rows: { value: { count: 3, by: 'query' } },
      indexes: { value: [{ name: 'ix', field: 'vec', type: 'FLAT', metric: 'L2' }] },
      sample: {
        value: {
          found: ['9007199254740993', '9007199254740994', '-5'],
          search: {
            value: {
              vector: [0, 0],
              hits: [
                { key: '9007199254740993', score: 0 },
                { key: '9007199254740994', score: 2 },
                { key: '-5', score: 8 },
              ],
            },
          },
        },
      },
    });
    expect(parts).toMatchObject({
      partitions: { value: ['_default', 'p2024'] },
      aliases: { value: ['current'] },
      loaded: { value: false },
      rows: { value: { count: 2, by: 'statistics' } },
      sample: { notRead: 'it is not loaded' },
    });
    expect(people).toMatchObject({ sample: { value: { found: ['a@example.com', 'b"@example.com'] } } });
  });

  it('is equal to the next one if nothing was changed', async () => {
    const milvus = await start(offers);
    const before = await read(milvus);
    expect(stateOf(compareInventories(before, await read(milvus, before)))).toBe('verified');
  });

  const change =
    (changes: Partial<FakeCollection>) =>
    (milvus: FakeMilvus): void => {
      milvus.state.collections = milvus.state.collections.map((collection) =>
        collection.name === 'exact' ? { ...collection, ...changes } : collection,
      );
    };
  it.each<readonly [string, (milvus: FakeMilvus) => void, string]>([
    [
      'a deleted row',
      change({ rows: ['9007199254740993', '9007199254740994'] }),
      'collection exact: it has 2 instead of 3 rows',
    ],
    ['a dropped index', change({ indexes: [] }), 'collection exact: index ix on field vec is missing'],
    ['a released collection', change({ loaded: false }), 'collection exact: it was loaded and is not loaded now'],
  ])('shows %s', async (_, lose, expected) => {
    const milvus = await start(offers);
    const before = await read(milvus);
    lose(milvus);
    const compared = compareInventories(before, await read(milvus, before));
    expect(compared.differences.map(describeDifference)).toContain(expected);
  });

  it('only reads', async () => {
    const milvus = await start(offers);
    await read(milvus);
    const changing = /\/(load|release|create|drop|insert|delete|upsert|alter|flush)\b/;
    expect(milvus.requests.filter((request) => changing.test(request) || request.startsWith('DELETE'))).toEqual([]);
  });

  it('sends a few requests for each collection, a few at once, over connections that are reused', async () => {
    const exact = threeCollections()[0]!;
    const collections = Array.from({ length: 20 }, (_, at) => ({ ...exact, name: `c${at}` }));
    const milvus = await start({ ...offers, collections });
    expect((await read(milvus)).collections).toHaveLength(20);
    expect(milvus.requests.length).toBeLessThan(20 * 11);
    expect(milvus.mostAtOnce).toBeLessThanOrEqual(8);
    // One more finds out that the other API is not offered, and one is for gRPC.
    expect(milvus.connections).toBeLessThanOrEqual(10);
  });
});

describe('an inventory', () => {
  it.each<readonly [string, FakeMilvusState['offers']]>([
    ['the REST API v2', ['rest']],
    ['gRPC beside the management API', ['management', 'grpc']],
  ])('contains databases, roles of users and grants over %s, and shows a lost grant', async (_, offers) => {
    const milvus = await start({ offers });
    const before = await read(milvus);
    expect(before.access).toEqual({
      users: { value: ['root', 'alice'] },
      roles: { value: ['admin', 'reader'] },
      memberships: { value: ['root has the role admin', 'alice has the role reader'] },
      grants: { value: ['reader: Query on Collection exact'] },
    });
    expect(before.databases).toEqual({ value: ['default'] });
    milvus.state.roles = { admin: [], reader: [] };
    expect(compareInventories(before, await read(milvus, before)).differences.map(describeDifference)).toEqual([
      'grants: reader: Query on Collection exact is missing',
    ]);
  });

  it('says what a version offers neither over HTTP nor over gRPC', async () => {
    const { databases, access } = await read(await start({ offers: ['management'] }));
    expect([databases, access.roles, access.grants]).toEqual([databases, databases, databases]);
    expect(databases).toEqual({ notRead: 'this version does not offer it' });
  });
});

describe('an inventory over the REST API v2', () => {
  it('reads every database', async () => {
    const exact = threeCollections()[0]!;
    const milvus = await start({
      databases: ['default', 'shop'],
      collections: [exact, { ...exact, database: 'shop' }],
    });
    expect((await read(milvus)).collections.map(({ database, name }) => `${database}.${name}`)).toEqual([
      'default.exact',
      'shop.exact',
    ]);
  });

  it('sends the token in a header', async () => {
    const milvus = await start({ token: 'root:Milvus', offers: ['rest'] });
    expect((await read(milvus, null, { token: 'root:Milvus' })).collections).toHaveLength(3);
    expect(milvus.requests.join()).not.toContain('Milvus');
  });

  it.each(['', 'root:wrong'])('names the missing credentials (token "%s")', async (token) => {
    const milvus = await start({ token: 'root:Milvus', offers: ['rest'] });
    await expect(read(milvus, null, { token })).rejects.toMatchObject({
      kind: 'credentials',
      message: "it requires a user or an API key that it accepts: user hasn't authenticated",
    });
  });

  it('has the reason for a part that cannot be read', async () => {
    const milvus = await start({ failing: 'aliases' });
    const inventory = await read(milvus);
    const aliases = inventory.collections.map((collection) => collection.aliases);
    expect(aliases.map((part) => (wasRead(part) ? '' : part.notRead))).toEqual(
      aliases.map(() => 'it responded with status 500'),
    );
  });
});

describe('the choice of the API', () => {
  it('is the management API if clients cannot be authenticated, but that port answers', async () => {
    const milvus = await start({ token: 'root:Milvus' });
    const inventory = await read(milvus);
    expect(inventory.api).toBe('management API');
    expect(inventory.access.grants).toEqual({
      notRead: 'Milvus requires credentials for it (milvus-token): auth check failure',
    });
    await expect(read(milvus, null, { token: 'root:wrong' })).rejects.toMatchObject({ kind: 'credentials' });
  });

  it('reports both ports if neither answers', async () => {
    await expect(read(await start({ offers: [] }))).rejects.toMatchObject({
      message:
        'port 19530: this version does not offer it over its HTTP API; port 9091: its management API responds with 404',
    });
  });

  it('reports why a port cannot be reached', async () => {
    const milvus = await start();
    const dial = (port: number): Promise<never> => Promise.reject(new Error(`port ${port} is closed`));
    await expect(read(milvus, null, { dial })).rejects.toMatchObject({
      kind: 'unreachable',
      message: 'port 19530: port 19530 is closed; port 9091: port 9091 is closed',
    });
  });

  it('suggests TLS for a port that closes the connection', async () => {
    const milvus = await start();
    const dial = async (): Promise<never> => {
      const socket = await milvus.dial(1);
      socket.on('newListener', () => undefined);
      setImmediate(() => socket.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })));
      return socket as never;
    };
    await expect(read(milvus, null, { dial })).rejects.toThrow(/if Milvus uses TLS, set milvus-ca-certificate/);
  });
});
