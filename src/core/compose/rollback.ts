// The rollback of a Docker Compose project: restores the old files and, with them, the old version. It runs
// automatically as long as that is known to be safe, because a stopped database is worse than an old one. Pure.
import type { Config } from '../config/config.js';
import { findPath } from '../knowledge/paths.js';
import { isRestored, mayStartAgain } from '../migration/failed-restore.js';
import { journalOfRun, servesWhatItShould } from '../migration/incomplete.js';
import type { Journal } from '../migration/journal.js';
import { upgradedSince, withoutBackup } from '../migration/rollback.js';
import { migrationBackSteps } from '../migration/steps.js';
import type { Observation } from '../model/observation.js';
import type { CheckResult } from '../model/check-result.js';
import type { Hop, Plan, Planned, Step } from '../model/step.js';
import { evaluate } from '../status/evaluate.js';
import { compareVersions, formatVersion, parseImage, parseVersion, type Version } from '../model/version.js';
import { isUp } from './components.js';
import { editsFor, imagesFor, isStateOfFinished, ofServices, startedServices } from './plan.js';
import { oldImages, restoreSettings } from './restore-files.js';
import { liveServices, milvusServices, type ProjectObservation, type UpgradeState } from './observation.js';
import { finishState, editFiles, recreate, serve, toChange, type Aim, type Images } from './steps.js';
import type { EditFilesStep } from './step.js';
import { own } from '../lib/own.js';
import { type RollbackDecision, type FailedUpgrade, isWaitOver } from '../model/rollback-decision.js';

/** Decides on the rollback after a failure. A failed rollback is completed, or undone if its restore has not begun. */
export function decideProjectRollback(failed: FailedUpgrade, project: ProjectObservation): RollbackDecision {
  const { config, plan, observation } = failed;
  const isHalfDone = project.upgradeState !== null || observation.migration?.journal?.closed === false;
  const served = isHalfDone ? servesWhatItShould(plan, observation) : null;
  if (served) return served;
  if (plan.strategy === 'restore') return afterFailedRestore(failed, project);
  if (plan.strategy === 'migrate') return afterFailedMigration(failed, project);
  return config.operation === 'rollback' && isWaitOver(failed)
    ? { kind: 'not-needed' }
    : backFromUpgrade(config, observation, project);
}

function afterFailedMigration(
  { config, plan, before, observation }: FailedUpgrade,
  project: ProjectObservation,
): RollbackDecision {
  const journal = journalOfRun(config, plan, observation);
  // Upgrade state that existed before this run: an earlier run may have started the new version.
  const mayHaveServed = (before.project?.upgradeState ?? null) !== null;
  return journal?.closed === false
    ? backFromMigration(config, observation, project, { journal, mayHaveServed })
    : { kind: 'not-needed' };
}

/** See core/migration/failed-restore.ts. */
function afterFailedRestore(failed: FailedUpgrade, project: ProjectObservation): RollbackDecision {
  const { config, plan, before, observation } = failed;
  const journal = journalOfRun(config, plan, observation);
  if (journal?.closed !== false) return { kind: 'not-needed' };
  if (before.project && mayStartAgain(failed, journal)) {
    const images = Object.fromEntries(
      liveServices(before.project).map(({ name, containers, image }) => [name, containers.find(isUp)?.image ?? image]),
    );
    const aim: Aim = { config, project: project.name, version: plan.from };
    const steps = [recreate(aim, images), serve(aim, images), finishState(aim)];
    const why = `start ${formatVersion(plan.from)} again: the restore has not begun`;
    const [hop] = plan.hops;
    return {
      kind: 'available',
      revision: 0,
      plan: planBack({ from: plan.to, to: plan.from, images, steps, why, source: hop?.source ?? '' }),
      isAutomatic: true,
    };
  }
  if (isWaitOver(failed) && isRestored(observation.migration, observation.components))
    return {
      kind: 'blocked',
      reason: `the metadata of ${journal.from} is restored, but ${journal.from} was started and does not become ready`,
    };
  const back = backFromMigration(config, observation, project, { journal, mayHaveServed: true });
  return back.kind === 'available' ? { ...back, isAutomatic: true } : back;
}

/** The plan of `operation: rollback`, or why it is not possible. */
export function planProjectBack(config: Config, observation: Observation, project: ProjectObservation): Planned {
  const journal = observation.migration?.journal;
  const isMigration =
    journal &&
    (!journal.closed || project.upgradeState === null || isStateOfFinished(project.upgradeState, observation));
  const rollback = isMigration
    ? backFromMigration(config, observation, project, { journal, mayHaveServed: true })
    : backFromUpgrade(config, observation, project);
  if (rollback.kind !== 'available') return { plan: null, failedChecks: [noRollback(project, rollback)] };
  const { plan } = rollback;
  const isOver = plan.steps.every((step) => evaluate(step, observation).state === 'complete');
  return { plan: isOver ? { ...plan, strategy: 'nothing' } : plan, failedChecks: [] };
}

function noRollback({ name }: ProjectObservation, rollback: RollbackDecision): CheckResult {
  const reason =
    rollback.kind === 'blocked' ? rollback.reason : `${name} has no incomplete upgrade and no journal of a migration`;
  const remedy =
    'operation: rollback undoes an incomplete upgrade, or a metadata migration that this action ran. To undo another upgrade, set target-version to the patch version that ran before.';
  return {
    id: 'nothing-to-roll-back',
    state: 'fail',
    reason,
    remedy,
    source: 'the state directory .milvus-upgrade next to the project files',
    skippable: false,
  };
}

