import { describe, expect, it } from '@jest/globals';
import { holds, type Values } from '../../../../src/core/model/values.js';

const reference = { name: 'KEY', valueFrom: { secretKeyRef: { name: 'bucket', key: 'password' } } };
/** As returned by Helm: sorted by key. */
const sorted = { name: 'KEY', valueFrom: { secretKeyRef: { key: 'password', name: 'bucket' } } };

describe('values that a release has', () => {
  it.each<[string, Values, Values, boolean]>([
    ['the same value', { a: { b: 1 } }, { a: { b: 1 } }, true],
    ['more values than desired', { a: { b: 1, c: 2 } }, { a: { b: 1 } }, true],
    ['another value', { a: { b: 1 } }, { a: { b: 2 } }, false],
    ['no value if null is desired', {}, { a: null }, true],
    ['a value if null is desired', { a: 1 }, { a: null }, false],
    ['a list with its keys in another order', { extraEnv: [sorted] }, { extraEnv: [reference] }, true],
    ['a list of other items', { extraEnv: [{ ...sorted, name: 'OTHER' }] }, { extraEnv: [reference] }, false],
    ['a longer list', { extraEnv: [sorted, sorted] }, { extraEnv: [reference] }, false],
    ['a list in another order', { list: [1, 2] }, { list: [2, 1] }, false],
    [
      'an item with more keys than desired',
      { extraEnv: [{ ...sorted, value: 'x' }] },
      { extraEnv: [reference] },
      false,
    ],
  ])('are compared: %s', (_, present, desired, expected) => {
    expect(holds(present, desired)).toBe(expected);
  });
});
