// The rollback decision after a failed upgrade: the Helm revision to roll back to, whether that is known to be safe,
// and the plan. Pure.
import { findPath } from '../knowledge/paths.js';
import { afterFailedRestore } from './failed-restore.js';
import { journalOfRun, servesWhatItShould } from '../migration/incomplete.js';
import { findMigrationBack, type HelmRollback } from './migration-rollback.js';
import { NO_CHANGES } from '../model/chart-changes.js';
import { runningVersion } from '../model/observation.js';
import { rollBackSteps } from '../rolling/plan.js';
import { pausedComponents, restoreSettingsStep } from '../rolling/steps.js';
import { evaluateHelmStep } from './status.js';
import { foreignChange } from './foreign-revision.js';
import { compareVersions, formatVersion, parseImage, type Version } from '../model/version.js';
import type { RollbackDecision, FailedUpgrade } from '../model/rollback-decision.js';
import { isRolloutComplete, type PastRevision, type HelmObservation } from './observation.js';
import { helmRollback, waitReady } from './steps.js';
import type { HelmPlan } from './step.js';

/**
 * The revision that an upgrade which starts now would roll back to; null if there is none.
 * If an upgrade of this action is incomplete, it is the revision from which that upgrade started; its label is kept.
 */
export function revisionBefore(observation: HelmObservation): number | null {
  if (isRolloutComplete(observation)) return observation.release?.latest.revision ?? null;
  for (const { revision, status, backTo } of observation.release?.history ?? []) {
    if (backTo !== null) return backTo;
    if (status === 'deployed' || status === 'superseded') return revision;
  }
  return null;
}

/**
 * Decides whether a rollback is possible. It is open only if the table of paths allows it for every version that may
 * have written since.
 */
export function decideHelmRollback(failed: FailedUpgrade<'helm'>): RollbackDecision<HelmPlan> {
  const rollback = findRollback(failed);
  if (rollback.kind !== 'available') return rollback;
  const { revision, plan, isAutomatic } = rollback;
  return { kind: 'available', plan, isAutomatic, instruction: instructionFor(revision, failed) };
}

function findRollback(failed: FailedUpgrade<'helm'>): HelmRollback {
  const { plan, observation } = failed;
  if (plan.strategy === 'restore' || plan.strategy === 'migrate') return backFromMigration(failed);
  const foreign = foreignChange(observation);
  return foreign ? { kind: 'blocked', reason: `${foreign}: a rollback would undo it` } : backFromUpgrade(failed);
}

/**
 * `helm rollback` does not resume what a rolling upgrade has paused, and Helm 4 refuses to overwrite the strategy of a
 * Deployment that was resumed.
 */
function instructionFor(revision: number, { config, plan, before }: FailedUpgrade<'helm'>): string {
  const version = runningVersion(before);
  // `helm rollback` would start the old version with the metadata of the new one.
  if (plan.strategy === 'migrate')
    return 'run the action with operation: rollback, which also restores the metadata; data written to the new version is lost';
  return plan.strategy === 'rolling' && version
    ? `run the action with target-version: ${formatVersion(version)}, which also resumes the paused Deployments`
    : `helm rollback ${config.release} ${revision} --namespace ${config.namespace}`;
}

function backFromUpgrade(failed: FailedUpgrade<'helm'>): HelmRollback {
  const { config, observation } = failed;
  const history = observation.release?.history ?? [];
  const [newest] = history;
  if (!newest || !isUnderWay(failed, newest)) return { kind: 'not-needed' };
  const found = findTarget(newest, history);
  if (typeof found === 'string') return { kind: 'blocked', reason: found };
  const from = newestVersion(config.target, history, found.target.revision);
  const fence = fenceBetween(found.to, from, observation);
  if (fence) return { kind: 'blocked', reason: fence };
  return {
    kind: 'available',
    revision: found.target.revision,
    plan: drawRollback(failed, { ...found, newest, from }),
    isAutomatic: false,
  };
}

