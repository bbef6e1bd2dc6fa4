// The way back of a Docker Compose project: the old files, and with them the old version. It is gone without being asked for as long as it is known to be safe:
// a database that is stopped is worse than an old one. Pure.
import type { Goal } from '../goal.js';
import { findPath } from '../knowledge/paths.js';
import { isRestored, mayStartAgain } from '../migration/failed-restore.js';
import { journalOfRun, servesWhatItShould } from '../migration/half-done.js';
import type { Journal } from '../migration/journal.js';
import { upgradedSince, withoutBackup } from '../migration/way-back.js';
import { migrationBackSteps } from '../migration/steps.js';
import type { Observation } from '../observation.js';
import type { Refusal } from '../refusal.js';
import type { Hop, Plan, Planned, Step } from '../steps.js';
import { judge } from '../verdict.js';
import { compareVersions, formatVersion, parseImage, parseVersion, type Version } from '../version.js';
import { isWaitOver, type FailedUpgrade, type WayBack } from '../way-back.js';
import { isUp } from './components.js';
import { editsFor, imagesFor, isNoteOfClosed, ofServices, startedServices } from './plan.js';
import { oldImages, putBack } from './put-back.js';
import { liveServices, milvusServices, type ProjectSeen, type UpgradeNotes } from './seen.js';
import { closeNotes, editFiles, recreate, serve, toChange, type Aim, type Images } from './steps.js';
import type { EditFilesStep } from './step-kinds.js';
import { own } from '../own.js';

/** Decides on the way back after a failure. A rollback that failed is completed, or undone where its restore has not begun. */
export function findProjectWayBack(failed: FailedUpgrade, project: ProjectSeen): WayBack {
  const { goal, plan, seen } = failed;
  const isHalfDone = project.notes !== null || seen.migration?.journal?.closed === false;
  const served = isHalfDone ? servesWhatItShould(plan, seen) : null;
  if (served) return served;
  if (plan.strategy === 'restore') return afterFailedRestore(failed, project);
  if (plan.strategy === 'migrate') return afterFailedMigration(failed, project);
  return goal.operation === 'rollback' && isWaitOver(failed) ? { kind: 'none' } : backFromUpgrade(goal, seen, project);
}

function afterFailedMigration({ goal, plan, before, seen }: FailedUpgrade, project: ProjectSeen): WayBack {
  const journal = journalOfRun(goal, plan, seen);
  // Notes that were there before this run: an earlier one may have started the new version.
  const mayHaveServed = (before.project?.notes ?? null) !== null;
  return journal?.closed === false ? backFromMigration(goal, seen, project, { journal, mayHaveServed }) : { kind: 'none' };
}

/** See core/migration/failed-restore.ts. */
function afterFailedRestore(failed: FailedUpgrade, project: ProjectSeen): WayBack {
  const { goal, plan, before, seen } = failed;
  const journal = journalOfRun(goal, plan, seen);
  if (journal?.closed !== false) return { kind: 'none' };
  if (before.project && mayStartAgain(failed, journal)) {
    const images = Object.fromEntries(liveServices(before.project).map(({ name, containers, image }) => [name, containers.find(isUp)?.image ?? image]));
    const aim: Aim = { goal, project: project.name, version: plan.from };
    const steps = [recreate(aim, images), serve(aim, images), closeNotes(aim)];
    const why = `${formatVersion(plan.from)} starts again: the restore has not begun`;
    const [hop] = plan.hops;
    return { kind: 'open', revision: 0, plan: planBack({ from: plan.to, to: plan.from, images, steps, why, source: hop?.source ?? '' }), unasked: true };
  }
  if (isWaitOver(failed) && isRestored(seen.migration, seen.components))
    return { kind: 'closed', because: `the metadata of ${journal.from} are restored, and ${journal.from} was started and does not become ready` };
  const back = backFromMigration(goal, seen, project, { journal, mayHaveServed: true });
  return back.kind === 'open' ? { ...back, unasked: true } : back;
}

/** The plan of `operation: rollback`, or why there is none. */
export function planProjectBack(goal: Goal, seen: Observation, project: ProjectSeen): Planned {
  const journal = seen.migration?.journal;
  const isMigration = journal && (!journal.closed || project.notes === null || isNoteOfClosed(project.notes, seen));
  const wayBack = isMigration ? backFromMigration(goal, seen, project, { journal, mayHaveServed: true }) : backFromUpgrade(goal, seen, project);
  if (wayBack.kind !== 'open') return { plan: null, refusals: [noWayBack(project, wayBack)] };
  const { plan } = wayBack;
  const isOver = plan.steps.every((step) => judge(step, seen).state === 'done');
  return { plan: isOver ? { ...plan, strategy: 'nothing' } : plan, refusals: [] };
}

