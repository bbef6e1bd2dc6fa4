// Writes a backup as Milvus' migration tool does: see core/migration/backup-file.ts for the format.

export interface BackupWish {
  readonly metaPath?: string;
  /** The count in the header; the default is the true count. */
  readonly counted?: number;
}

export function backupOf(
  pairs: Readonly<Record<string, string>>,
  { metaPath = 'by-dev/meta', counted }: BackupWish = {},
): Buffer {
  const entries = Object.entries(pairs);
  const header = Buffer.concat([
    text(1, '2.1.4'),
    text(2, 'by-dev'),
    text(3, metaPath),
    number(4, counted ?? entries.length),
    text(6, '{"EntryIncludeRootPath":true}'),
  ]);
  return Buffer.concat([
    framed(header),
    ...entries.map(([key, data]) => framed(Buffer.concat([text(1, key), text(2, data)]))),
  ]);
}

export function framed(record: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(record.length));
  return Buffer.concat([length, record]);
}

function text(field: number, value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; bytes.length === 0 || left > 0; left >>>= 7)
    bytes.push(left > 0x7f ? (left & 0x7f) | 0x80 : left);
  return Buffer.from(bytes);
}
