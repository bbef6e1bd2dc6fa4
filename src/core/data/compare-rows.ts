// Compares the rows of one collection: their number, the sampled keys, and the result of a search. Clients may write
// during the run: rows may be added, and may appear in search results. Pure.
import type { Hit, Rows, Sample, Search } from './inventory.js';

/** What one comparison found; both lists are empty if it is equal. */
export interface Found {
  readonly differs: readonly string[];
  readonly unsure: readonly string[];
}

export const EQUAL: Found = { differs: [], unsure: [] };

/** Relative difference of scores that are computed from 32-bit floats, possibly in another order. */
const SCORE_TOLERANCE = 1e-3;
/** These indexes compare the query with every vector, so that the result depends only on the rows. */
const EXACT_INDEXES: ReadonlySet<string> = new Set(['FLAT', 'GPU_BRUTE_FORCE']);
/** An approximate index may be rebuilt by the new version, and then returns slightly different rows. */
const MIN_RECALL = 0.5;
/** Metrics whose nearest rows have the largest scores (milvus.io/docs/metric.md). */
const LARGER_IS_NEARER: ReadonlySet<string> = new Set(['IP', 'COSINE', 'BM25']);
const MAX_NAMED_KEYS = 3;

export function compareRows(before: Rows, after: Rows): Found {
  if (after.count >= before.count && (after.by === 'query' || before.by === 'statistics')) return EQUAL;
  const counted = `${after.count} instead of ${before.count}`;
  const isCertain = before.by === 'query' && after.by === 'query';
  if (isCertain || (after.count === 0 && before.count > 0)) return { differs: [`it has ${counted} rows`], unsure: [] };
  if (after.count >= before.count)
    return unsure('its rows can only be counted by statistics now, which also count deleted rows');
  return unsure(
    `it has ${counted} rows by its statistics, which also count deleted rows: a compaction may have removed those`,
  );
}

function unsure(what: string): Found {
  return { differs: [], unsure: [what] };
}

/** `areSecret` is true for keys that may be personal data: they are counted, not named. */
export function compareKeys(before: Sample, after: Sample, areSecret: boolean): Found {
  const found = new Set(after.found);
  const lost = before.found.filter((key) => !found.has(key));
  if (lost.length === 0) return EQUAL;
  const named = lost.slice(0, MAX_NAMED_KEYS).join(', ');
  const more = lost.length > MAX_NAMED_KEYS ? ', …' : '';
  const keys = areSecret ? '' : ` (${named}${more})`;
  return { differs: [`${lost.length} of ${before.found.length} sampled rows are missing${keys}`], unsure: [] };
}

export function compareSearches(before: Search, after: Search): Found {
  const left = keptHits(before, after);
  if (left.expected.length === 0) return EQUAL;
  const missing = left.expected.filter((hit) => !left.returned.has(hit.key));
  if (isExact(before) && isExact(after)) return compareExact(left, missing);
  const recall = 1 - missing.length / left.expected.length;
  if (recall >= MIN_RECALL) return EQUAL;
  const percent = `${Math.round(recall * 100)} %`;
  return {
    differs: [
      `a search returns ${percent} of the rows that it returned before (at least ${MIN_RECALL * 100} % expected)`,
    ],
    unsure: [],
  };
}

interface Kept {
  /** The hits of before, without those that other rows, which are nearer or equally near, have displaced. */
  readonly expected: readonly Hit[];
  readonly returned: ReadonlyMap<string, number>;
}

function keptHits(before: Search, after: Search): Kept {
  const returned = new Map(after.hits.map((hit) => [hit.key, hit.score]));
  const known = new Set(before.hits.map((hit) => hit.key));
  const added = after.hits.filter((hit) => !known.has(hit.key)).map((hit) => hit.score);
  // Rows that are equally near may be returned in any order, and the last ones of them not at all.
  const isNearer = (score: number, than: number): boolean =>
    isClose(score, than) || (LARGER_IS_NEARER.has(before.metric.toUpperCase()) ? score > than : score < than);
  const displacing = (hit: Hit): boolean => added.filter((score) => isNearer(score, hit.score)).length > 0;
  const isFull = after.hits.length >= before.hits.length;
  // Each of these rows displaces at most one row.
  const absent = before.hits.filter((hit) => !returned.has(hit.key) && isFull && displacing(hit));
  const displaced = new Set(absent.slice(-added.length).map((hit) => hit.key));
  return { expected: before.hits.filter((hit) => added.length === 0 || !displaced.has(hit.key)), returned };
}

function compareExact({ expected, returned }: Kept, missing: readonly Hit[]): Found {
  if (missing.length > 0)
    return {
      differs: [`an exact search no longer returns ${missing.length} of the ${expected.length} nearest rows`],
      unsure: [],
    };
  const changed = expected.filter((hit) => !isClose(hit.score, returned.get(hit.key) ?? Number.NaN));
  if (changed.length === 0) return EQUAL;
  return {
    differs: [`an exact search returns other scores for ${changed.length} of ${expected.length} rows`],
    unsure: [],
  };
}

function isExact({ indexType }: Search): boolean {
  return EXACT_INDEXES.has(indexType.toUpperCase());
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= SCORE_TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}
