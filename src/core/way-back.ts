// The way back after an upgrade that failed: to which Helm revision, whether that is known to be safe, and the plan of it. Pure.
import { findPath } from './knowledge/paths.js';
import type { Config } from './goal.js';
import { decideProjectRollback } from './compose/way-back.js';
import type { ErrorCode } from './errors.js';
import { afterFailedRestore } from './migration/failed-restore.js';
import { journalOfRun, servesWhatItShould } from './migration/half-done.js';
import { findMigrationBack } from './migration/way-back.js';
import { hasArrived, type Observation, type PastRevision } from './observation.js';
import { rollBackSteps } from './rolling/plan.js';
import { pausedComponents, restoreSettingsStep } from './rolling/steps.js';
import type { HelmRollbackStep, Plan, WaitReadyStep } from './steps.js';
import { evaluate } from './verdict.js';
import { foreignRevision } from './verdict-foreign.js';
import { compareVersions, formatVersion, parseImage, type Version } from './version.js';

/** `none`: nothing of the upgrade has reached the cluster. `closed`: something has, and going back is not safe or not possible. */
export type RollbackDecision =
  | { readonly kind: 'not-needed' }
  | { readonly kind: 'blocked'; readonly reason: string }
  /** `unasked`: it is gone whatever `on-failure` says. */
  | { readonly kind: 'available'; readonly revision: number; readonly plan: Plan; readonly isAutomatic?: boolean };

/**
 * The revision that an upgrade which begins now would go back to; null when there is none.
 * Where an upgrade of ours is half done, it is the one from which that upgrade began: its mark is carried on.
 */
export function revisionBefore(observation: Observation): number | null {
  if (hasArrived(observation)) return observation.release?.latest.revision ?? null;
  for (const { revision, status, backTo } of observation.release?.history ?? []) {
    if (backTo !== null) return backTo;
    if (status === 'deployed' || status === 'superseded') return revision;
  }
  return null;
}

/** Where an upgrade went from and failed. `before` is the last look before its first step, `seen` the newest one. */
export interface FailedUpgrade {
  readonly config: Config;
  readonly plan: Plan;
  readonly before: Observation;
  readonly observation: Observation;
  /** Of the failure; absent where nothing has failed. */
  readonly code?: ErrorCode;
}

/** True where something was waited for in vain: it would be in vain once more. */
export function isWaitOver({ code }: Pick<FailedUpgrade, 'code'>): boolean {
  return code === 'step-stalled' || code === 'step-timed-out';
}

/** Decides on the way back. It is open only within what the table of paths allows, for everything that may have written since. */
export function decideRollback(failed: FailedUpgrade): RollbackDecision {
  const { plan, observation } = failed;
  if (observation.project) return decideProjectRollback(failed, observation.project);
  if (plan.strategy === 'restore' || plan.strategy === 'migrate') return backFromMigration(failed);
  const foreign = foreignRevision(observation);
  return foreign ? { kind: 'blocked', reason: `${foreign}: a rollback would undo it` } : backFromUpgrade(failed);
}

function backFromUpgrade(failed: FailedUpgrade): RollbackDecision {
  const { config, observation } = failed;
  const history = observation.release?.history ?? [];
  const [newest] = history;
  if (!newest || !isUnderWay(failed, newest)) return { kind: 'not-needed' };
  const found = findTarget(newest, history);
  if (typeof found === 'string') return { kind: 'blocked', reason: found };
  const from = newestVersion(config.target, history, found.target.revision);
  const fence = fenceBetween(found.to, from, observation);
  if (fence) return { kind: 'blocked', reason: fence };
  return { kind: 'available', revision: found.target.revision, plan: drawRollback(failed, { ...found, newest, from }) };
}

