// A change of a Milvus Deployment by another client while a run holds the lock, as observed.

export interface ForeignWrite {
  readonly deployment: string;
  /** The changed fields of the spec, as `spec.paused: true → false`; values only where they cannot be secret. */
  readonly changes: readonly string[];
  /** The field manager of the write; empty if it left no entry in `managedFields`, as a removed field does. */
  readonly manager: string;
  /** ISO 8601, from the API server; empty without a manager. */
  readonly at: string;
}
