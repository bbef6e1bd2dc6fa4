// Reads the messages of the REST API v2: fields of a schema, indexes and rows.
import type { Field, Index } from '../core/data/inventory.js';
import { getList, getRecords, getString, stringAt, type JsonRecord } from '../core/lib/json.js';
import type { Row } from './api.js';

export function readField(field: JsonRecord): Field {
  const params = getRecords(field.params);
  const param = (key: string): string => getString(params.find((pair) => pair.key === key)?.value);
  return {
    name: stringAt(field, 'name'),
    type: stringAt(field, 'type').split('(', 1).join(),
    primary: field.primaryKey === true,
    autoId: field.autoId === true,
    dimension: param('dim'),
    maxLength: param('max_length'),
  };
}

export function readIndex(index: JsonRecord): Index {
  return {
    name: stringAt(index, 'indexName'),
    field: stringAt(index, 'fieldName'),
    type: stringAt(index, 'indexType'),
    metric: stringAt(index, 'metricType'),
  };
}

export function readRow(row: JsonRecord): Row {
  const entries = Object.entries(row);
  return {
    scalars: Object.fromEntries(
      entries.filter(([, value]) => !Array.isArray(value)).map(([key, value]) => [key, getString(value)]),
    ),
    vectors: Object.fromEntries(
      entries.filter(([, value]) => Array.isArray(value)).map(([key, value]) => [key, getList(value).map(Number)]),
    ),
  };
}
