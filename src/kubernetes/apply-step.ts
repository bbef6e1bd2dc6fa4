// Which file applies which kind of step. Decides nothing.
import type { Observation } from '../core/observation.js';
import type { Step } from '../core/steps.js';
import { revisionBefore } from '../core/way-back.js';
import type { Helm } from './helm.js';
import { applyHelmRollback } from './helm-rollback.js';
import { applyHelmUpgrade } from './helm-upgrade.js';

export interface ApplyTools {
  readonly helm: Helm;
  readonly valuesFolder: string;
  readonly run: string;
  /** What is there before the step. */
  readonly seen: Observation;
  readonly signal: AbortSignal;
}

/** Asks for the step once; `settle` only waits, its verdict is never todo. */
export async function applyStep(step: Step, { helm, valuesFolder, run, seen, signal }: ApplyTools): Promise<void> {
  const nextRevision = (seen.release?.latest.revision ?? 0) + 1;
  if (step.kind === 'helm-upgrade') await applyHelmUpgrade(step, { helm, valuesFolder, run, nextRevision, backTo: revisionBefore(seen), signal });
  if (step.kind === 'helm-rollback') await applyHelmRollback(step, helm, signal);
}
