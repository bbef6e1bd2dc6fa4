// Reads the columns of a query result (milvus-io/milvus-proto proto/schema.proto, FieldData, as Go writes it to JSON)
// into rows.
import { getList, getString, stringAt, valueAt, type JsonRecord } from '../core/lib/json.js';
import type { Row } from './api.js';

const SCALARS = ['LongData', 'StringData', 'IntData', 'BoolData', 'FloatData', 'DoubleData'];

export function readColumns(columns: readonly JsonRecord[]): Row[] {
  const scalars = columns.filter((column) => scalarsOf(column) !== null);
  const vectors = columns.filter((column) => vectorsOf(column) !== null);
  const count = Math.max(
    0,
    ...scalars.map((column) => scalarsOf(column)?.length ?? 0),
    ...vectors.map((column) => vectorsOf(column)?.length ?? 0),
  );
  return Array.from({ length: count }, (_, row) => ({
    scalars: Object.fromEntries(
      scalars.map((column) => [stringAt(column, 'field_name'), getString(scalarsOf(column)?.[row])]),
    ),
    vectors: Object.fromEntries(
      vectors.map((column) => [stringAt(column, 'field_name'), vectorsOf(column)?.[row] ?? []]),
    ),
  }));
}

function scalarsOf(column: JsonRecord): readonly unknown[] | null {
  const kind = SCALARS.find((name) => valueAt(column, `Field.Scalars.Data.${name}`) !== undefined);
  return kind === undefined ? null : getList(valueAt(column, `Field.Scalars.Data.${kind}.data`));
}

function vectorsOf(column: JsonRecord): number[][] | null {
  const dimension = Number(valueAt(column, 'Field.Vectors.dim') ?? 0);
  const numbers = getList(valueAt(column, 'Field.Vectors.Data.FloatVector.data')).map(Number);
  if (!(dimension > 0)) return null;
  return Array.from({ length: numbers.length / dimension }, (_, row) =>
    numbers.slice(row * dimension, (row + 1) * dimension),
  );
}
