// How thoroughly an approximate index is searched, so that two versions with different defaults find the same rows.

export interface SearchParameter {
  /** The beginning of the index type. */
  readonly index: string;
  readonly parameter: string;
  readonly value: number;
  readonly source: string;
}

export const SEARCH_PARAMETERS: readonly SearchParameter[] = [
  { index: 'HNSW', parameter: 'ef', value: 200, source: 'milvus.io/docs/hnsw.md' },
  { index: 'IVF', parameter: 'nprobe', value: 64, source: 'milvus.io/docs/ivf-flat.md' },
  { index: 'SCANN', parameter: 'nprobe', value: 64, source: 'milvus.io/docs/scann.md' },
  { index: 'DISKANN', parameter: 'search_list', value: 200, source: 'milvus.io/docs/diskann.md' },
];

/** The parameters of a search with this type of index; empty if it has none, or is not known. */
export function searchParametersOf(indexType: string): Readonly<Record<string, number>> {
  const row = SEARCH_PARAMETERS.find(({ index }) => indexType.toUpperCase().startsWith(index));
  return row ? { [row.parameter]: row.value } : {};
}