/** Where nothing is half done, nothing was touched. */
function backFromMigration(failed: FailedUpgrade): RollbackDecision {
  const { config, plan, before, observation } = failed;
  const journal = journalOfRun(config, plan, observation);
  if (journal?.closed !== false) return { kind: 'not-needed' };
  const served = servesWhatItShould(plan, observation);
  if (served) return served;
  if (plan.strategy === 'restore') return afterFailedRestore(failed, journal);
  return findMigrationBack(config, observation, journal, (before.release?.latest.revision ?? 0) > journal.revision);
}

interface Target {
  readonly target: PastRevision;
  readonly image: string;
  readonly to: Version;
}

/** The revision to go back to with what it ran, or why there is none. */
function findTarget({ revision, backTo }: PastRevision, history: readonly PastRevision[]): Target | string {
  if (backTo === null) return `revision ${revision} tells nothing of the one before the upgrade`;
  const target = history.find((each) => each.revision === backTo);
  if (!target) return `Helm no longer holds revision ${backTo}, from which the upgrade began`;
  if (target.status !== 'deployed' && target.status !== 'superseded') return `revision ${backTo} is ${target.status} itself`;
  const [image = '', ...others] = new Set(Object.values(target.images));
  const { version: to } = parseImage(image);
  return to === null || others.length > 0 ? `the images of revision ${backTo} do not tell one version` : { target, image, to };
}

/** Either this run made a revision, or it went on from one that an earlier run had made and nothing has come through since. */
function isUnderWay({ plan, before, observation }: FailedUpgrade, newest: PastRevision): boolean {
  if (newest.revision > (before.release?.latest.revision ?? 0)) return true;
  const first = plan.steps.find((each) => each.kind === 'helm-upgrade');
  return first !== undefined && !hasArrived(before) && !hasArrived(observation) && evaluate(first, before).state === 'complete';
}

/** The newest version that may have written since: the target's, and those of half-done upgrades in between. */
function newestVersion(target: Version, history: readonly PastRevision[], since: number): Version {
  const images = history.filter((each) => each.revision > since).flatMap((each) => Object.values(each.images));
  const versions = images.map((each) => parseImage(each).version).filter((each) => each !== null);
  return versions.reduce((newest, each) => (compareVersions(each, newest) > 0 ? each : newest), target);
}

/** Why the older version must not be started again by itself; empty when it may. */
function fenceBetween(to: Version, from: Version, { topology, messageQueue }: Observation): string {
  const { path } = findPath({ from: to, to: from, topology, messageQueue, indexNode: false });
  if (path.pathKind !== 'migration' && path.rollback.possible) return '';
  return `from ${formatVersion(from)} to ${formatVersion(to)}: ${path.rollback.why} (${path.rollback.source})`;
}

interface Ends extends Target {
  readonly newest: PastRevision;
  readonly from: Version;
}

function drawRollback({ config, plan, observation }: FailedUpgrade, { newest, target, image, from, to }: Ends): Plan {
  const { revision, chartVersion, values } = target;
  const timeoutSeconds = config.stepTimeoutSeconds;
  const id = `helm-rollback/${config.release}@revision-${revision}`;
  const write: HelmRollbackStep = { kind: 'helm-rollback', id, timeoutSeconds, revision, chartVersion, image, values };
  const waitReady: WaitReadyStep = { kind: 'wait-ready', id: `wait-ready/${config.release}@revision-${revision}`, timeoutSeconds, image, version: to };
  const steps =
    plan.strategy === 'rolling'
      ? rollBackSteps({ config, observation, plan, target, write, waitReady })
      : [write, ...(pausedComponents(observation).length > 0 ? [restoreSettingsStep({ config, version: to })] : []), waitReady];
  const { topology, messageQueue } = observation;
  const { why, source } = findPath({ from: to, to: from, topology, messageQueue, indexNode: false }).path.rollback;
  const hop = { from, to, pathKind: 'plain', rollingPossible: true, why, source, outline: [] } as const;
  const chart = { from: newest.chartVersion, to: chartVersion, why: `the chart of revision ${revision}` };
  return { strategy: 'helm-rollback', from, to, image, chart, hops: [hop], steps, pins: [], settings: [], checks: [] };
}
