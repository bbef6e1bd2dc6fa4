// The rollback of a migration that failed, or that a user requests. Unlike other upgrades, a failed migration is rolled
// back automatically as long as no client can have written to the new version: a stopped database is worse than an old
// version. Pure.
import { fail } from '../checks/results.js';
import type { HelmConfig } from '../config/config.js';
import { upgradedSince, withoutBackup } from '../migration/rollback.js';
import { doubtOf } from '../migration/rules.js';
import { migrationBackSteps } from '../migration/steps.js';
import type { CheckResult } from '../model/check-result.js';
import type { AvailableRollback, NoRollback } from '../model/rollback-decision.js';
import type { Planned } from '../model/shared-plan.js';
import { formatVersion, parseImage, parseVersion, type Version } from '../model/version.js';
import type { HelmJournal, RevisionPart } from './journal.js';
import { journalDoubtful } from './migration-rules.js';
import type { HelmObservation, PastRevision, Release } from './observation.js';
import { evaluateHelmStep } from './status.js';
import { helmRollback, scaleUp, waitReady } from './steps.js';
import type { HelmPlan, HelmStep } from './step.js';

/** A decision before its instruction for the user is known. `revision` is the revision to roll back to. */
export type HelmRollback =
  | NoRollback
  | (Omit<AvailableRollback<HelmPlan>, 'instruction'> & { readonly revision: number });

/**
 * `journal` can be closed: a complete migration can still be rolled back. `mayHaveServed` is true if the new version
 * was started before this run could observe it.
 */
export function findMigrationBack(
  config: HelmConfig,
  observation: HelmObservation,
  journal: HelmJournal,
  mayHaveServed = false,
): HelmRollback {
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
export function planMigrationBack(config: HelmConfig, observation: HelmObservation): Planned<HelmPlan> {
  const journal = observation.migration?.journal;
  const doubtful = doubtOf(config, observation) === '' ? [] : journalDoubtful(config, observation);
  if (doubtful.length > 0) return { plan: null, failedChecks: doubtful };
  const rollback: HelmRollback = journal ? findMigrationBack(config, observation, journal) : { kind: 'not-needed' };
  if (rollback.kind !== 'available') return { plan: null, failedChecks: [noRollback(config, rollback)] };
  const { plan } = rollback;
  const isOver = plan.steps.every((step) => evaluateHelmStep(step, observation).state === 'complete');
  return { plan: isOver ? { ...plan, strategy: 'nothing' } : plan, failedChecks: [] };
}

function noRollback({ release }: HelmConfig, rollback: HelmRollback): CheckResult {
  const reason = rollback.kind === 'blocked' ? rollback.reason : `no journal of a migration of ${release} exists`;
  const remedy =
    '`operation: rollback` reverts a metadata migration of this action, as long as its journal and its backup exist.';
  return fail('nothing-to-roll-back', reason, remedy, 'the journal, a ConfigMap beside the release');
}

/**
 * The revision for `helm rollback`; null if Helm has written nothing since; a message if the revision does not exist.
 */
function findTarget({ latest, history }: Release, { revision }: RevisionPart): PastRevision | null | string {
  if (latest.revision <= revision) return null;
  const target = history?.find((past) => past.revision === revision);
  return target ?? `Helm no longer has revision ${revision}, from which the migration began`;
}

interface RestoreQuestion {
  readonly config: HelmConfig;
  readonly observation: HelmObservation;
  readonly journal: HelmJournal;
  readonly to: Version;
  readonly target: PastRevision | null;
}

function planRestore({ config, observation, journal, to, target }: RestoreQuestion): HelmPlan {
  const { image, revision, since, run } = journal;
  const write = target && helmRollback(config, target, image);
  const from = parseImage(observation.components[0]?.templateImage ?? '').version ?? config.target;
  const chart = observation.release?.latest.chartVersion ?? '';
  return {
    platform: 'helm',
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
    steps: migrationBackSteps<HelmStep, RevisionPart>({
      config: { ...config, name: config.release },
      observation,
      journal,
      parts: {
        write,
        start: (replicas) => scaleUp(config, replicas),
        waitReady: waitReady(config, journal.from, image, to),
      },
    }),
    pins: [],
    settings: [],
    checks: [],
  };
}