function noWayBack({ name }: ProjectSeen, wayBack: WayBack): Refusal {
  const because = wayBack.kind === 'closed' ? wayBack.because : `there is no half-done upgrade of ${name}, and no journal of a migration`;
  const remedy =
    'operation: rollback undoes a migration of the metadata that this action has made, or an upgrade that is half done. Another one: set target-version to the patch that ran before.';
  return { code: 'nothing-to-roll-back', because, remedy, source: 'the folder .milvus-upgrade beside the files of the project', waivable: false };
}

function backFromUpgrade(goal: Goal, seen: Observation, project: ProjectSeen): WayBack {
  const { notes } = project;
  const to = parseVersion(notes?.from ?? '');
  if (!notes || !to || isNoteOfClosed(notes, seen)) return { kind: 'none' };
  const from = newestOf(goal.target, notes);
  const { topology, messageQueue } = seen;
  const { path } = findPath({ from: to, to: from, topology, messageQueue, indexNode: false });
  if (hasRun(project, notes) && (path.way === 'migration' || !path.wayBack.possible))
    return { kind: 'closed', because: `from ${formatVersion(from)} to ${formatVersion(to)}: ${path.wayBack.why} (${path.wayBack.source})` };
  const aim: Aim = { goal, project: project.name, version: to };
  const images = oldImages(notes);
  const files = putBack(aim, project, notes);
  if (typeof files === 'string') return { kind: 'closed', because: files };
  const steps = [files, recreate(aim, images), serve(aim, images), closeNotes(aim)];
  return { kind: 'open', revision: 0, plan: planBack({ from, to, images, steps, why: path.wayBack.why, source: path.wayBack.source }), unasked: true };
}

/** Whether another version was ever started: a container of it that is there says so. */
function hasRun({ services }: ProjectSeen, { images, started = false }: UpgradeNotes): boolean {
  return services.some(({ name, containers }) => {
    const before = own(images, name)?.before ?? '';
    if (started && before !== '' && containers.length === 0) return true;
    return before !== '' && containers.some((each) => each.image !== before && Date.parse(each.startedAt) > 0);
  });
}

function newestOf(target: Version, notes: UpgradeNotes): Version {
  const noted = parseVersion(notes.to);
  return noted && compareVersions(noted, target) > 0 ? noted : target;
}

interface FromMigration {
  readonly journal: Journal;
  /** The new version was started before this run could see it. */
  readonly mayHaveServed: boolean;
}

function backFromMigration(goal: Goal, seen: Observation, project: ProjectSeen, { journal, mayHaveServed }: FromMigration): WayBack {
  const { migration } = seen;
  const to = parseVersion(journal.from);
  if (!migration || !to) return { kind: 'none' };
  const because = upgradedSince(seen, journal) || withoutBackup(seen, migration);
  if (because) return { kind: 'closed', because };
  const aim: Aim = { goal, project: project.name, version: to };
  const { images, edits } = filesOfBefore(aim, project, journal);
  const started = ofServices(images, startedServices(seen, project));
  if (typeof edits === 'string') return { kind: 'closed', because: edits };
  const steps = migrationBackSteps({
    goal: { ...goal, release: project.name },
    seen,
    journal,
    write: edits.files.length > 0 ? edits : null,
    start: recreate(aim, started),
    settle: serve(aim, started),
  });
  const from = parseVersion(journal.to) ?? goal.target;
  const why = `back to ${journal.from}, as the journal of ${journal.since} by ${journal.run} says`;
  const source = 'milvus-io/milvus deployments/migrate-meta/README.md';
  const plan: Plan = { ...planBack({ from, to, images, steps, why, source }), strategy: 'restore' };
  return { kind: 'open', revision: journal.revision, plan, unasked: !mayHaveServed && !migration.hasServed };
}

function filesOfBefore(aim: Aim, project: ProjectSeen, journal: Journal): { readonly images: Images; readonly edits: EditFilesStep | string } {
  if (project.notes) return { images: oldImages(project.notes), edits: putBack(aim, project, project.notes) };
  const images = imagesBefore(aim.goal, project, journal);
  return { images, edits: editFiles(aim, editsFor(project, images).edits.map(toChange), null) };
}

/** The notes are gone once a migration is closed; the journal has one image, and what else runs is of the same version. */
function imagesBefore(goal: Goal, project: ProjectSeen, { image, from }: Journal): Images {
  const to = parseVersion(from);
  const images = to ? imagesFor({ ...goal, image: null }, project, to) : {};
  const sameTag = (each: string): boolean => parseImage(each).repository === parseImage(image).repository;
  return Object.fromEntries(milvusServices(project).map(({ name }) => [name, sameTag(own(images, name) ?? '') ? image : (own(images, name) ?? image)]));
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
  const hop: Hop = { from, to, way: 'plain', rollingPossible: false, why, source, outline: [] };
  const image = [...new Set(Object.values(images))].join(', ');
  return { strategy: 'recreate', from, to, image, chart: null, hops: [hop], steps, pins: [], settings: [], checks: [] };
}
