// What a client requests of a Milvus, whatever API its version offers. Every method throws MilvusError, with the kind
// `not-offered` if the API has no such request.
import type { Field, Hit, Index } from '../core/data/inventory.js';
import type { ProbeRow } from './probe-collection.js';

export interface CollectionPlace {
  readonly database: string;
  readonly name: string;
}

export interface RowQuery {
  readonly filter: string;
  readonly fields: readonly string[];
  readonly limit: number;
}

/** Values by field: keys and other scalars as text, vectors as numbers. */
export interface Row {
  readonly scalars: Readonly<Record<string, string>>;
  readonly vectors: Readonly<Record<string, readonly number[]>>;
}

export interface VectorQuery {
  readonly field: string;
  readonly metric: string;
  /** How thoroughly the index is searched. */
  readonly params: Readonly<Record<string, number>>;
  readonly vector: readonly number[];
  readonly limit: number;
  readonly primaryKey: string;
}

/** What the write probe changes: its own collection, and nothing else. */
export interface MilvusWrites {
  /** Creates the collection with an index, and begins to load it. */
  create(place: CollectionPlace): Promise<void>;
  insert(place: CollectionPlace, rows: readonly ProbeRow[]): Promise<void>;
  drop(place: CollectionPlace): Promise<void>;
}

export interface MilvusApi {
  /** For the report. */
  readonly name: string;
  readonly writes: MilvusWrites;
  databases(): Promise<readonly string[]>;
  collections(database: string): Promise<readonly string[]>;
  fields(place: CollectionPlace): Promise<readonly Field[]>;
  partitions(place: CollectionPlace): Promise<readonly string[]>;
  aliases(place: CollectionPlace): Promise<readonly string[]>;
  indexes(place: CollectionPlace): Promise<readonly Index[]>;
  isLoaded(place: CollectionPlace): Promise<boolean>;
  /** Counts the rows that exist; only for a loaded collection. */
  count(place: CollectionPlace, primary: Field): Promise<number>;
  /** By the statistics, which also count deleted rows. */
  statistics(place: CollectionPlace): Promise<number>;
  query(place: CollectionPlace, query: RowQuery): Promise<readonly Row[]>;
  search(place: CollectionPlace, query: VectorQuery): Promise<readonly Hit[]>;
  users(): Promise<readonly string[]>;
  rolesOf(user: string): Promise<readonly string[]>;
  roles(): Promise<readonly string[]>;
  /** One line for each grant. */
  grants(role: string, database: string): Promise<readonly string[]>;
  close(): void;
}

/** A condition that every row fulfills. */
export function everyRow({ name, type }: Field): string {
  return type === 'Int64' ? `${name} >= -9223372036854775807` : `${name} >= ""`;
}

/** A condition for the rows with these keys. */
export function withKeys({ name, type }: Field, keys: readonly string[]): string {
  const written = type === 'Int64' ? keys : keys.map((key) => JSON.stringify(key));
  return `${name} in [${written.join(', ')}]`;
}
