// Maps each step kind to the module that applies it. Makes no decisions.
import type { V1Pod, V1Secret } from '@kubernetes/client-node';
import { revisionBefore } from '../core/helm/rollback.js';
import type { Helm } from './helm/helm.js';
import { applyHelmRollback } from './helm/helm-rollback.js';
import { applyHelmUpgrade, type HelmUpgradeTools } from './helm/helm-upgrade.js';
import { applyMigrationStep } from './migration/apply.js';
import { isServerSide } from './helm/release-secret.js';
import { applyRollingStep } from './rolling/apply.js';
import type { RollingTools } from './rolling/rolling-tools.js';
import type { MigrationTools } from './migration/migration-tools.js';
import type { HelmStep } from '../core/helm/step.js';

export interface ApplyTools extends MigrationTools {
  readonly helm: Helm;
  readonly valuesDirectory: string;
  readonly pods: readonly V1Pod[];
  readonly secrets: readonly V1Secret[];
  readonly revokeSessions: RollingTools['revokeSessions'];
  readonly sessionsHandled: RollingTools['sessionsHandled'];
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

/** Applies the step once. */
export async function applyStep(step: HelmStep, tools: ApplyTools, whileLocked: WhileLocked): Promise<void> {
  await (APPLIES[step.kind] as Apply<HelmStep>)(step, tools, whileLocked);
}

type Apply<S extends HelmStep> = (step: S, tools: ApplyTools, whileLocked: WhileLocked) => Promise<void>;

const APPLIES: { readonly [Kind in HelmStep['kind']]: Apply<Extract<HelmStep, { kind: Kind }>> } = {
  'helm-upgrade': (step, tools, whileLocked) =>
    whileLocked(tools.signal, (signal) => applyHelmUpgrade(step, helmUpgradeTools({ ...tools, signal }))),
  'helm-rollback': (step, { helm, secrets, signal: ended }, whileLocked) =>
    whileLocked(ended, (signal) =>
      applyHelmRollback({ step, serverSide: isServerSide(secrets, step.revision), signal }, helm),
    ),
  // It only waits; its status is never `pending`.
  'wait-ready': () => Promise.resolve(),
  pause: applyRollingStep,
  resume: applyRollingStep,
  drain: applyRollingStep,
  prune: applyRollingStep,
  'restore-settings': applyRollingStep,
  'revoke-sessions': applyRollingStep,
  prepare: applyMigrationStep,
  'scale-down': applyMigrationStep,
  backup: applyMigrationStep,
  migrate: applyMigrationStep,
  restore: applyMigrationStep,
  'scale-up': applyMigrationStep,
  finalize: applyMigrationStep,
};
