import { describe, expect, it } from '@jest/globals';
import { compareInventories } from '../../../../src/core/data/compare.js';
import { describeDifference, mayRecover, stateOf } from '../../../../src/core/data/comparison.js';
import {
  problemOf,
  type AccessControl,
  type Collection,
  type Inventory,
  type Sample,
} from '../../../../src/core/data/inventory.js';
import { collection, inventory, sampleOf } from '../../../support/inventories.js';

const before = inventory();
const [exact, parts] = before.collections as readonly [Collection, Collection];
const withExact = (changes: Partial<Collection>): Inventory =>
  inventory({ collections: [{ ...exact, ...changes }, parts] });
const withParts = (changes: Partial<Collection>): Inventory =>
  inventory({ collections: [exact, { ...parts, ...changes }] });
const withAccess = (changes: Partial<AccessControl>): Inventory =>
  inventory({ access: { ...before.access, ...changes } });
const reasons = (after: Inventory, from = before): string[] =>
  compareInventories(from, after).differences.map(describeDifference);
const gaps = (after: Inventory, from = before): string[] =>
  compareInventories(from, after).unverified.map(describeDifference);
const KEYS = ['9007199254740993', '9007199254740994', '9007199254740995'];
const searching = (sample: Sample, hits: readonly (readonly [string, number])[], indexType = 'FLAT'): Sample => ({
  ...sample,
  search: {
    value: {
      field: 'vec',
      indexType,
      metric: 'L2',
      vector: [0.1, 0.2],
      hits: hits.map(([key, score]) => ({ key, score })),
    },
  },
});

