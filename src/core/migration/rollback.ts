// The rollback of a migration that failed, or that a user requests. Unlike other upgrades, a failed migration is rolled
// back automatically as long as no client can have written to the new version: a stopped database is worse than an old
// version. Pure.
import type { Config } from '../config/config.js';
import { runningVersions, type Observation, type PastRevision, type Release } from '../model/observation.js';
import { fail } from '../checks/results.js';
import type { CheckResult } from '../model/check-result.js';
import type { HelmRollbackStep, Plan, Planned, WaitReadyStep } from '../model/step.js';
import { evaluate } from '../status/evaluate.js';
import { compareVersions, formatVersion, parseImage, parseVersion, sameMinor, type Version } from '../model/version.js';
import type { Journal } from './journal.js';
import { doubtOf, journalDoubtful } from './rules.js';
import { backupOf, metadataStateOf, type MigrationObservation } from './observation.js';
import { migrationBackSteps } from './steps.js';
import type { RollbackDecision } from '../model/rollback-decision.js';

/**
 * `journal` can be closed: a complete migration can still be rolled back. `mayHaveServed` is true if the new version
 * was started before this run could observe it.
 */
export function findMigrationBack(
  config: Config,
  observation: Observation,
  journal: Journal,
  mayHaveServed = false,
): RollbackDecision {
  const { migration, release } = observation;
  const to = parseVersion(journal.from);
  if (!migration || !release || !to) return { kind: 'not-needed' };
  const target = findTarget(release, journal);
  const reason = upgradedSince(observation, journal) || withoutBackup(observation, migration);
  if (reason) return { kind: 'blocked', reason };
  if (typeof target === 'string') return { kind: 'blocked', reason: target };
  const plan = planRestore({ config, observation, journal, to, target });
  return { kind: 'available', revision: journal.revision, plan, isAutomatic: !mayHaveServed && !migration.hasServed };
}

/** The plan of `operation: rollback`, or the failed checks. */
export function planMigrationBack(config: Config, observation: Observation): Planned {
  const journal = observation.migration?.journal;
  const doubtful = doubtOf(config, observation) === '' ? [] : journalDoubtful(config, observation);
  if (doubtful.length > 0) return { plan: null, failedChecks: doubtful };
  const rollback: RollbackDecision = journal ? findMigrationBack(config, observation, journal) : { kind: 'not-needed' };
  if (rollback.kind !== 'available') return { plan: null, failedChecks: [noRollback(config, rollback)] };
  const { plan } = rollback;
  const isOver = plan.steps.every((step) => evaluate(step, observation).state === 'complete');
  return { plan: isOver ? { ...plan, strategy: 'nothing' } : plan, failedChecks: [] };
}

function noRollback({ release }: Config, rollback: RollbackDecision): CheckResult {
  const reason = rollback.kind === 'blocked' ? rollback.reason : `no journal of a migration of ${release} exists`;
  const remedy =
    '`operation: rollback` reverts a metadata migration of this action, as long as its journal and its backup exist.';
  return fail('nothing-to-roll-back', reason, remedy, 'the journal, a ConfigMap beside the release');
}

/**
 * The revision for `helm rollback`; null if Helm has written nothing since; a message if the revision does not exist.
 */
function findTarget({ latest, history }: Release, { revision }: Journal): PastRevision | null | string {
  if (latest.revision <= revision) return null;
  const target = history?.find((past) => past.revision === revision);
  return target ?? `Helm no longer has revision ${revision}, from which the migration began`;
}

/** Why the backup is outdated: a later minor version has written its own metadata; empty if none did. */
export function upgradedSince(observation: Observation, { to, closed }: Journal): string {
  const migrated = parseVersion(to);
  const newer = runningVersions(observation).find(
    (running) => migrated && !sameMinor(running, migrated) && compareVersions(running, migrated) > 0,
  );
  return closed && newer
    ? `${formatVersion(newer)} runs, which was installed after the migration to ${to}: the backup does not contain its metadata`
    : '';
}

/** Why metadata that the tool has changed cannot be restored; empty if it can, or if nothing was changed. */
export function withoutBackup(
  { components }: Pick<Observation, 'components'>,
  migration: MigrationObservation,
): string {
  const { state, attempt } = metadataStateOf(migration, components);
  return state === 'untouched' || backupOf(migration, attempt)
    ? ''
    : `attempt ${attempt} has no verified backup, and the metadata was changed`;
}

interface RestoreQuestion {
  readonly config: Config;
  readonly observation: Observation;
  readonly journal: Journal;
  readonly to: Version;
  readonly target: PastRevision | null;
}

function planRestore({ config, observation, journal, to, target }: RestoreQuestion): Plan {
  const { image, revision, since, run } = journal;
  const timeoutSeconds = config.stepTimeoutSeconds;
  const write = target && helmRollbackStep(config, journal, target);
  const waitReady: WaitReadyStep = {
    kind: 'wait-ready',
    id: `wait-ready/${config.release}@${journal.from}`,
    timeoutSeconds,
    image,
    version: to,
  };
  const from = parseImage(observation.components[0]?.templateImage ?? '').version ?? config.target;
  const chart = observation.release?.latest.chartVersion ?? '';
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
        pathKind: 'migration',
        rollingPossible: false,
        why: `back to ${formatVersion(to)}, according to the journal of ${since} by ${run}`,
        source: 'milvus-io/milvus deployments/migrate-meta/README.md',
        outline: [],
      },
    ],
    steps: migrationBackSteps({ config, observation, journal, write, waitReady }),
    pins: [],
    settings: [],
    checks: [],
  };
}

function helmRollbackStep(
  { release, stepTimeoutSeconds: timeoutSeconds }: Config,
  { image, revision }: Journal,
  { chartVersion, values }: PastRevision,
): HelmRollbackStep {
  const id = `helm-rollback/${release}@revision-${revision}`;
  return { kind: 'helm-rollback', id, timeoutSeconds, revision, chartVersion, image, values };
}
