import { describe, expect, it } from '@jest/globals';
import { protoAll, protoBytes, protoText, protoTrue, readProto } from '../../../../src/core/lib/protobuf.js';

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

describe('a message of Protocol Buffers', () => {
  // The examples of protobuf.dev/programming-guides/encoding.
  it('has the bytes of the specification', () => {
    expect(Buffer.from(protoBytes(2, 'testing')).toString('hex')).toBe('120774657374696e67');
    expect(Buffer.from(protoTrue(3)).toString('hex')).toBe('1801');
    expect(protoText(bytes('120774657374696e67'), 2)).toBe('testing');
  });

  it('is read with fields of every wire type, also with long values', () => {
    const long = 'x'.repeat(300);
    const message = Buffer.concat([
      bytes('089601'),
      bytes('090000000000000000'),
      bytes('1d00000000'),
      protoBytes(4, long),
    ]);
    expect(readProto(message).map(({ number }) => number)).toEqual([1, 1, 3, 4]);
    expect(protoText(message, 4)).toBe(long);
  });

  it('is read at a path, and in a repeated field', () => {
    const message = Buffer.concat([protoBytes(2, protoBytes(1, 'a')), protoBytes(2, protoBytes(1, 'b'))]);
    expect(protoAll(message, 2).map((each) => protoText(each, 1))).toEqual(['a', 'b']);
    expect(protoText(message, 2, 1)).toBe('b');
    expect(protoText(message, 3, 1)).toBe('');
  });

  it.each(['12', '1205', '120574', '0b'])('is rejected if it is truncated or unknown (%s)', (hex) => {
    expect(() => readProto(bytes(hex))).toThrow(RangeError);
  });
});
