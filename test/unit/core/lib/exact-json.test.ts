import { describe, expect, it } from '@jest/globals';
import { parseExactJson } from '../../../../src/core/lib/exact-json.js';

describe('exact JSON', () => {
  it.each<readonly [string, unknown]>([
    ['{"id":9007199254740993}', { id: '9007199254740993' }],
    ['[-9223372036854775808,1,0.5]', ['-9223372036854775808', 1, 0.5]],
    ['[0.12345678901234567,1e3,1.5E-7]', [0.12345678901234567, 1000, 1.5e-7]],
    ['{"a":"1234567890123456789 \\" 9007199254740993"}', { a: '1234567890123456789 " 9007199254740993' }],
    ['{"a":', null],
  ])('keeps the value of every number in %s', (text, expected) => {
    expect(parseExactJson(text)).toEqual(expected);
  });
});