/** Without an incomplete migration, nothing was changed. */
function backFromMigration(failed: FailedUpgrade<'helm'>): HelmRollback {
  const { config, plan, before, observation } = failed;
  const journal = journalOfRun(config, plan.steps.find((step) => step.kind === 'prepare')?.journal, observation);
  if (journal?.closed !== false) return { kind: 'not-needed' };
  const served = servesWhatItShould(
    plan,
    'wait-ready',
    (step) => evaluateHelmStep(step, observation).state === 'complete',
  );
  if (served) return served;
  if (plan.strategy === 'restore') return afterFailedRestore(failed, journal);
  return findMigrationBack(config, observation, journal, (before.release?.latest.revision ?? 0) > journal.revision);
}

interface Target {
  readonly target: PastRevision;
  readonly image: string;
  readonly to: Version;
}

/** The revision to roll back to with its image, or why there is none. */
function findTarget({ revision, backTo }: PastRevision, history: readonly PastRevision[]): Target | string {
  if (backTo === null) return `revision ${revision} does not record the revision before the upgrade`;
  const target = history.find((past) => past.revision === backTo);
  if (!target) return `Helm no longer stores revision ${backTo}, from which the upgrade started`;
  if (target.status !== 'deployed' && target.status !== 'superseded')
    return `revision ${backTo} has the status ${target.status}`;
  const [image = '', ...others] = new Set(Object.values(target.images));
  const { version: to } = parseImage(image);
  return to === null || others.length > 0
    ? `the images of revision ${backTo} do not identify one version`
    : { target, image, to };
}

/**
 * Either this run created a revision, or it resumed from one that an earlier run had created and that has not completed
 * since.
 */
function isUnderWay({ plan, before, observation }: FailedUpgrade<'helm'>, newest: PastRevision): boolean {
  if (newest.revision > (before.release?.latest.revision ?? 0)) return true;
  const first = plan.steps.find((step) => step.kind === 'helm-upgrade');
  return (
    first !== undefined &&
    !isRolloutComplete(before) &&
    !isRolloutComplete(observation) &&
    evaluateHelmStep(first, before).state === 'complete'
  );
}

/** The newest version that may have written since: the target, or a version of an incomplete upgrade in between. */
function newestVersion(target: Version, history: readonly PastRevision[], since: number): Version {
  const images = history.filter((past) => past.revision > since).flatMap((past) => Object.values(past.images));
  const versions = images.map((image) => parseImage(image).version).filter((version) => version !== null);
  return versions.reduce((newest, version) => (compareVersions(version, newest) > 0 ? version : newest), target);
}

/** Why the older version must not be started again automatically; empty if it may. */
function fenceBetween(to: Version, from: Version, { topology, messageQueue }: HelmObservation): string {
  const { path } = findPath({ from: to, to: from, topology, messageQueue, indexNode: false });
  if (path.pathKind !== 'migration' && path.rollback.possible) return '';
  return `from ${formatVersion(from)} to ${formatVersion(to)}: ${path.rollback.why} (${path.rollback.source})`;
}

interface RollbackVersions extends Target {
  readonly newest: PastRevision;
  readonly from: Version;
}

function drawRollback(
  { config, plan, observation }: FailedUpgrade<'helm'>,
  { newest, target, image, from, to }: RollbackVersions,
): HelmPlan {
  const { revision, chartVersion } = target;
  const write = helmRollback(config, target, image);
  const end = waitReady(config, `revision-${revision}`, image, to);
  const steps =
    plan.strategy === 'rolling'
      ? rollBackSteps({ config, observation, plan, target, write, waitReady: end })
      : [
          write,
          ...(pausedComponents(observation).length > 0 ? [restoreSettingsStep({ config, version: to })] : []),
          end,
        ];
  const { topology, messageQueue } = observation;
  const { why, source } = findPath({ from: to, to: from, topology, messageQueue, indexNode: false }).path.rollback;
  const hop = { from, to, pathKind: 'plain', rollingPossible: true, why, source, outline: [] } as const;
  const chart = { from: newest.chartVersion, to: chartVersion, why: `the chart of revision ${revision}` };
  const change = { ...NO_CHANGES, strategy: 'helm-rollback', from, to, image, chart } as const;
  return { platform: 'helm', ...change, hops: [hop], steps, checks: [] };
}
