// Recovery from a failed rollback: the version that served before is started again if the restore has not begun;
// otherwise the restore is completed, because no version can run on partially restored metadata. Pure.
import type { Component } from '../model/component.js';
import type { WaitReadyStep, Step } from '../model/step.js';
import { formatVersion, parseImage } from '../model/version.js';
import type { Journal } from './journal.js';
import { metadataStateOf, type MigrationObservation } from './observation.js';
import { endSteps } from './steps.js';
import { findMigrationBack } from './rollback.js';
import { type RollbackDecision, type FailedUpgrade, isWaitOver } from '../model/rollback-decision.js';
import { servesNew } from './serving.js';

export function afterFailedRestore(failed: FailedUpgrade, journal: Journal): RollbackDecision {
  const { config, observation } = failed;
  const back = findMigrationBack(config, observation, journal);
  if (back.kind !== 'available') return back;
  if (mayStartAgain(failed, journal))
    return {
      ...back,
      isAutomatic: true,
      plan: { ...failed.plan, from: failed.plan.to, to: failed.plan.from, ...startAgain(failed) },
    };
  if (isWaitOver(failed) && isRestored(observation.migration, observation.components))
    return {
      kind: 'blocked',
      reason: `the metadata of ${journal.from} is restored and ${journal.from} was started, but it does not become ready`,
    };
  return { ...back, isAutomatic: true };
}

/** True if its metadata is unchanged, and it was ready when the rollback began. */
export function mayStartAgain(
  { before, observation }: Pick<FailedUpgrade, 'before' | 'observation'>,
  journal: Pick<Journal, 'image'>,
): boolean {
  return (
    observation.migration !== undefined &&
    metadataStateOf(observation.migration, observation.components).state === 'migrated' &&
    servesNew(before.components, journal)
  );
}

export function isRestored(migration: MigrationObservation | undefined, components: readonly Component[]): boolean {
  return migration !== undefined && metadataStateOf(migration, components).state === 'untouched';
}

/** Starts the number of pods that existed when the rollback began. */
function startAgain({ config, plan, before }: FailedUpgrade): {
  readonly image: string;
  readonly steps: readonly Step[];
} {
  const replicas = Object.fromEntries(
    before.components
      .filter((component) => component.deployment !== '')
      .map(({ deployment, desired }) => [deployment, desired]),
  );
  const image = before.components.find((component) => component.ready > 0)?.templateImage ?? '';
  const version = parseImage(image).version ?? plan.from;
  const id = `wait-ready/${config.release}@${formatVersion(version)}`;
  const waitReady: WaitReadyStep = {
    kind: 'wait-ready',
    id,
    timeoutSeconds: config.stepTimeoutSeconds,
    image,
    version,
  };
  return { image, steps: endSteps(config, { replicas }, waitReady) };
}
