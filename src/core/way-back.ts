// The way back after an upgrade that failed: to which Helm revision, whether that is known to be safe, and the plan of it. Pure.
import { findPath } from './knowledge/paths.js';
import type { Goal } from './goal.js';
import { findProjectWayBack } from './compose/way-back.js';
import type { ErrorCode } from './errors.js';
import { afterFailedRestore } from './migration/failed-restore.js';
import { journalOfRun, servesWhatItShould } from './migration/half-done.js';
import { findMigrationBack } from './migration/way-back.js';
import { hasArrived, type Observation, type PastRevision } from './observation.js';
import { rollBackSteps } from './rolling/plan.js';
import { heldComponents, putBackStep } from './rolling/steps.js';
import type { HelmRollbackStep, Plan, SettleStep } from './steps.js';
import { judge } from './verdict.js';
import { foreignRevision } from './verdict-foreign.js';
import { compareVersions, formatVersion, parseImage, type Version } from './version.js';

/** `none`: nothing of the upgrade has reached the cluster. `closed`: something has, and going back is not safe or not possible. */
export type WayBack =
  | { readonly kind: 'none' }
  | { readonly kind: 'closed'; readonly because: string }
  /** `unasked`: it is gone whatever `on-failure` says. */
  | { readonly kind: 'open'; readonly revision: number; readonly plan: Plan; readonly unasked?: boolean };

/**
 * The revision that an upgrade which begins now would go back to; null when there is none.
 * Where an upgrade of ours is half done, it is the one from which that upgrade began: its mark is carried on.
 */
export function revisionBefore(seen: Observation): number | null {
  if (hasArrived(seen)) return seen.release?.latest.revision ?? null;
  for (const { revision, status, backTo } of seen.release?.history ?? []) {
    if (backTo !== null) return backTo;
    if (status === 'deployed' || status === 'superseded') return revision;
  }
  return null;
}

/** Where an upgrade went from and failed. `before` is the last look before its first step, `seen` the newest one. */
export interface FailedUpgrade {
  readonly goal: Goal;
  readonly plan: Plan;
  readonly before: Observation;
  readonly seen: Observation;
  /** Of the failure; absent where nothing has failed. */
  readonly code?: ErrorCode;
}

/** True where something was waited for in vain: it would be in vain once more. */
export function isWaitOver({ code }: Pick<FailedUpgrade, 'code'>): boolean {
  return code === 'step-stuck' || code === 'step-timed-out';
}

/** Decides on the way back. It is open only within what the table of paths allows, for everything that may have written since. */
export function findWayBack(failed: FailedUpgrade): WayBack {
  const { plan, seen } = failed;
  if (seen.project) return findProjectWayBack(failed, seen.project);
  if (plan.strategy === 'restore' || plan.strategy === 'migrate') return backFromMigration(failed);
  const foreign = foreignRevision(seen);
  return foreign ? { kind: 'closed', because: `${foreign}: a rollback would undo it` } : backFromUpgrade(failed);
}

function backFromUpgrade(failed: FailedUpgrade): WayBack {
  const { goal, seen } = failed;
  const history = seen.release?.history ?? [];
  const [newest] = history;
  if (!newest || !isUnderWay(failed, newest)) return { kind: 'none' };
  const found = findTarget(newest, history);
  if (typeof found === 'string') return { kind: 'closed', because: found };
  const from = newestVersion(goal.target, history, found.target.revision);
  const fence = fenceBetween(found.to, from, seen);
  if (fence) return { kind: 'closed', because: fence };
  return { kind: 'open', revision: found.target.revision, plan: drawWayBack(failed, { ...found, newest, from }) };
}

/** Where nothing is half done, nothing was touched. */
function backFromMigration(failed: FailedUpgrade): WayBack {
  const { goal, plan, before, seen } = failed;
  const journal = journalOfRun(goal, plan, seen);
  if (journal?.closed !== false) return { kind: 'none' };
  const served = servesWhatItShould(plan, seen);
  if (served) return served;
  if (plan.strategy === 'restore') return afterFailedRestore(failed, journal);
  return findMigrationBack(goal, seen, journal, (before.release?.latest.revision ?? 0) > journal.revision);
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
function isUnderWay({ plan, before, seen }: FailedUpgrade, newest: PastRevision): boolean {
  if (newest.revision > (before.release?.latest.revision ?? 0)) return true;
  const first = plan.steps.find((each) => each.kind === 'helm-upgrade');
  return first !== undefined && !hasArrived(before) && !hasArrived(seen) && judge(first, before).state === 'done';
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
  if (path.way !== 'migration' && path.wayBack.possible) return '';
  return `from ${formatVersion(from)} to ${formatVersion(to)}: ${path.wayBack.why} (${path.wayBack.source})`;
}

interface Ends extends Target {
  readonly newest: PastRevision;
  readonly from: Version;
}

function drawWayBack({ goal, plan, seen }: FailedUpgrade, { newest, target, image, from, to }: Ends): Plan {
  const { revision, chartVersion, values } = target;
  const timeoutSeconds = goal.stepTimeoutSeconds;
  const id = `helm-rollback/${goal.release}@revision-${revision}`;
  const write: HelmRollbackStep = { kind: 'helm-rollback', id, timeoutSeconds, revision, chartVersion, image, values };
  const settle: SettleStep = { kind: 'settle', id: `settle/${goal.release}@revision-${revision}`, timeoutSeconds, image, version: to };
  const steps =
    plan.strategy === 'rolling'
      ? rollBackSteps({ goal, seen, plan, target, write, settle })
      : [write, ...(heldComponents(seen).length > 0 ? [putBackStep({ goal, version: to })] : []), settle];
  const { topology, messageQueue } = seen;
  const { why, source } = findPath({ from: to, to: from, topology, messageQueue, indexNode: false }).path.wayBack;
  const hop = { from, to, way: 'plain', rollingPossible: true, why, source, outline: [] } as const;
  const chart = { from: newest.chartVersion, to: chartVersion, why: `the chart of revision ${revision}` };
  return { strategy: 'helm-rollback', from, to, image, chart, hops: [hop], steps, pins: [], settings: [], checks: [] };
}
