// The checks of a Docker Compose project before anything is changed. They evaluate the facts that
// src/compose/project/facts.ts gathers. Pure.
import type { CheckResult } from '../model/check-result.js';
import { fail, failSkippable, pass, someOf, warn } from '../checks/results.js';
import { mountDifferences } from './mounts.js';
import { milvusServices, type ProjectObservation } from './observation.js';

/** Facts that could not be read, for example on another machine, are null. */
export interface ProjectFacts {
  /** Files that cannot be written, with the reason. */
  readonly unwritable: readonly string[];
  /** Free bytes in the file system of the upgrade state and the backup. */
  readonly freeBytes: number | null;
  /** Directories that the files mount into Milvus and that do not exist. */
  readonly missingMounts: readonly string[] | null;
  /** Configuration files of Milvus that were changed inside a container. */
  readonly editedInside: readonly string[];
  /** Configuration files of Milvus that the command of the service, or Compose, writes into each new container. */
  readonly writtenAtStart: readonly string[];
  /** Container names of this project that a container of another project already has. */
  readonly takenNames: readonly string[];
  /** Services whose containers Compose would recreate for another reason than the image. */
  readonly alsoChanged: readonly string[];
}

/** Bytes that the upgrade state needs, in addition to the backup. */
const MIN_FREE_BYTES = 16 * 1024 * 1024;
const DOCKER = 'docker inspect';

export function evaluateProject(project: ProjectObservation, facts: ProjectFacts, needsBytes: number): CheckResult[] {
  return [
    evaluateFiles(facts),
    evaluateRoom(facts, needsBytes),
    evaluateMounts(project),
    ...evaluateMissing(facts),
    ...evaluateComposeFiles(project),
    ...evaluateInside(facts),
    ...evaluateNames(facts),
    ...evaluateOthers(facts),
  ];
}

function evaluateFiles({ unwritable }: ProjectFacts): CheckResult {
  if (unwritable.length === 0)
    return pass('files-writable', 'the files that set the images can be written', 'the file system');
  const remedy = 'Give the user of this run write permission for these files and their directories, and run again.';
  return fail('files-writable', unwritable.join('; '), remedy, 'the file system');
}

function evaluateRoom({ freeBytes }: ProjectFacts, needsBytes: number): CheckResult {
  if (freeBytes === null)
    return warn(
      'disk-room',
      'the free disk space in the directory of the project could not be determined',
      '',
      'the file system',
    );
  const desired = MIN_FREE_BYTES + needsBytes;
  const free = `${(freeBytes / 1024 ** 2).toFixed(0)} MiB are free in the directory of the project`;
  if (freeBytes >= desired) return pass('disk-room', free, 'the file system');
  const remedy = `Free up disk space: the copies of the files and the backup need ${(desired / 1024 ** 2).toFixed(0)} MiB there. Then run again.`;
  return failSkippable('disk-room', free, remedy, 'the file system');
}

/**
 * A variable that is not set, or another project directory, would mount an empty directory. Comparing the paths reveals
 * this before the data is missed.
 */
function evaluateMounts(project: ProjectObservation): CheckResult {
  const different = milvusServices(project).flatMap((service) => mountDifferences(service, project.name));
  if (different.length === 0) return pass('mounts-would-change', 'Milvus keeps its directories and volumes', DOCKER);
  const remedy =
    'A new container would start with other data. Set project-directory, compose-files, env-files and the environment variables to the values that `docker compose up` was run with. If the change is intended, move the data and recreate the containers with the current version first.';
  return fail('mounts-would-change', someOf([...new Set(different)], 4), remedy, DOCKER);
}

function evaluateMissing({ missingMounts }: ProjectFacts): CheckResult[] {
  if (missingMounts === null || missingMounts.length === 0) return [];
  const reason = `${someOf(missingMounts, 4)} ${missingMounts.length === 1 ? 'is' : 'are'} mounted into Milvus but ${missingMounts.length === 1 ? 'does' : 'do'} not exist: Docker would create an empty directory`;
  return [
    failSkippable(
      'mount-missing',
      reason,
      'Find out where the data is, or create the directory if it is new; then run again.',
      'milvus-io/milvus#21952',
    ),
  ];
}

