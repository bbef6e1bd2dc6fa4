// Writes and reads the few forms of Protocol Buffers that this action needs
// (protobuf.dev/programming-guides/encoding): strings, flags and nested messages. Pure.

const VARINT = 0;
const LENGTH_DELIMITED = 2;
/** The number of bytes of the fixed wire types. */
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

export interface ProtoField {
  readonly number: number;
  /** Empty for a number. */
  readonly bytes: Uint8Array;
}

/** One field with a text or a nested message. */
export function protoBytes(number: number, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return Buffer.concat([varint((number << 3) | LENGTH_DELIMITED), varint(bytes.length), bytes]);
}

/** One field that is true. */
export function protoTrue(number: number): Uint8Array {
  return Buffer.concat([varint(number << 3), varint(1)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  return Buffer.from([...bytes, left]);
}

/** The fields of a message, in order. Throws RangeError if it is truncated. */
export function readProto(message: Uint8Array): ProtoField[] {
  const fields: ProtoField[] = [];
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at];
      if (byte === undefined) throw new RangeError('the message is truncated');
      at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = number();
    const length = lengthOf(key % 8, number);
    if (at + length > message.length) throw new RangeError('the message is truncated');
    fields.push({ number: Math.floor(key / 8), bytes: message.subarray(at, at + length) });
    at += length;
  }
  return fields;
}

/** The number of bytes of the value; a varint is read and has none. */
function lengthOf(wireType: number, number: () => number): number {
  if (wireType === LENGTH_DELIMITED) return number();
  if (wireType === VARINT) return number() * 0;
  const fixed = FIXED_BYTES[wireType];
  if (fixed === undefined) throw new RangeError('the message has an unknown wire type');
  return fixed;
}

/** Every value of a repeated field. */
export function protoAll(message: Uint8Array, number: number): Uint8Array[] {
  return readProto(message)
    .filter((field) => field.number === number)
    .map((field) => field.bytes);
}

/** The text at a path of fields; empty if one is missing. */
export function protoText(message: Uint8Array, ...path: readonly number[]): string {
  const found = path.reduce<Uint8Array | undefined>(
    (at, number) => (at ? protoAll(at, number).at(-1) : undefined),
    message,
  );
  return found ? Buffer.from(found).toString('utf8') : '';
}
