import { describe, expect, it } from '@jest/globals';
import { describeAmounts, parseQuantity } from '../../../../src/core/lib/quantity.js';

describe('a quantity', () => {
  it.each([
    ['250m', 0.25],
    ['2', 2],
    [2, 2],
    ['1.5', 1.5],
    ['2Gi', 2 * 1024 ** 3],
    ['500M', 5e8],
    ['1e3', 1000],
    ['128974848', 128974848],
    [undefined, 0],
    ['much', 0],
  ])('%s is %s', (written, number) => {
    expect(parseQuantity(written)).toBe(number);
  });

  it('is formatted for people', () => {
    expect(describeAmounts({ cpu: 1.5, memory: 1.5 * 1024 ** 3 })).toBe('1.5 CPU and 1.5 GiB');
  });
});
