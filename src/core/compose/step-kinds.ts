// The steps that only a Docker Compose project has. Data; judged in judge.ts, applied by src/compose.
import type { SecretString } from '../hidden-text.js';
import type { Version } from '../version.js';
import type { UpgradeState } from './seen.js';

/** One file, as it is and as it is to be; both may hold secrets. */
export interface FileChange {
  readonly path: string;
  readonly before: SecretString;
  readonly after: SecretString;
}

/** What is written down before a file is changed for the first time: who and when is added as it is written. */
export type StateDraft = Omit<UpgradeState, 'run' | 'since' | 'files' | 'started'>;

/** Changes what sets the images, or puts the files back. Done when each file has its new text. */
export interface EditFilesStep {
  readonly kind: 'edit-files';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly files: readonly FileChange[];
  /** Null on the way back: what was written down stays until the old version serves. */
  readonly notes: StateDraft | null;
}

/** Stops containers of other images and starts new ones. Done when every service has containers of its image and no other, all of them started. */
export interface RecreateStep {
  readonly kind: 'recreate';
  readonly id: string;
  readonly timeoutSeconds: number;
  /** By service. */
  readonly images: Readonly<Record<string, string>>;
}

/** Waits until every container is well and a real question is answered. Changes nothing. */
export interface WaitHealthyStep {
  readonly kind: 'wait-healthy';
  readonly id: string;
  readonly timeoutSeconds: number;
  readonly images: Readonly<Record<string, string>>;
  readonly version: Version;
}

export type ComposeStep = EditFilesStep | RecreateStep | WaitHealthyStep;
