import { describe, expect, it } from '@jest/globals';
import {
  getList,
  getRecord,
  getRecords,
  getString,
  parseJson,
  parseJsonRecord,
  recordAt,
  recordsAt,
  stringAt,
  valueAt,
} from '../../../../src/core/lib/json.js';

describe('unknown data', () => {
  it.each([
    [getRecord, { a: 1 }, { a: 1 }],
    [getRecord, [1], {}],
    [getRecord, null, {}],
    [getRecord, 'text', {}],
    [getList, [1, 'a'], [1, 'a']],
    [getList, { length: 1 }, []],
    [getRecords, [{ a: 1 }, null, [], 'text'], [{ a: 1 }]],
    [getRecords, null, []],
    [getString, 'text', 'text'],
    [getString, 7, '7'],
    [getString, true, ''],
    [getString, null, ''],
  ])('is read by %p from %j as %j', (read: (value: unknown) => unknown, value, expected) => {
    expect(read(value)).toEqual(expected);
  });

  it.each([
    ['a.b', { a: { b: 1 } }, 1],
    ['a.b', { a: [{ b: 1 }] }, undefined],
    ['a.b', {}, undefined],
    ['constructor', {}, undefined],
    ['a.__proto__', { a: {} }, undefined],
  ])('has at %s of %j the value %j', (path, record, expected) => {
    expect(valueAt(record, path)).toBe(expected);
  });

  it('is empty of the requested type where a path leads to another type', () => {
    const record = { a: { record: { b: 1 }, records: [{ b: 1 }], string: 'b' } };
    expect([recordAt(record, 'a.record'), recordAt(record, 'a.string')]).toEqual([{ b: 1 }, {}]);
    expect([recordsAt(record, 'a.records'), recordsAt(record, 'a.record')]).toEqual([[{ b: 1 }], []]);
    expect([stringAt(record, 'a.string'), stringAt(record, 'a.records')]).toEqual(['b', '']);
  });

  it.each([
    ['{"a":1}', { a: 1 }, { a: 1 }],
    ['[1]', [1], {}],
    ['{"a":', null, {}],
    ['', null, {}],
  ])('parses %j as %j, and as the record %j', (text, value, record) => {
    expect(parseJson(text)).toEqual(value);
    expect(parseJsonRecord(text)).toEqual(record);
  });
});
