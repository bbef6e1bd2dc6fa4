// Creates the steps of a Docker Compose project: edit the files, recreate the containers, wait until they serve. Pure.
import type { ComposeConfig } from '../config/config.js';
import { SecretString } from '../redaction/secret-string.js';
import type { FinalizeStep } from '../migration/step.js';
import { formatVersion, type Version } from '../model/version.js';
import type { FileEdit } from './files/image-edits.js';
import type { EditFilesStep, FileChange, StateDraft, RecreateStep, WaitHealthyStep } from './step.js';

export type Images = Readonly<Record<string, string>>;

/** The config, the name of the project, and the version that the steps lead to. */
export interface Aim {
  readonly config: ComposeConfig;
  readonly project: string;
  readonly version: Version;
}

export function editFiles(
  { config, project, version }: Aim,
  files: readonly FileChange[],
  upgradeState: StateDraft | null,
): EditFilesStep {
  return {
    kind: 'edit-files',
    id: `edit-files/${project}@${formatVersion(version)}`,
    timeoutSeconds: config.stepTimeoutSeconds,
    files,
    upgradeState,
  };
}

export function recreate({ config, project, version }: Aim, images: Images): RecreateStep {
  return {
    kind: 'recreate',
    id: `recreate/${project}@${formatVersion(version)}`,
    timeoutSeconds: config.stepTimeoutSeconds,
    images,
  };
}

export function serve({ config, project, version }: Aim, images: Images): WaitHealthyStep {
  return {
    kind: 'wait-healthy',
    id: `wait-healthy/${project}@${formatVersion(version)}`,
    timeoutSeconds: config.stepTimeoutSeconds,
    images,
    version,
  };
}

export function finishState({ config, project, version }: Aim): FinalizeStep {
  return {
    kind: 'finalize',
    id: `finalize/${project}@${formatVersion(version)}`,
    timeoutSeconds: config.stepTimeoutSeconds,
  };
}

export function toChange({ path, before, after }: FileEdit): FileChange {
  return { path, before: new SecretString(before), after: new SecretString(after) };
}
