// What is asked of a Docker Compose project before anything is changed: each check judges facts that src/compose/project-facts.ts has gathered. Pure.
import { pass, someOf, warn, type Finding } from '../checks/finding.js';
import { isOlder, parseImage, version, type Version } from '../version.js';
import { mountDifferences } from './mounts.js';
import { milvusServices, type ProjectObservation } from './seen.js';

/** Null where nobody could look, as on another machine. */
export interface ProjectFacts {
  /** Files that cannot be written, with the reason. */
  readonly unwritable: readonly string[];
  /** Bytes that are free where the notes and the backup go. */
  readonly freeBytes: number | null;
  /** Folders that are mounted into Milvus and are not there. */
  readonly missingMounts: readonly string[] | null;
  /** Files of Milvus' configuration that were changed within a container. */
  readonly editedInside: readonly string[];
  /** Files of it that each new container gets anew, by the command of its service or by Compose. */
  readonly writtenAtStart: readonly string[];
  /** Names that the project wants for its containers and another one has. */
  readonly takenNames: readonly string[];
  /** Services whose containers Compose would make anew for another reason than the image. */
  readonly alsoChanged: readonly string[];
}

/** Bytes that the notes need, whatever the backup has. */
const LEAST_FREE = 16 * 1024 * 1024;
const DOCKER = 'docker inspect';

