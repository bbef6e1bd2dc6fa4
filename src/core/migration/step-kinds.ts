// The steps of a metadata migration, on any platform. Data; judged in judge.ts.
import type { JournalDraft } from './journal.js';
import type { JobKind } from './seen.js';

/** Writes the journal of a migration, makes the volume for its backup, and starts the tool's image there, while the old version serves. */
export interface PrepareStep {
  readonly kind: 'prepare';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly journal: JournalDraft;
  /** The user has waived to see the sessions in etcd. */
  readonly mayBeBlind: boolean;
}

/** Scales every Milvus Deployment to zero, or stops every Milvus container. Done when no pod is left and no session in etcd. */
export interface ScaleDownStep {
  readonly kind: 'scale-down';
  readonly id: string;
  readonly timeoutSeconds: number;
  /** Ends sessions of pods that are gone, instead of waiting until they run out. */
  readonly revoke: boolean;
  /** The user has waived to see the sessions: then they count as gone when every lease has run out. */
  readonly mayBeBlind: boolean;
}

/** Runs the migration tool once, as a Job or a container. Done when it has succeeded; of a back-up, when its file has passed as well. */
export interface MigrationJobStep {
  readonly kind: JobKind;
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly attempt: number;
  /** Counts the tries of a restore; 1 for the others. */
  readonly number: number;
  /** It only has to be over, however it ended: nothing may work beside it. */
  readonly mayFail: boolean;
}

/** Scales Deployments to what they were. Done when each asks for so many pods. */
export interface ScaleUpStep {
  readonly kind: 'scale-up';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly replicas: Readonly<Record<string, number>>;
}

/** Writes into the journal that the migration has come to an end, forwards or back. The backup stays. */
export interface FinalizeStep {
  readonly kind: 'finalize';
  readonly id: string;
  readonly timeoutSeconds: number;
}

export type MigrationStep = PrepareStep | ScaleDownStep | MigrationJobStep | ScaleUpStep | FinalizeStep;
