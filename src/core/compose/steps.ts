// Makes the steps of a Docker Compose project: files, containers, answers. Pure.
import type { Goal } from '../goal.js';
import { HiddenText } from '../hidden-text.js';
import type { CloseStep } from '../migration/step-kinds.js';
import { formatVersion, type Version } from '../version.js';
import type { FileEdit } from './files/image-edits.js';
import type { EditFilesStep, FileChange, NotesDraft, RecreateStep, ServeStep } from './step-kinds.js';

export type Images = Readonly<Record<string, string>>;

/** The goal, the name of the project, and the version that is gone to. */
export interface Aim {
  readonly goal: Goal;
  readonly project: string;
  readonly version: Version;
}

export function editFiles({ goal, project, version }: Aim, files: readonly FileChange[], notes: NotesDraft | null): EditFilesStep {
  return { kind: 'edit-files', id: `edit-files/${project}@${formatVersion(version)}`, timeoutSeconds: goal.stepTimeoutSeconds, files, notes };
}

export function recreate({ goal, project, version }: Aim, images: Images): RecreateStep {
  return { kind: 'recreate', id: `recreate/${project}@${formatVersion(version)}`, timeoutSeconds: goal.stepTimeoutSeconds, images };
}

export function serve({ goal, project, version }: Aim, images: Images): ServeStep {
  return { kind: 'serve', id: `serve/${project}@${formatVersion(version)}`, timeoutSeconds: goal.stepTimeoutSeconds, images, version };
}

export function closeNotes({ goal, project, version }: Aim): CloseStep {
  return { kind: 'close', id: `close/${project}@${formatVersion(version)}`, timeoutSeconds: goal.stepTimeoutSeconds };
}

export function toChange({ path, before, after }: FileEdit): FileChange {
  return { path, before: new HiddenText(before), after: new HiddenText(after) };
}
