// The names of the types of fields (milvus-io/milvus-proto proto/schema.proto, DataType).

export const DATA_TYPES: Readonly<Record<number, string>> = {
  1: 'Bool',
  2: 'Int8',
  3: 'Int16',
  4: 'Int32',
  5: 'Int64',
  10: 'Float',
  11: 'Double',
  20: 'String',
  21: 'VarChar',
  22: 'Array',
  23: 'JSON',
  100: 'BinaryVector',
  101: 'FloatVector',
  102: 'Float16Vector',
  103: 'BFloat16Vector',
  104: 'SparseFloatVector',
};
