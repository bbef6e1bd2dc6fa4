// The way back from a migration that failed, or that somebody wants undone. Unlike other upgrades it is gone without being asked for as long as nobody can have
// written to the new version: a database that is stopped is worse than an old one. Pure.
import type { Component } from '../component.js';
import type { Goal } from '../goal.js';
import { runningVersions, type Observation, type PastRevision, type Release } from '../observation.js';
import type { Refusal } from '../refusal.js';
import type { HelmRollbackStep, Plan, Planned, SettleStep } from '../steps.js';
import { judge } from '../verdict.js';
import { compareVersions, formatVersion, parseImage, parseVersion, sameMinor, type Version } from '../version.js';
import type { WayBack } from '../way-back.js';
import type { Journal } from './journal.js';
import { doubtOf, journalDoubtful } from './rules.js';
import { backupOf, standingOf, type MigrationSeen } from './seen.js';
import { migrationBackSteps } from './steps.js';

/** `journal` may be closed: what came to its end can still be undone. `mayHaveServed` where the new version was started before this run could see it. */
export function findMigrationBack(goal: Goal, seen: Observation, journal: Journal, mayHaveServed = false): WayBack {
  const { migration, release } = seen;
  const to = parseVersion(journal.from);
  if (!migration || !release || !to) return { kind: 'none' };
  const target = findTarget(release, journal);
  const because = upgradedSince(seen, journal) || withoutBackup(seen, migration);
  if (because) return { kind: 'closed', because };
  if (typeof target === 'string') return { kind: 'closed', because: target };
  const plan = drawBack({ goal, seen, journal, to, target });
  return { kind: 'open', revision: journal.revision, plan, unasked: !mayHaveServed && !migration.hasServed };
}

/** The plan of `operation: rollback`, or why there is none. */
export function planMigrationBack(goal: Goal, seen: Observation): Planned {
  const journal = seen.migration?.journal;
  const doubtful = doubtOf(goal, seen) === '' ? [] : journalDoubtful(goal, seen);
  if (doubtful.length > 0) return { plan: null, refusals: doubtful };
  const wayBack: WayBack = journal ? findMigrationBack(goal, seen, journal) : { kind: 'none' };
  if (wayBack.kind !== 'open') return { plan: null, refusals: [noWayBack(goal, wayBack)] };
  const { plan } = wayBack;
  const isOver = plan.steps.every((step) => judge(step, seen).state === 'done');
  return { plan: isOver ? { ...plan, strategy: 'nothing' } : plan, refusals: [] };
}

function noWayBack({ release }: Goal, wayBack: WayBack): Refusal {
  const because = wayBack.kind === 'closed' ? wayBack.because : `there is no journal of a migration of ${release}`;
  const remedy = 'operation: rollback undoes a migration of the metadata that this action has made, as long as its journal and its backup are there.';
  return { code: 'nothing-to-roll-back', because, remedy, source: 'the journal, a ConfigMap beside the release', waivable: false };
}

/** The revision to which Helm goes back; null where it has written nothing since, a text where there is none. */
function findTarget({ latest, history }: Release, { revision }: Journal): PastRevision | null | string {
  if (latest.revision <= revision) return null;
  const target = history?.find((each) => each.revision === revision);
  return target ?? `Helm no longer holds revision ${revision}, from which the migration began`;
}

/** A minor version that came after the migration has written its own metadata; empty where none did. */
export function upgradedSince(seen: Observation, { to, closed }: Journal): string {
  const migrated = parseVersion(to);
  const newer = runningVersions(seen).find((each) => migrated && !sameMinor(each, migrated) && compareVersions(each, migrated) > 0);
  return closed && newer ? `${formatVersion(newer)} runs by now, which came after the migration to ${to}: the backup is not of its metadata` : '';
}

/** Why what the tool has touched cannot be restored; empty where it can, or nothing was touched. */
export function withoutBackup({ components }: Pick<Observation, 'components'>, migration: MigrationSeen): string {
  const { state, attempt } = standingOf(migration, components);
  return state === 'untouched' || backupOf(migration, attempt) ? '' : `there is no verified backup of attempt ${attempt}, and the metadata were touched`;
}

/** Whether somebody can write to the new version now: a proxy of it is ready. */
export function servesNew(components: readonly Component[], { image }: Pick<Journal, 'image'>): boolean {
  return components.some((each) => ['proxy', 'standalone'].includes(each.role) && each.ready > 0 && each.podImages.some((other) => other !== image));
}

interface Back {
  readonly goal: Goal;
  readonly seen: Observation;
  readonly journal: Journal;
  readonly to: Version;
  readonly target: PastRevision | null;
}

function drawBack({ goal, seen, journal, to, target }: Back): Plan {
  const { image, revision, since, run } = journal;
  const timeoutSeconds = goal.stepTimeoutSeconds;
  const write: HelmRollbackStep | null = target && {
    kind: 'helm-rollback',
    id: `helm-rollback/${goal.release}@revision-${revision}`,
    timeoutSeconds,
    revision,
    chartVersion: target.chartVersion,
    image,
    values: target.values,
  };
  const settle: SettleStep = { kind: 'settle', id: `settle/${goal.release}@${journal.from}`, timeoutSeconds, image, version: to };
  const from = parseImage(seen.components[0]?.templateImage ?? '').version ?? goal.target;
  const chart = seen.release?.latest.chartVersion ?? '';
  return {
    strategy: 'restore',
    from,
    to,
    image,
    chart: { from: chart, to: target?.chartVersion ?? chart, why: `the chart of revision ${revision}` },
    hops: [
      {
        from,
        to,
        way: 'migration',
        rollingPossible: false,
        why: `back to ${formatVersion(to)}, as the journal of ${since} by ${run} says`,
        source: 'milvus-io/milvus deployments/migrate-meta/README.md',
        outline: [],
      },
    ],
    steps: migrationBackSteps({ goal, seen, journal, write, settle }),
    pins: [],
    settings: [],
    checks: [],
  };
}
