// The rollback of a Docker Compose project: restores the old files and, with them, the old version. It runs
// automatically as long as that is known to be safe, because a stopped database is worse than an old one. Pure.
import { fail } from '../checks/results.js';
import type { ComposeConfig } from '../config/config.js';
import { findPath } from '../knowledge/paths.js';
import { own } from '../lib/own.js';
import { servesWhatItShould } from '../migration/incomplete.js';
import type { CheckResult } from '../model/check-result.js';
import { type FailedUpgrade, isWaitOver } from '../model/rollback-decision.js';
import type { Planned } from '../model/shared-plan.js';
import { compareVersions, formatVersion, parseVersion, type Version } from '../model/version.js';
import { isStateOfFinished } from './images.js';
import { afterFailedMigration, afterFailedRestore, backFromMigration } from './migration-rollback.js';
import type { ComposeObservation, ProjectObservation, UpgradeState } from './observation.js';
import { ownersBack } from './data-owner-step.js';
import { oldImages, restoreSettings } from './restore-files.js';
import { INSTRUCTION, planBack, type ProjectRollback } from './rollback-plan.js';
import { evaluateComposeStep } from './status.js';
import type { ComposePlan } from './step.js';
import { finishState, recreate, serve, type Aim } from './steps.js';

/** Decides on the rollback after a failure. A failed rollback is completed, or undone if its restore has not begun. */
export function decideProjectRollback(failed: FailedUpgrade<'compose'>): ProjectRollback {
  const { config, plan, observation } = failed;
  const { project } = observation;
  const isHalfDone = project.upgradeState !== null || observation.migration?.journal?.closed === false;
  const served = isHalfDone
    ? servesWhatItShould(plan, 'wait-healthy', (step) => evaluateComposeStep(step, observation).state === 'complete')
    : null;
  if (served) return served;
  if (plan.strategy === 'restore') return afterFailedRestore(failed);
  if (plan.strategy === 'migrate') return afterFailedMigration(failed);
  return config.operation === 'rollback' && isWaitOver(failed)
    ? { kind: 'not-needed' }
    : backFromUpgrade(config, observation);
}

/** The plan of `operation: rollback`, or why it is not possible. */
export function planProjectBack(config: ComposeConfig, observation: ComposeObservation): Planned<ComposePlan> {
  const { project } = observation;
  const journal = observation.migration?.journal;
  const isMigration =
    journal &&
    (!journal.closed || project.upgradeState === null || isStateOfFinished(project.upgradeState, observation));
  const rollback = isMigration
    ? backFromMigration(config, observation, { journal, mayHaveServed: true })
    : backFromUpgrade(config, observation);
  if (rollback.kind !== 'available') return { plan: null, failedChecks: [noRollback(project, rollback)] };
  const { plan } = rollback;
  const isOver = plan.steps.every((step) => evaluateComposeStep(step, observation).state === 'complete');
  return { plan: isOver ? { ...plan, strategy: 'nothing' } : plan, failedChecks: [] };
}

function noRollback({ name }: ProjectObservation, rollback: ProjectRollback): CheckResult {
  const reason =
    rollback.kind === 'blocked' ? rollback.reason : `${name} has no incomplete upgrade and no journal of a migration`;
  const remedy =
    'operation: rollback undoes an incomplete upgrade, or a metadata migration that this action ran. To undo another upgrade, set target-version to the patch version that ran before.';
  return fail('nothing-to-roll-back', reason, remedy, 'the state directory .milvus-upgrade next to the project files');
}

function backFromUpgrade(config: ComposeConfig, observation: ComposeObservation): ProjectRollback {
  const { project } = observation;
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
  const steps = [
    files,
    ...ownersBack(aim, project, images),
    recreate(aim, images),
    serve(aim, images),
    finishState(aim),
  ];
  return {
    kind: 'available',
    plan: planBack({ from, to, images, steps, why: path.rollback.why, source: path.rollback.source }),
    isAutomatic: true,
    instruction: INSTRUCTION,
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
