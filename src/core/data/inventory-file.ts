// The JSON form of an inventory: saved by one run, read by a later one. Pure.
import {
  getList,
  getRecord,
  getRecords,
  getString,
  isRecord,
  parseJson,
  stringAt,
  type JsonRecord,
} from '../lib/json.js';
import type { Collection, Field, Hit, Index, Inventory, Reading, Rows, Sample, Search } from './inventory.js';

const KIND = 'milvus-inventory';
/** Raised when a change would make older readers misunderstand a file. */
const FORMAT_VERSION = 1;

export function formatInventory(inventory: Inventory): string {
  // A vector on one line: it is not for readers.
  const oneLine = (key: string, value: unknown): unknown =>
    key === 'vector' && Array.isArray(value) ? value.join(' ') : value;
  return `${JSON.stringify({ kind: KIND, formatVersion: FORMAT_VERSION, ...inventory }, oneLine, 1)}\n`;
}

export type ParsedInventory =
  | { readonly ok: true; readonly inventory: Inventory }
  | { readonly ok: false; readonly why: string };

/** Quotes nothing of the text, which contains data of users. */
export function parseInventory(text: string): ParsedInventory {
  const file = parseJson(text);
  if (!isRecord(file) || file.kind !== KIND) return { ok: false, why: 'it is not an inventory of this action' };
  if (file.formatVersion !== FORMAT_VERSION)
    return { ok: false, why: `it has the format version ${getString(file.formatVersion)}, not ${FORMAT_VERSION}` };
  if (!Array.isArray(file.collections)) return { ok: false, why: 'it has no list of collections' };
  const access = getRecord(file.access);
  return {
    ok: true,
    inventory: {
      takenAt: stringAt(file, 'takenAt'),
      version: stringAt(file, 'version'),
      api: stringAt(file, 'api'),
      databases: reading(file.databases, strings),
      collections: getRecords(file.collections).map(readCollection),
      access: {
        users: reading(access.users, strings),
        roles: reading(access.roles, strings),
        memberships: reading(access.memberships, strings),
        grants: reading(access.grants, strings),
      },
    },
  };
}

function readCollection(record: JsonRecord): Collection {
  return {
    database: stringAt(record, 'database'),
    name: stringAt(record, 'name'),
    fields: reading(record.fields, (value) => getRecords(value).map(readField)),
    partitions: reading(record.partitions, strings),
    aliases: reading(record.aliases, strings),
    indexes: reading(record.indexes, (value) => getRecords(value).map(readIndex)),
    loaded: reading(record.loaded, (value) => value === true),
    rows: reading(record.rows, (value) => readRows(getRecord(value))),
    sample: reading(record.sample, (value) => readSample(getRecord(value))),
  };
}

/** A file that was edited must not turn a missing part into an equal one. */
function reading<Value>(value: unknown, read: (value: unknown) => Value): Reading<Value> {
  const record = getRecord(value);
  if ('value' in record) return { value: read(record.value) };
  const notRead = stringAt(record, 'notRead') || 'it is missing in the saved inventory';
  return { notRead, ...(record.failed === true && { failed: true as const }) };
}

function strings(value: unknown): string[] {
  return getList(value).map(getString);
}

function readField(record: JsonRecord): Field {
  return {
    name: stringAt(record, 'name'),
    type: stringAt(record, 'type'),
    primary: record.primary === true,
    autoId: record.autoId === true,
    dimension: stringAt(record, 'dimension'),
    maxLength: stringAt(record, 'maxLength'),
  };
}

function readIndex(record: JsonRecord): Index {
  return {
    name: stringAt(record, 'name'),
    field: stringAt(record, 'field'),
    type: stringAt(record, 'type'),
    metric: stringAt(record, 'metric'),
  };
}

function readRows(record: JsonRecord): Rows {
  return { count: Number(record.count), by: record.by === 'query' ? 'query' : 'statistics' };
}

function readSample(record: JsonRecord): Sample {
  return {
    keys: strings(record.keys),
    found: strings(record.found),
    search: reading(record.search, (value) => readSearch(getRecord(value))),
  };
}

function readSearch(record: JsonRecord): Search {
  return {
    field: stringAt(record, 'field'),
    indexType: stringAt(record, 'indexType'),
    metric: stringAt(record, 'metric'),
    vector: stringAt(record, 'vector').split(' ').map(Number),
    hits: getRecords(record.hits).map(readHit),
  };
}

function readHit(record: JsonRecord): Hit {
  return { key: stringAt(record, 'key'), score: Number(record.score) };
}
