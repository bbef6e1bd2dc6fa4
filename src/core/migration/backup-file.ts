// Verifies the backup of the Milvus migration tool as a stream: a backup to restore from must be complete and belong to
// this installation. Pure. The format (milvus-io/milvus cmd/tools/migration/backend/backup_restore.go,
// backup_header.proto): a length in 8 bytes, little-endian, and that many bytes of a protobuf BackupHeader {1 version,
// 2 instance, 3 metaPath, 4 entries, 5 component, 6 extra}; then repeatedly a length and a KeyDataPair {1 key, 2 data}.

const LENGTH_BYTES = 8;
/**
 * An entry of etcd is not larger than the largest request that etcd accepts (etcd --max-request-bytes, 1.5 MiB; at most
 * 10 MiB is recommended).
 */
const MAX_BYTES = 64 * 1024 * 1024;
const HEADER = { metaPath: 3, entries: 4 };
const PAIR = { key: 1 };

export interface BackupHeader {
  readonly metaPath: string;
  readonly entries: number;
}

export type BackupResult =
  | { readonly ok: true; readonly entries: number }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads the bytes of one file in order, and returns at the end whether it is a complete backup of this path in etcd.
 */
export class BackupReader {
  readonly #path: string;
  #rest = new Uint8Array(0);
  #header: BackupHeader | null = null;
  #entries = 0;
  #fault = '';

  /** `path` consists of root path and meta sub-path, for example `by-dev/meta`. */
  constructor(path: string) {
    this.#path = path;
  }

  take(bytes: Uint8Array): void {
    if (this.#fault !== '') return;
    this.#rest = joined(this.#rest, bytes);
    for (let record = this.#next(); record; record = this.#next()) this.#read(record);
  }

  end(): BackupResult {
    const reason = this.#fault || this.#missing();
    return reason === '' ? { ok: true, entries: this.#entries } : { ok: false, reason };
  }

  #missing(): string {
    if (!this.#header) return 'it has no header';
    if (this.#rest.length > 0) return `it is truncated after entry ${this.#entries} of ${this.#header.entries}`;
    if (this.#header.entries !== this.#entries)
      return `its header reports ${this.#header.entries} entries, but it contains ${this.#entries}`;
    return this.#entries === 0 ? 'it contains no entries' : '';
  }

  /** The next complete record. */
  #next(): Uint8Array | null {
    if (this.#fault !== '' || this.#rest.length < LENGTH_BYTES) return null;
    const length = new DataView(this.#rest.buffer, this.#rest.byteOffset).getBigUint64(0, true);
    if (length > MAX_BYTES) {
      this.#fault = `${this.#header ? `entry ${this.#entries + 1}` : 'its header'} has a length of ${length} bytes: the file is not a backup of the migration tool`;
      return null;
    }
    const end = LENGTH_BYTES + Number(length);
    if (this.#rest.length < end) return null;
    const record = this.#rest.subarray(LENGTH_BYTES, end);
    this.#rest = this.#rest.subarray(end);
    return record;
  }

  #read(record: Uint8Array): void {
    const fields = readFields(record);
    if (!fields) this.#fault = this.#header ? `entry ${this.#entries + 1} cannot be read` : 'its header cannot be read';
    else if (this.#header) this.#readPair(fields);
    else this.#readHeader(fields);
  }

  #readHeader(fields: Fields): void {
    const metaPath = getString(fields.get(HEADER.metaPath));
    this.#header = { metaPath, entries: Number(fields.get(HEADER.entries) ?? 0) };
    if (metaPath !== this.#path) this.#fault = `its path is "${metaPath}", not "${this.#path}"`;
  }

  #readPair(fields: Fields): void {
    const key = getString(fields.get(PAIR.key));
    this.#entries += 1;
    if (!key.startsWith(this.#path))
      this.#fault = `entry ${this.#entries} has the key "${key}", which is not below "${this.#path}"`;
  }
}

type Fields = ReadonlyMap<number, bigint | Uint8Array>;

/**
 * The fields of one protobuf message, the last value of each number; null if the bytes are not a protobuf message
 * (protobuf.dev/programming-guides/encoding).
 */
function readFields(bytes: Uint8Array): Fields | null {
  const fields = new Map<number, bigint | Uint8Array>();
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    const value = tag && readVarint(bytes, tag.end);
    if (!tag || !value) return null;
    const [number, wire] = [Number(tag.value >> 3n), Number(tag.value & 7n)];
    at = value.end;
    if (wire === 0) fields.set(number, value.value);
    else if (wire === 2) {
      at += Number(value.value);
      if (at > bytes.length) return null;
      fields.set(number, bytes.subarray(value.end, at));
    } else return null;
  }
  return fields;
}

const MAX_VARINT_BYTES = 10;

function readVarint(bytes: Uint8Array, from: number): { readonly value: bigint; readonly end: number } | null {
  let value = 0n;
  for (let at = from; at < Math.min(bytes.length, from + MAX_VARINT_BYTES); at += 1) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - from));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return null;
}

function getString(field: bigint | Uint8Array | undefined): string {
  return field instanceof Uint8Array ? new TextDecoder().decode(field) : '';
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