function backFromUpgrade(config: Config, observation: Observation, project: ProjectObservation): RollbackDecision {
  const { upgradeState } = project;
  const to = parseVersion(upgradeState?.from ?? '');
  if (!upgradeState || !to || isStateOfFinished(upgradeState, observation)) return { kind: 'not-needed' };
  const from = newestOf(config.target, upgradeState);
  const { topology, messageQueue } = observation;
  const { path } = findPath({ from: to, to: from, topology, messageQueue, indexNode: false });
  if (hasRun(project, upgradeState) && (path.pathKind === 'migration' || !path.rollback.possible))
    return {
      kind: 'blocked',
      reason: `from ${formatVersion(from)} to ${formatVersion(to)}: ${path.rollback.why} (${path.rollback.source})`,
    };
  const aim: Aim = { config, project: project.name, version: to };
  const images = oldImages(upgradeState);
  const files = restoreSettings(aim, project, upgradeState);
  if (typeof files === 'string') return { kind: 'blocked', reason: files };
  const steps = [files, recreate(aim, images), serve(aim, images), finishState(aim)];
  return {
    kind: 'available',
    revision: 0,
    plan: planBack({ from, to, images, steps, why: path.rollback.why, source: path.rollback.source }),
    isAutomatic: true,
  };
}

/** True if another version has been started: a container of it exists, or was requested and has been removed. */
function hasRun({ services }: ProjectObservation, { images, started = false }: UpgradeState): boolean {
  return services.some(({ name, containers }) => {
    const before = own(images, name)?.before ?? '';
    if (started && before !== '' && containers.length === 0) return true;
    return (
      before !== '' && containers.some((container) => container.image !== before && Date.parse(container.startedAt) > 0)
    );
  });
}

function newestOf(target: Version, upgradeState: UpgradeState): Version {
  const noted = parseVersion(upgradeState.to);
  return noted && compareVersions(noted, target) > 0 ? noted : target;
}

interface FromMigration {
  readonly journal: Journal;
  /** The new version may have served before this run observed it. */
  readonly mayHaveServed: boolean;
}

function backFromMigration(
  config: Config,
  observation: Observation,
  project: ProjectObservation,
  { journal, mayHaveServed }: FromMigration,
): RollbackDecision {
  const { migration } = observation;
  const to = parseVersion(journal.from);
  if (!migration || !to) return { kind: 'not-needed' };
  const reason = upgradedSince(observation, journal) || withoutBackup(observation, migration);
  if (reason) return { kind: 'blocked', reason };
  const aim: Aim = { config, project: project.name, version: to };
  const { images, edits } = filesOfBefore(aim, project, journal);
  const started = ofServices(images, startedServices(observation, project));
  if (typeof edits === 'string') return { kind: 'blocked', reason: edits };
  const steps = migrationBackSteps({
    config: { ...config, release: project.name },
    observation,
    journal,
    write: edits.files.length > 0 ? edits : null,
    start: recreate(aim, started),
    waitReady: serve(aim, started),
  });
  const from = parseVersion(journal.to) ?? config.target;
  const why = `roll back to ${journal.from}, according to the journal of ${journal.since} by ${journal.run}`;
  const source = 'milvus-io/milvus deployments/migrate-meta/README.md';
  const plan: Plan = { ...planBack({ from, to, images, steps, why, source }), strategy: 'restore' };
  return { kind: 'available', revision: journal.revision, plan, isAutomatic: !mayHaveServed && !migration.hasServed };
}

function filesOfBefore(
  aim: Aim,
  project: ProjectObservation,
  journal: Journal,
): { readonly images: Images; readonly edits: EditFilesStep | string } {
  if (project.upgradeState)
    return { images: oldImages(project.upgradeState), edits: restoreSettings(aim, project, project.upgradeState) };
  const images = imagesBefore(aim.config, project, journal);
  return { images, edits: editFiles(aim, editsFor(project, images).edits.map(toChange), null) };
}

/**
 * The upgrade state is removed when a migration is closed. The journal has one image; the other services ran the same
 * version.
 */
function imagesBefore(config: Config, project: ProjectObservation, { image, from }: Journal): Images {
  const to = parseVersion(from);
  const images = to ? imagesFor({ ...config, image: null }, project, to) : {};
  const sameRepository = (other: string): boolean => parseImage(other).repository === parseImage(image).repository;
  return Object.fromEntries(
    milvusServices(project).map(({ name }) => [
      name,
      sameRepository(own(images, name) ?? '') ? image : (own(images, name) ?? image),
    ]),
  );
}

interface Back {
  readonly from: Version;
  readonly to: Version;
  readonly images: Images;
  readonly steps: readonly Step[];
  readonly why: string;
  readonly source: string;
}

function planBack({ from, to, images, steps, why, source }: Back): Plan {
  const hop: Hop = { from, to, pathKind: 'plain', rollingPossible: false, why, source, outline: [] };
  const image = [...new Set(Object.values(images))].join(', ');
  return { strategy: 'recreate', from, to, image, chart: null, hops: [hop], steps, pins: [], settings: [], checks: [] };
}