describe('the comparison of two inventories', () => {
  it('is verified if both are equal, and names what was not compared', () => {
    const compared = compareInventories(before, inventory());
    expect(stateOf(compared)).toBe('verified');
    expect(compared.limits).toEqual(['sample: it is not loaded (parts)', 'search: it is not loaded (parts)']);
    expect(
      compared.collections.map(({ name, rowsBefore, rowsAfter, state }) => [name, rowsBefore, rowsAfter, state]),
    ).toEqual([
      ['exact', 1000, 1000, 'verified'],
      ['parts', 1000, 1000, 'verified'],
    ]);
    expect(compared.collections[1]?.compared).toEqual([
      'schema',
      'partitions',
      'aliases',
      'indexes',
      'loaded state',
      'rows',
    ]);
  });

  const [id, vec] = (exact.fields as { value: readonly [never, never] }).value as readonly object[];
  it.each<readonly [string, Inventory, string]>([
    ['a collection', inventory({ collections: [exact] }), 'collection parts: it is missing'],
    ['a database', inventory({ databases: { value: [] } }), 'databases: database default is missing'],
    [
      'a row',
      withExact({ rows: { value: { count: 999, by: 'query' } } }),
      'collection exact: it has 999 instead of 1000 rows',
    ],
    [
      'a sampled row',
      withExact({ sample: { value: { ...sampleOf(KEYS), found: KEYS.slice(1) } } }),
      'collection exact: 1 of 3 sampled rows are missing (9007199254740993)',
    ],
    [
      'every row of a collection that is not loaded',
      withParts({ rows: { value: { count: 0, by: 'statistics' } } }),
      'collection parts: it has 0 instead of 1000 rows',
    ],
    ['an index', withExact({ indexes: { value: [] } }), 'collection exact: index ix on field vec is missing'],
    [
      'the type of an index',
      withExact({ indexes: { value: [{ name: 'ix', field: 'vec', type: 'HNSW', metric: 'L2' }] } }),
      'collection exact: index ix is HNSW with L2 instead of FLAT with L2',
    ],
    [
      'the loaded state',
      withExact({ loaded: { value: false } }),
      'collection exact: it was loaded and is not loaded now',
    ],
    ['a partition', withParts({ partitions: { value: ['_default'] } }), 'collection parts: partition p2024 is missing'],
    ['an alias', withParts({ aliases: { value: [] } }), 'collection parts: alias current is missing'],
    ['a field', withExact({ fields: { value: [id as never] } }), 'collection exact: field vec is missing'],
    [
      'the dimension of a field',
      withExact({ fields: { value: [id as never, { ...vec, dimension: '8' } as never] } }),
      'collection exact: field vec is FloatVector(8) instead of FloatVector(16)',
    ],
    ['a user', withAccess({ users: { value: ['root'] } }), 'users: alice is missing'],
    ['a role', withAccess({ roles: { value: ['admin', 'public'] } }), 'roles: reader is missing'],
    [
      'the role of a user',
      withAccess({ memberships: { value: [] } }),
      'roles of users: alice has role reader is missing',
    ],
    ['a grant', withAccess({ grants: { value: [] } }), 'grants: reader: Query on Collection exact is missing'],
    [
      'a nearest row',
      withExact({
        sample: {
          value: searching(sampleOf(KEYS), [
            [KEYS[0]!, 0],
            [KEYS[1]!, 0.1],
          ]),
        },
      }),
      'collection exact: an exact search no longer returns 1 of the 3 nearest rows',
    ],
    [
      'the score of an exact search',
      withExact({
        sample: {
          value: searching(sampleOf(KEYS), [
            [KEYS[0]!, 0],
            [KEYS[1]!, 0.15],
            [KEYS[2]!, 0.2],
          ]),
        },
      }),
      'collection exact: an exact search returns other scores for 1 of 3 rows',
    ],
  ])('finds and names the loss of %s', (_, after, reason) => {
    expect(reasons(after)).toEqual([reason]);
    expect(stateOf(compareInventories(before, after))).toBe('differs');
  });

  it('counts lost rows whose keys may be personal data, without naming them', () => {
    const people = collection('people', {
      fields: {
        value: [{ name: 'mail', type: 'VarChar', primary: true, autoId: false, dimension: '', maxLength: '64' }],
      },
      sample: { value: sampleOf(['a@example.com', 'b@example.com']) },
    });
    const after = { ...people, sample: { value: { ...sampleOf(['a@example.com', 'b@example.com']), found: [] } } };
    expect(reasons(inventory({ collections: [after] }), inventory({ collections: [people] }))).toEqual([
      'collection people: 2 of 2 sampled rows are missing',
    ]);
  });

  it('accepts what clients have written during the run', () => {
    const nearer = searching(sampleOf(KEYS), [
      ['5', -1],
      [KEYS[0]!, 0],
      [KEYS[1]!, 0.1],
    ]);
    const after = inventory({
      databases: { value: ['default', 'new'] },
      collections: [
        { ...exact, rows: { value: { count: 1001, by: 'query' } }, sample: { value: nearer } },
        { ...parts, loaded: { value: true }, partitions: { value: ['_default', 'p2024', 'p2025'] } },
        collection('new'),
      ],
    });
    expect(compareInventories(before, after)).toMatchObject({ differences: [], unverified: [] });
  });

  it('recognizes the index of the default name, which the migration to 2.2 renames', () => {
    const named = (name: string, field: string): Inventory =>
      withExact({ indexes: { value: [{ name, field, type: 'FLAT', metric: 'L2' }] } });
    const old = named('_default_idx', 'vec');
    expect(reasons(named('_default_idx_101', 'vec'), old)).toEqual([]);
    expect(reasons(named('_default_idx_101', 'other'), old)).toEqual([
      'collection exact: index _default_idx on field vec is missing',
    ]);
    expect(reasons(named('other_101', 'vec'), old)).toHaveLength(1);
  });

  it('accepts other rows that are equally near at the end of an exact search, and no missing nearer one', () => {
    const exactly = (hits: readonly (readonly [string, number])[]): Inventory =>
      withExact({ sample: { value: searching(sampleOf(KEYS), hits) } });
    const [first = '', second = '', third = ''] = KEYS;
    const found = exactly([
      [first, 0],
      [second, 0.5],
    ]);
    const tie = exactly([
      [first, 0],
      [third, 0.5],
    ]);
    const lost = exactly([
      [second, 0.5],
      [third, 0.5],
    ]);
    expect(reasons(tie, found)).toEqual([]);
    expect(reasons(lost, found)).toEqual([
      'collection exact: an exact search no longer returns 1 of the 2 nearest rows',
    ]);
  });

  it('requires that most rows of an approximate search are returned', () => {
    const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'];
    const hits = keys.map((key, at): readonly [string, number] => [key, at / 10]);
    const approximate = (returned: typeof hits): Inventory =>
      withExact({ sample: { value: searching(sampleOf(keys, 'HNSW'), returned, 'HNSW') } });
    expect(reasons(approximate(hits.slice(5)), approximate(hits))).toEqual([]);
    expect(reasons(approximate(hits.slice(6)), approximate(hits))).toEqual([
      'collection exact: a search returns 40 % of the rows that it returned before (at least 50 % expected)',
    ]);
  });

  it('is not verified if a request failed before, although everything that was read is equal', () => {
    const failed = { notRead: 'no answer within 10 s', failed: true } as const;
    const databases = inventory({ databases: failed });
    expect(stateOf(compareInventories(databases, inventory()))).toBe('not-verified');
    expect(gaps(inventory(), databases)).toEqual(['databases: could not be read before: no answer within 10 s']);
    const rows = withExact({ rows: failed });
    expect(gaps(inventory(), rows)).toEqual([
      'collection exact: its rows could not be read before: no answer within 10 s',
    ]);
    expect([problemOf(databases), problemOf(rows), problemOf(inventory())]).toEqual([
      'the databases, users, roles or grants could not be read: no answer within 10 s',
      'the collection exact could not be read: no answer within 10 s',
      '',
    ]);
  });

  it('does not treat as equal what it cannot read now, or could not read before', () => {
    const after = inventory({
      collections: [{ ...exact, rows: { notRead: 'timeout' } }, parts],
      access: { ...before.access, grants: { notRead: 'permission denied' } },
    });
    expect(gaps(after)).toEqual([
      'grants: could not be read: permission denied',
      'collection exact: its rows could not be read: timeout',
    ]);
    expect(stateOf(compareInventories(before, after))).toBe('not-verified');
    expect(gaps(before, withExact({ fields: { notRead: 'permission denied' } }))).toEqual([
      'collection exact: it could not be read before: permission denied',
    ]);
  });

  it('does not conclude from fewer rows in the statistics that rows are lost', () => {
    const after = withParts({ rows: { value: { count: 990, by: 'statistics' } } });
    expect(reasons(after)).toEqual([]);
    expect(gaps(after)).toEqual([
      'collection parts: it has 990 instead of 1000 rows by its statistics, which also count deleted rows: a compaction may have removed those',
    ]);
  });

  it('names what the API of the version did not offer', () => {
    const from = withAccess({ grants: { notRead: 'not available over HTTP before 2.4' } });
    expect(compareInventories(from, before).limits).toContain('grants: not available over HTTP before 2.4');
    expect(stateOf(compareInventories(from, before))).toBe('verified');
  });

  it.each<readonly [string, Inventory, boolean]>([
    ['a collection that is not loaded yet', withExact({ loaded: { value: false } }), true],
    ['a response that is missing', withExact({ sample: { notRead: 'timeout' } }), true],
    ['a missing index', withExact({ indexes: { value: [] } }), false],
    [
      'a missing index and a collection that is not loaded',
      withExact({ indexes: { value: [] }, loaded: { value: false } }),
      false,
    ],
    ['nothing', before, false],
  ])('may recover from %s: %s', (_, after, expected) => {
    expect(mayRecover(compareInventories(before, after))).toBe(expected);
  });
});
