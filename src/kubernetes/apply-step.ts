// Maps each step kind to the module that applies it. Makes no decisions.
import type { V1Pod, V1Secret } from '@kubernetes/client-node';
import type { Step } from '../core/model/step.js';
import { revisionBefore } from '../core/helm/rollback.js';
import type { Helm } from './helm/helm.js';
import { applyHelmRollback } from './helm/helm-rollback.js';
import { applyHelmUpgrade, type HelmUpgradeTools } from './helm/helm-upgrade.js';
import { applyMigrationStep, isMigrationStep } from './migration/apply.js';
import { isServerSide } from './helm/release-secret.js';
import { applyRollingStep, isRollingStep } from './rolling/apply.js';
import type { MigrationTools } from './migration/migration-tools.js';

export interface ApplyTools extends MigrationTools {
  readonly helm: Helm;
  readonly valuesDirectory: string;
  readonly pods: readonly V1Pod[];
  readonly secrets: readonly V1Secret[];
}

/** The tools that a `helm upgrade` needs, for the upgrade itself and for its dry run. */
export function helmUpgradeTools({
  helm,
  valuesDirectory,
  run,
  observation,
  secrets,
  signal,
}: ApplyTools): HelmUpgradeTools {
  const newest = observation.release?.latest.revision ?? 0;
  return {
    helm,
    valuesDirectory,
    run,
    nextRevision: newest + 1,
    backTo: revisionBefore(observation),
    serverSide: isServerSide(secrets, newest),
    signal,
  };
}

/**
 * Runs a program that writes, only while the lock is valid: its signal ends the program, and the lock is proven again
 * after the program has ended.
 */
export type WhileLocked = <T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Applies the step once; `wait-ready` only waits, its status is never `pending`. */
export async function applyStep(step: Step, tools: ApplyTools, whileLocked: WhileLocked): Promise<void> {
  const { helm, secrets } = tools;
  if (step.kind === 'helm-upgrade')
    await whileLocked(tools.signal, (signal) => applyHelmUpgrade(step, helmUpgradeTools({ ...tools, signal })));
  if (isRollingStep(step)) await applyRollingStep(step, tools);
  if (isMigrationStep(step)) await applyMigrationStep(step, tools);
  if (step.kind === 'helm-rollback')
    await whileLocked(tools.signal, (signal) =>
      applyHelmRollback({ step, serverSide: isServerSide(secrets, step.revision), signal }, helm),
    );
}
