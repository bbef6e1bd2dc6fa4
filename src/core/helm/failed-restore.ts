// Recovery of a release from a failed rollback of a migration. Pure. See core/migration/failed-restore.ts.
import { isRestored, mayStartAgain } from '../migration/failed-restore.js';
import type { HelmJournal } from './journal.js';
import { endSteps } from '../migration/steps.js';
import { type FailedUpgrade, isWaitOver } from '../model/rollback-decision.js';
import { formatVersion, parseImage } from '../model/version.js';
import { findMigrationBack, type HelmRollback } from './migration-rollback.js';
import { scaleUp, waitReady } from './steps.js';
import type { HelmStep } from './step.js';

export function afterFailedRestore(failed: FailedUpgrade<'helm'>, journal: HelmJournal): HelmRollback {
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

/** Starts the number of pods that existed when the rollback began. */
function startAgain({ config, plan, before }: FailedUpgrade<'helm'>): {
  readonly image: string;
  readonly steps: readonly HelmStep[];
} {
  const replicas = Object.fromEntries(
    before.components
      .filter((component) => component.deployment !== '')
      .map(({ deployment, desired }) => [deployment, desired]),
  );
  const image = before.components.find((component) => component.ready > 0)?.templateImage ?? '';
  const version = parseImage(image).version ?? plan.from;
  const end = waitReady(config, formatVersion(version), image, version);
  return {
    image,
    steps: endSteps<HelmStep>(
      { ...config, name: config.release },
      { replicas },
      { write: null, start: (counts) => scaleUp(config, counts), waitReady: end },
    ),
  };
}
