// The rollback of a metadata migration of a Docker Compose project, complete or not. Pure.
import type { ComposeConfig } from '../config/config.js';
import { own } from '../lib/own.js';
import { isRestored, mayStartAgain } from '../migration/failed-restore.js';
import { journalOfRun } from '../migration/incomplete.js';
import type { Journal } from '../migration/journal.js';
import { upgradedSince, withoutBackup } from '../migration/rollback.js';
import { migrationBackSteps } from '../migration/steps.js';
import { type FailedUpgrade, isWaitOver } from '../model/rollback-decision.js';
import { formatVersion, parseImage, parseVersion } from '../model/version.js';
import { isUp } from './components.js';
import { editsFor, imagesFor, ofServices, startedServices } from './images.js';
import { liveServices, milvusServices, type ComposeObservation, type ProjectObservation } from './observation.js';
import { oldImages, restoreSettings } from './restore-files.js';
import { INSTRUCTION, planBack, type ProjectRollback } from './rollback-plan.js';
import type { ComposePlan, ComposeStep, EditFilesStep } from './step.js';
import { editFiles, finishState, recreate, serve, toChange, type Aim, type Images } from './steps.js';

export function afterFailedMigration({ config, plan, before, observation }: FailedUpgrade<'compose'>): ProjectRollback {
  const journal = journalOfRun(config, plan.steps.find((step) => step.kind === 'prepare')?.journal, observation);
  // Upgrade state that existed before this run: an earlier run may have started the new version.
  const mayHaveServed = before.project.upgradeState !== null;
  return journal?.closed === false
    ? backFromMigration(config, observation, { journal, mayHaveServed })
    : { kind: 'not-needed' };
}

/** See core/migration/failed-restore.ts. */
export function afterFailedRestore(failed: FailedUpgrade<'compose'>): ProjectRollback {
  const { config, plan, before, observation } = failed;
  const { project } = observation;
  const journal = journalOfRun(config, plan.steps.find((step) => step.kind === 'prepare')?.journal, observation);
  if (journal?.closed !== false) return { kind: 'not-needed' };
  if (mayStartAgain(failed, journal)) {
    const images = Object.fromEntries(
      liveServices(before.project).map(({ name, containers, image }) => [name, containers.find(isUp)?.image ?? image]),
    );
    const aim: Aim = { config, project: project.name, version: plan.from };
    const steps = [recreate(aim, images), serve(aim, images), finishState(aim)];
    const why = `start ${formatVersion(plan.from)} again: the restore has not begun`;
    const [hop] = plan.hops;
    return {
      kind: 'available',
      plan: planBack({ from: plan.to, to: plan.from, images, steps, why, source: hop?.source ?? '' }),
      isAutomatic: true,
      instruction: INSTRUCTION,
    };
  }
  if (isWaitOver(failed) && isRestored(observation.migration, observation.components))
    return {
      kind: 'blocked',
      reason: `the metadata of ${journal.from} is restored, but ${journal.from} was started and does not become ready`,
    };
  const back = backFromMigration(config, observation, { journal, mayHaveServed: true });
  return back.kind === 'available' ? { ...back, isAutomatic: true } : back;
}

interface FromMigration {
  readonly journal: Journal;
  /** The new version may have served before this run observed it. */
  readonly mayHaveServed: boolean;
}

export function backFromMigration(
  config: ComposeConfig,
  observation: ComposeObservation,
  { journal, mayHaveServed }: FromMigration,
): ProjectRollback {
  const { migration, project } = observation;
  const to = parseVersion(journal.from);
  if (!migration || !to) return { kind: 'not-needed' };
  const reason = upgradedSince(observation, journal) || withoutBackup(observation, migration);
  if (reason) return { kind: 'blocked', reason };
  const aim: Aim = { config, project: project.name, version: to };
  const { images, edits } = filesOfBefore(aim, project, journal);
  const started = ofServices(images, startedServices(observation));
  if (typeof edits === 'string') return { kind: 'blocked', reason: edits };
  const steps = migrationBackSteps<ComposeStep, object>({
    config: { ...config, name: project.name },
    observation,
    journal,
    parts: {
      write: edits.files.length > 0 ? edits : null,
      start: () => recreate(aim, started),
      waitReady: serve(aim, started),
    },
  });
  const from = parseVersion(journal.to) ?? config.target;
  const why = `roll back to ${journal.from}, according to the journal of ${journal.since} by ${journal.run}`;
  const source = 'milvus-io/milvus deployments/migrate-meta/README.md';
  const plan: ComposePlan = { ...planBack({ from, to, images, steps, why, source }), strategy: 'restore' };
  const isAutomatic = !mayHaveServed && !migration.hasServed;
  return { kind: 'available', plan, isAutomatic, instruction: INSTRUCTION };
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
function imagesBefore(config: ComposeConfig, project: ProjectObservation, { image, from }: Journal): Images {
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
