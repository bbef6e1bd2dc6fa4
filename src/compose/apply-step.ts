// Applies the steps of a Docker Compose project. Makes no decisions.
import type { UpgradeState } from '../core/compose/observation.js';
import type { ComposeStep, EditFilesStep } from '../core/compose/step.js';
import type { ComposeTools } from './apply-tools.js';
import { finalize, prepare, runTool, scaleDown } from './migration/apply.js';
import { changeOwners } from './data-owner.js';
import { recreate } from './project/recreate.js';
import { writeProjectFile } from './project/write-file.js';

/**
 * Applies the step once.
 *
 * Safe to repeat because: files are written only if they have their previous text, containers are replaced only if they
 * differ, and each run of the tool has a fixed name. Fails when: a file cannot be written, or a Docker command fails
 * (`command-failed`).
 */
export async function applyComposeStep(step: ComposeStep, tools: ComposeTools): Promise<void> {
  await (APPLIES[step.kind] as (step: ComposeStep, tools: ComposeTools) => Promise<void>)(step, tools);
}

const APPLIES: {
  readonly [Kind in ComposeStep['kind']]: (
    step: Extract<ComposeStep, { kind: Kind }>,
    tools: ComposeTools,
  ) => Promise<void>;
} = {
  'edit-files': editFiles,
  'data-owner': changeOwners,
  recreate,
  prepare,
  'scale-down': scaleDown,
  backup: runTool,
  migrate: runTool,
  restore: runTool,
  finalize,
  // It only waits; its status is never `pending`.
  'wait-healthy': () => Promise.resolve(),
};

/** Records the previous texts before the first byte is changed. */
async function editFiles(
  { files, upgradeState: draft }: EditFilesStep,
  { stateDirectory, run, prove }: ComposeTools,
): Promise<void> {
  if (draft) {
    const known = stateDirectory.readState();
    const kept = known?.files ?? [];
    const fresh = files
      .filter((file) => !kept.some(({ path }) => path === file.path))
      .map(({ path, before }) => ({ path, text: before }));
    const beganWith = known
      ? {
          run: known.run,
          since: known.since,
          ...(known.started ? { started: true } : {}),
          ...(known.owners ? { owners: known.owners } : {}),
        }
      : { run, since: new Date().toISOString() };
    const state: UpgradeState = { ...draft, ...beganWith, files: [...kept, ...fresh] };
    stateDirectory.writeState(state);
  }
  for (const file of files) {
    await prove();
    writeProjectFile(file);
  }
}
