// The steps of a metadata migration, on any platform. Data only.
import type { JournalDraft } from './journal.js';
import type { JobKind } from './observation.js';

/**
 * Writes the journal of a migration, creates the volume for its backup, and starts the image of the tool with it, while
 * the old version serves.
 */
export interface PrepareStep<Part extends object = object> {
  readonly kind: 'prepare';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly journal: JournalDraft & Part;
  /** The user has skipped the check of the sessions in etcd. */
  readonly mayBeBlind: boolean;
}

/**
 * Scales every Milvus Deployment to zero, or stops every Milvus container. Done when no pod and no session in etcd is
 * left.
 */
export interface ScaleDownStep {
  readonly kind: 'scale-down';
  readonly id: string;
  readonly timeoutSeconds: number;
  /** Revokes the sessions of removed pods instead of waiting until they expire. */
  readonly revoke: boolean;
  /** The user has skipped the check of the sessions: they count as gone once every lease must have expired. */
  readonly mayBeBlind: boolean;
}

/**
 * Runs the migration tool once, as a Job or a container. Done when it has succeeded; for a backup, when its file is
 * also verified.
 */
export interface MigrationJobStep {
  readonly kind: JobKind;
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly attempt: number;
  /** The number of the restore try; 1 for the other kinds. */
  readonly number: number;
  /** The step only waits until the job has ended, with any result, because nothing may run in parallel with it. */
  readonly mayFail: boolean;
}

/** Closes the journal after a complete migration or rollback. The backup is kept. */
export interface FinalizeStep {
  readonly kind: 'finalize';
  readonly id: string;
  readonly timeoutSeconds: number;
}

export type MigrationStep<Part extends object = object> =
  | PrepareStep<Part>
  | ScaleDownStep
  | MigrationJobStep
  | FinalizeStep;
