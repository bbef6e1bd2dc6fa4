// What a Milvus contains at one time, as a client sees it: databases, collections with a sample of their rows, users,
// roles and grants. Data only.

/**
 * What was read, or why it could not be read. What was not read is never treated as equal. `failed` if the request had
 * no answer, so that it would have been read at another time.
 */
export type Reading<Value> = { readonly value: Value } | { readonly notRead: string; readonly failed?: true };

/** Types are those of the public API, such as `Int64` and `FloatVector`. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly primary: boolean;
  readonly autoId: boolean;
  /** Empty if the type has none. */
  readonly dimension: string;
  readonly maxLength: string;
}

export interface Index {
  readonly name: string;
  readonly field: string;
  /** Empty if the API does not return it. */
  readonly type: string;
  readonly metric: string;
}

/**
 * `query` counts the rows that exist. `statistics` also counts deleted rows until a compaction removes them, so it can
 * decrease although no row is lost.
 */
export interface Rows {
  readonly count: number;
  readonly by: 'query' | 'statistics';
}

export interface Hit {
  readonly key: string;
  readonly score: number;
}

/** The result of a search for one vector. */
export interface Search {
  readonly field: string;
  readonly indexType: string;
  readonly metric: string;
  readonly vector: readonly number[];
  readonly hits: readonly Hit[];
}

/** Primary keys are text: integers may exceed the safe integers of JavaScript. */
export interface Sample {
  /** The keys that were queried. */
  readonly keys: readonly string[];
  /** The keys of the rows that the query returned. */
  readonly found: readonly string[];
  readonly search: Reading<Search>;
}

export interface Collection {
  readonly database: string;
  readonly name: string;
  readonly fields: Reading<readonly Field[]>;
  readonly partitions: Reading<readonly string[]>;
  readonly aliases: Reading<readonly string[]>;
  readonly indexes: Reading<readonly Index[]>;
  readonly loaded: Reading<boolean>;
  readonly rows: Reading<Rows>;
  readonly sample: Reading<Sample>;
}

/** Each entry is one line of text, such as `reader: Query on Collection facts`. */
export interface AccessControl {
  readonly users: Reading<readonly string[]>;
  readonly roles: Reading<readonly string[]>;
  /** Which user has which role. */
  readonly memberships: Reading<readonly string[]>;
  readonly grants: Reading<readonly string[]>;
}

export interface Inventory {
  readonly takenAt: string;
  /** The Milvus version that answered, as observed. */
  readonly version: string;
  /** The API that was used, for the report. */
  readonly api: string;
  readonly databases: Reading<readonly string[]>;
  readonly collections: readonly Collection[];
  readonly access: AccessControl;
}

export const DEFAULT_DATABASE = 'default';

export function wasRead<Value>(reading: Reading<Value>): reading is { readonly value: Value } {
  return 'value' in reading;
}

/** Identifies a collection in messages: with its database, unless that is the default one. */
export function nameCollection({ database, name }: Pick<Collection, 'database' | 'name'>): string {
  return database === DEFAULT_DATABASE || database === '' ? name : `${database}.${name}`;
}

/** Why an inventory cannot be the basis of a verification; empty if it can. */
export function problemOf({ databases, collections, access }: Inventory): string {
  const parts = [
    ...[databases, ...Object.values(access)].map((part) => ({ what: 'the databases, users, roles or grants', part })),
    ...collections.flatMap((collection) => {
      const what = `the collection ${nameCollection(collection)}`;
      const { fields, partitions, aliases, indexes, loaded, rows, sample } = collection;
      const required = wasRead(fields) ? fields : { ...fields, failed: true as const };
      return [required, partitions, aliases, indexes, loaded, rows, sample].map((part) => ({ what, part }));
    }),
  ];
  const [problem] = parts.flatMap(({ what, part }) =>
    wasRead(part) || !part.failed ? [] : [`${what} could not be read: ${part.notRead}`],
  );
  return problem ?? '';
}
