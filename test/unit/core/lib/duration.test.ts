import { describe, expect, it } from '@jest/globals';
import { formatSeconds } from '../../../../src/core/lib/duration.js';

describe('formatSeconds', () => {
  it.each([
    [0, '0 s'],
    [0.04, '0 s'],
    [2.84, '2.8 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [92, '1 min 32 s'],
    [3599.7, '1 h'],
    [7500, '2 h 5 min'],
    [86_400, '24 h'],
  ])('formats %d seconds as %j', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});