/** The labels of a container name the files that it was created from. */
function evaluateComposeFiles({ services, files }: ProjectObservation): CheckResult[] {
  const used = new Set(
    files.filter((file) => file.kind === 'compose' && !file.isReferenced).map((file) => nameOf(file.path)),
  );
  const made = services
    .flatMap((service) => (service.role === '' ? [] : service.containers))
    .map((container) => container.labels['com.docker.compose.project.config_files'] ?? '');
  const missing = [...new Set(made.flatMap((paths) => paths.split(',')).map(nameOf))].filter(
    (name) => name !== '' && !used.has(name),
  );
  if (missing.length === 0) return [];
  const reason = `the containers were also created from ${someOf(missing)}, but this run only has ${[...used].join(', ')}`;
  return [
    failSkippable(
      'compose-files-differ',
      reason,
      'List all of the files in compose-files, in their order. Skip this check if the missing files are no longer used.',
      'the labels of the containers',
    ),
  ];
}

function nameOf(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? '';
}

function evaluateInside({ editedInside, writtenAtStart }: ProjectFacts): CheckResult[] {
  if (editedInside.length === 0) return writtenAtStart.length === 0 ? [] : [writtenByProject(writtenAtStart)];
  const reason = `${someOf(editedInside)} was changed inside the container; a new container would have the file of the image`;
  const remedy = 'Mount the file from the host, or set the values as variables below environment; then run again.';
  return [failSkippable('edited-inside', reason, remedy, 'docker diff; milvus-io/web-content v2.6.x install page')];
}

function writtenByProject(files: readonly string[]): CheckResult {
  const reason = `the project writes ${someOf(files)} at each start, and will write the same into the file of the new version`;
  return warn(
    'edited-inside',
    reason,
    'Check that the new version accepts what is written there.',
    'docker diff; the command and configs of the service',
  );
}

function evaluateNames({ takenNames }: ProjectFacts): CheckResult[] {
  if (takenNames.length === 0) return [];
  return [
    fail(
      'container-name-taken',
      `${someOf(takenNames)}: a container outside of this project has this name`,
      'If that container is the Milvus to upgrade, set project-name to its project (`docker compose ls --all`); this action does not upgrade a container that was started with docker run or standalone_embed.sh. Otherwise give the service of this project another container_name, and run again.',
      DOCKER,
    ),
  ];
}

function evaluateOthers({ alsoChanged }: ProjectFacts): CheckResult[] {
  if (alsoChanged.length === 0) return [];
  const reason = `the files were changed after ${someOf(alsoChanged)} ${alsoChanged.length === 1 ? 'was' : 'were'} started: the upgrade also applies these changes`;
  return [warn('also-changed', reason, 'Review these changes before the upgrade.', 'docker compose config --hash')];
}

/** The result of an image probe: the image is pulled and started once. */
export interface ImageProbeResult {
  readonly image: string;
  readonly state: 'proven' | 'kept' | 'failed';
  readonly reason: string;
}

/** `why` is the reason why the backup differs from the one that was verified; empty if it does not differ. */
export function evaluateBackup(path: string, why: string): CheckResult {
  if (why === '') return pass('backup', `${path} is unchanged since it was verified`, 'its SHA-256');
  const remedy =
    'Restore the original file from the artifact of the run that created it, and run again. Nothing was changed.';
  return fail('backup', `${path} cannot be restored: ${why}`, remedy, 'its SHA-256');
}

export function evaluateTrial({ image, state, reason }: ImageProbeResult): CheckResult {
  const source = 'docker pull and docker run';
  if (state === 'proven') return pass('image-probe', `${image} was pulled and started once`, source);
  if (state === 'kept')
    return warn(
      'image-probe',
      `${image} could not be pulled (${reason}), but the local image starts`,
      'No action is needed if images are loaded manually.',
      source,
    );
  return failSkippable(
    'image-probe',
    `${image} cannot be used: ${reason}`,
    'Check the repository, the tag, and the login of this Docker daemon to the registry. Nothing was changed.',
    source,
  );
}
