// Reads the messages of the management API: fields of a schema (milvus-proto proto/schema.proto), and indexes.
import type { Field, Index } from '../core/data/inventory.js';
import { getRecords, getString, stringAt, type JsonRecord } from '../core/lib/json.js';
import { DATA_TYPES } from './data-types.js';

function paramsOf(list: unknown): (key: string) => string {
  const pairs = getRecords(list);
  return (key) => getString(pairs.find((pair) => pair.key === key)?.value);
}

export function readField(field: JsonRecord): Field {
  const param = paramsOf(field.type_params);
  return {
    name: stringAt(field, 'name'),
    type: DATA_TYPES[Number(field.data_type ?? 0)] ?? `type ${getString(field.data_type)}`,
    primary: field.is_primary_key === true,
    autoId: field.autoID === true,
    dimension: param('dim'),
    maxLength: param('max_length'),
  };
}

export function readIndex(index: JsonRecord): Index {
  const param = paramsOf(index.params);
  return {
    name: stringAt(index, 'index_name'),
    field: stringAt(index, 'field_name'),
    type: param('index_type'),
    metric: param('metric_type'),
  };
}
