import { describe, expect, it } from '@jest/globals';
import { compareInventories } from '../../../../src/core/data/compare.js';
import { stateOf } from '../../../../src/core/data/comparison.js';
import { formatInventory, parseInventory } from '../../../../src/core/data/inventory-file.js';
import { problemOf } from '../../../../src/core/data/inventory.js';
import { collection, inventory } from '../../../support/inventories.js';

describe('a saved inventory', () => {
  it('is the same after it is written and read', () => {
    expect(parseInventory(formatInventory(inventory()))).toEqual({ ok: true, inventory: inventory() });
  });

  it.each([
    ['another file', '{}', 'it is not an inventory of this action'],
    ['a text', 'secret', 'it is not an inventory of this action'],
    ['a later format', '{"kind":"milvus-inventory","formatVersion":9}', 'it has the format version 9, not 1'],
    ['a truncated file', '{"kind":"milvus-inventory","formatVersion":1}', 'it has no list of collections'],
  ])('is rejected if it is %s', (_, text, why) => {
    expect(parseInventory(text)).toEqual({ ok: false, why });
  });

  it('does not make a removed part equal', () => {
    const text = formatInventory(inventory()).replace('"fields"', '"other"');
    const parsed = parseInventory(text);
    expect(parsed.ok && stateOf(compareInventories(parsed.inventory, inventory()))).toBe('not-verified');
  });

  it('reports the first collection that could not be read', () => {
    expect(problemOf(inventory())).toBe('');
    expect(
      problemOf(inventory({ collections: [collection('c', { database: 'db', fields: { notRead: 'denied' } })] })),
    ).toBe('the collection db.c could not be read: denied');
  });
});
