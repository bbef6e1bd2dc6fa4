// The steps and the plan of a Docker Compose project. Data only: src/compose applies them.
import type { SecretString } from '../redaction/secret-string.js';
import type { MigrationStep } from '../migration/step.js';
import type { SharedPlan } from '../model/shared-plan.js';
import type { Version } from '../model/version.js';
import type { UpgradeState } from './observation.js';

/** The current and the desired text of one file; both may contain secrets. */
export interface FileChange {
  readonly path: string;
  readonly before: SecretString;
  readonly after: SecretString;
}

/**
 * The upgrade state that is recorded before the first change of a file. The run and the time are added when it is
 * written.
 */
export type StateDraft = Omit<UpgradeState, 'run' | 'since' | 'files' | 'started' | 'owners'>;

/** Changes the text that sets the images, or restores the files. Done when each file has its new text. */
export interface EditFilesStep {
  readonly kind: 'edit-files';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly files: readonly FileChange[];
  /** Null during a rollback: the upgrade state stays until the old version serves. */
  readonly upgradeState: StateDraft | null;
}

/**
 * Stops containers of other images and starts new ones. Done when every service has only containers of its image, all
 * of them started.
 */
export interface RecreateStep {
  readonly kind: 'recreate';
  readonly id: string;
  readonly timeoutSeconds: number;
  /** By service. */
  readonly images: Readonly<Record<string, string>>;
}

/** A mounted directory of a service, and its owner as `user:group`. */
export interface OwnedDirectory {
  readonly service: string;
  readonly path: string;
  readonly owner: string;
}

/**
 * Stops the containers of other images, and gives directories of Milvus to another user. Done when the upgrade state
 * has the new owners.
 */
export interface DataOwnerStep {
  readonly kind: 'data-owner';
  readonly id: string;
  readonly timeoutSeconds: number;
  /** By service: containers of other images are stopped first. */
  readonly images: Readonly<Record<string, string>>;
  readonly directories: readonly OwnedDirectory[];
  /** The directories with their sizes, and the fact that makes the change necessary. */
  readonly why: string;
  readonly source: string;
}

/** Waits until every container is healthy and Milvus responds to a request. Changes nothing. */
export interface WaitHealthyStep {
  readonly kind: 'wait-healthy';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly images: Readonly<Record<string, string>>;
  readonly version: Version;
}

/** A plain upgrade also ends with `finalize`, which removes its upgrade state. */
export type ComposeStep = EditFilesStep | DataOwnerStep | RecreateStep | WaitHealthyStep | MigrationStep;

export interface ComposePlan extends SharedPlan<ComposeStep> {
  readonly platform: 'compose';
}