export function evaluateProject(project: ProjectObservation, facts: ProjectFacts, needsBytes: number): Finding[] {
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

function fail(id: string, reason: string, remedy: string, source: string): Finding {
  return { id, state: 'fail', reason, remedy, source, skippable: true };
}

function evaluateFiles({ unwritable }: ProjectFacts): Finding {
  if (unwritable.length === 0) return pass('files-writable', 'the files that set the images can be written', 'the file system');
  const remedy = 'Let the user of this run write these files and their folders, and run again.';
  return { ...fail('files-writable', unwritable.join('; '), remedy, 'the file system'), skippable: false };
}

function evaluateRoom({ freeBytes }: ProjectFacts, needsBytes: number): Finding {
  if (freeBytes === null) return warn('disk-room', 'it is not known how much room is left beside the files', '', 'the file system');
  const desired = LEAST_FREE + needsBytes;
  const free = `${(freeBytes / 1024 ** 2).toFixed(0)} MiB are free beside the files of the project`;
  if (freeBytes >= desired) return pass('disk-room', free, 'the file system');
  const remedy = `Make room for ${(desired / 1024 ** 2).toFixed(0)} MiB there, for the copies of the files and the backup, and run again.`;
  return fail('disk-room', free, remedy, 'the file system');
}

/** A variable that is not set, or another folder, gives Milvus an empty disk: seen in the paths before it is seen in the data. */
function evaluateMounts(project: ProjectObservation): Finding {
  const different = milvusServices(project).flatMap((service) => mountDifferences(service, project.name));
  if (different.length === 0) return pass('mounts-would-change', 'Milvus keeps the folders and volumes that it has', DOCKER);
  const remedy =
    'Set project-directory, compose-files, env-files and the variables of the environment to what `docker compose up` was run with; a new container would start with other data. If the files are new on purpose, move the data and recreate the containers of the present version first.';
  return { ...fail('mounts-would-change', someOf([...new Set(different)], 4), remedy, DOCKER), skippable: false };
}

function evaluateMissing({ missingMounts }: ProjectFacts): Finding[] {
  if (missingMounts === null || missingMounts.length === 0) return [];
  const reason = `${someOf(missingMounts, 4)} ${missingMounts.length === 1 ? 'is' : 'are'} to be mounted into Milvus and not there: Docker would make an empty folder`;
  return [fail('mount-missing', reason, 'Find where the data went, or make the folder if it is new; then run again.', 'milvus-io/milvus#21952')];
}

/** Containers tell which files they were made from. */
function evaluateComposeFiles({ services, files }: ProjectObservation): Finding[] {
  const used = new Set(files.filter((each) => each.kind === 'compose' && !each.isReferenced).map((each) => nameOf(each.path)));
  const made = services
    .flatMap((each) => (each.role === '' ? [] : each.containers))
    .map((each) => each.labels['com.docker.compose.project.config_files'] ?? '');
  const missing = [...new Set(made.flatMap((each) => each.split(',')).map(nameOf))].filter((each) => each !== '' && !used.has(each));
  if (missing.length === 0) return [];
  const reason = `the containers were made from ${someOf(missing)} as well, and only ${[...used].join(', ')} ${used.size === 1 ? 'is' : 'are'} given here`;
  return [
    fail(
      'compose-files-differ',
      reason,
      'Name all of the files in compose-files, in their order; waive this when they are no longer wanted.',
      'the labels of the containers',
    ),
  ];
}

function nameOf(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? '';
}

function evaluateInside({ editedInside, writtenAtStart }: ProjectFacts): Finding[] {
  if (editedInside.length === 0) return writtenAtStart.length === 0 ? [] : [writtenByProject(writtenAtStart)];
  const reason = `${someOf(editedInside)} was changed inside of the container, and a new container has it as the image does`;
  const remedy = 'Mount the file from the host, or set it as a variable below environment; then run again.';
  return [fail('edited-inside', reason, remedy, 'docker diff; milvus-io/web-content v2.6.x install page')];
}

function writtenByProject(files: readonly string[]): Finding {
  const reason = `${someOf(files)} is written by the project at each start, and is written into the file of the new version`;
  return warn('edited-inside', reason, 'Check that what is written there fits the new version.', 'docker diff; the command and configs of the service');
}

function evaluateNames({ takenNames }: ProjectFacts): Finding[] {
  if (takenNames.length === 0) return [];
  return [
    {
      ...fail(
        'container-name-taken',
        `${someOf(takenNames)}: a container of another project has this name`,
        'Where it is the Milvus that is to be upgraded, set project-name to its project (`docker compose ls --all`). Otherwise give the service of this project another container_name, and run again.',
        DOCKER,
      ),
      skippable: false,
    },
  ];
}

function evaluateOthers({ alsoChanged }: ProjectFacts): Finding[] {
  if (alsoChanged.length === 0) return [];
  const reason = `the files were changed since ${someOf(alsoChanged)} ${alsoChanged.length === 1 ? 'was' : 'were'} started: these changes come with the upgrade`;
  return [warn('also-changed', reason, 'Look at the difference, if you do not know it.', 'docker compose config --hash')];
}

/** The object store is left alone; where the documents move it as well, that is said. */
export function evaluateObjectStore({ services }: ProjectObservation, from: Version, to: Version): Finding[] {
  const minio = services.find((each) => /(^|\/)minio$/.test(parseImage(each.image).repository));
  const others = services.filter((each) => each.role === '').map((each) => each.name);
  const source = 'milvus-io/milvus deployments/docker/standalone/docker-compose.yml';
  const row = MINIO_MOVES.find(({ crossing }) => isOlder(from, crossing) && !isOlder(to, crossing));
  const kept = pass('dependency-images', `${someOf(others) || 'nothing else'} ${others.length > 1 ? 'are left as they are' : 'is left as it is'}`, source);
  if (!minio || !row || releaseOf(minio.image) >= row.release) return [kept];
  return [warn('dependency-images', `${minio.name} stays on ${minio.image}: ${row.why}`, row.remedy, row.source)];
}

/** Releases of MinIO that the files of Milvus moved to. */
const MINIO_MOVES = [
  {
    crossing: version('2.2.5'),
    release: '2023-03-20',
    why: 'newer files of Milvus have MinIO RELEASE.2023-03-20, whose data has another form on disk (xl-single in place of fs) and has no way back',
    remedy: 'Nothing needs to be done: Milvus works with the old one. If you move MinIO, do it by itself, with a copy of its folder made before.',
    source: 'milvus-io/milvus#25321',
  },
  {
    crossing: version('2.6.0'),
    release: '2024-12-18',
    why: 'Milvus 2.6 is tried with MinIO RELEASE.2024-12-18T13-15-44Z',
    remedy: 'Upgrade MinIO by itself, with a copy of its folder made before; Milvus 2.5 works with it as well.',
    source: 'milvus-io/web-content v2.6.x/site/en/adminGuide/upgrade_milvus_standalone-docker.md',
  },
] as const;

function releaseOf(image: string): string {
  return /RELEASE\.(\d{4}-\d{2}-\d{2})/.exec(image)?.[1] ?? '9999';
}

/** What was found out about an image by pulling it and starting it once. */
export interface ImageTrial {
  readonly image: string;
  readonly state: 'proven' | 'kept' | 'failed';
  readonly reason: string;
}

/** `why` it is not what was verified; empty where it is. */
export function evaluateBackup(path: string, why: string): Finding {
  if (why === '') return pass('backup', `${path} is what was verified when it was made`, 'its SHA-256');
  const remedy = 'Bring the file back as it was, from the artifact of the run that made it, and run again. Nothing was changed.';
  return { ...fail('backup', `${path} cannot be restored: ${why}`, remedy, 'its SHA-256'), skippable: false };
}

export function evaluateTrial({ image, state, reason }: ImageTrial): Finding {
  const source = 'docker pull and docker run';
  if (state === 'proven') return pass('image-probe', `${image} was pulled and started once`, source);
  if (state === 'kept')
    return warn(
      'image-probe',
      `${image} could not be pulled (${reason}), and the one that is there starts`,
      'Nothing needs to be done where images are brought in by hand.',
      source,
    );
  return fail(
    'image-probe',
    `${image} cannot be used: ${reason}`,
    'Check repository, tag and the login of this Docker to the registry; nothing was changed.',
    source,
  );
}
