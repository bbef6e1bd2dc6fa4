// Carries out the steps of a Docker Compose project. Decides nothing.
import { milvusServices, type ProjectObservation, type ServiceObservation, type UpgradeState } from '../core/compose/seen.js';
import { isUp } from '../core/compose/components.js';
import type { EditFilesStep, RecreateStep } from '../core/compose/step-kinds.js';
import { UpgradeError } from '../core/errors.js';
import type { Emit } from '../core/events.js';
import type { Config } from '../core/goal.js';
import { jobOf, type MigrationJob } from '../core/migration/seen.js';
import type { Observation } from '../core/observation.js';
import type { FinalizeStep, PrepareStep, MigrationJobStep, ScaleDownStep } from '../core/migration/step-kinds.js';
import type { Step } from '../core/steps.js';
import { dependenciesStand } from './dependencies.js';
import type { Docker } from './docker.js';
import { addressOf } from './health.js';
import type { StateDirectory } from './notes-folder.js';
import type { EtcdAddress, ProjectEtcd } from './project-etcd.js';
import type { ToolRuns } from './tool-runs.js';
import { writeProjectFile } from './write-file.js';
import { own } from '../core/own.js';

export interface ComposeTools {
  readonly docker: Docker;
  readonly config: Config;
  readonly run: string;
  readonly observation: Observation;
  readonly project: ProjectObservation;
  readonly notes: StateDirectory;
  readonly etcd: ProjectEtcd;
  readonly address: EtcdAddress;
  readonly tool: ToolRuns;
  readonly network: string;
  /** What this run starts and stops, so that what ends by itself is known for that. */
  readonly started: Set<string>;
  readonly emit: Emit;
  /** Throws where the lock is lost; before each write that does not go through docker. */
  readonly prove: () => Promise<unknown>;
}

/** More than the time that a container is given: Docker has to answer as well. */
const ANSWER_SECONDS = 60;

/**
 * Asks for the step once.
 *
 * Safe to repeat because: files are written only from what they were, containers only where they differ, and the tool under a name of its own.
 * Fails when: a file cannot be written, or Docker says no (`command-failed`).
 */
export async function applyComposeStep(step: Step, tools: ComposeTools): Promise<void> {
  const apply = APPLIES[step.kind as keyof typeof APPLIES] as ((step: Step, tools: ComposeTools) => Promise<void>) | undefined;
  if (!apply)
    throw new UpgradeError({ code: 'bug', what: `${step.id} cannot be applied`, why: `${step.kind} is no step of a project`, remedy: 'Open an issue.' });
  await apply(step, tools);
}

const APPLIES = {
  'edit-files': editFiles,
  recreate,
  prepare: prepare,
  stop,
  backup: runTool,
  migrate: runTool,
  restore: runTool,
  close,
};

/** What was there is written down before the first byte is changed. */
async function editFiles({ files, notes: draft }: EditFilesStep, { notes, run, prove }: ComposeTools): Promise<void> {
  if (draft) {
    const known = notes.readState();
    const kept = known?.files ?? [];
    const fresh = files.filter((each) => !kept.some(({ path }) => path === each.path)).map(({ path, before }) => ({ path, text: before }));
    const begun = known ? { run: known.run, since: known.since, ...(known.started ? { started: true } : {}) } : { run, since: new Date().toISOString() };
    const written: UpgradeState = { ...draft, ...begun, files: [...kept, ...fresh] };
    notes.writeState(written);
  }
  for (const each of files) {
    await prove();
    writeProjectFile(each);
  }
}

/** Dependencies are not touched, and no service is scaled to what the file says if somebody has scaled it by hand. */
async function recreate({ images }: RecreateStep, tools: ComposeTools): Promise<void> {
  const { docker, project, started, notes } = tools;
  const services = project.services.filter((each) => Object.hasOwn(images, each.name));
  const wrong = services.filter(
    ({ name, containers }) => !containers.every((each) => each.image === own(images, name) && isUp(each)) || containers.length === 0,
  );
  const old = wrong.flatMap(({ name, containers }) => containers.filter((each) => isUp(each) && each.image !== own(images, name)));
  const alone = (await dependenciesStand(docker, project, wrong)) ? [] : ['--no-deps'];
  if (old.length > 0) await end(wrong, tools);
  const names = wrong.map((each) => each.name);
  const scales = wrong.flatMap(scaleOf);
  await removeUnborn(wrong, tools);
  noteStart(notes, images);
  await docker.compose(['up', '--detach', ...alone, '--no-build', ...scales, ...names], { timeoutSeconds: graceOf(wrong) + UP_SECONDS });
  for (const name of names) started.add(name);
}

/** How many there are by their numbers: a Compose that was killed leaves two of one number. What has a name of its own is alone. */
function scaleOf({ name, containerName, containers }: ServiceObservation): string[] {
  const numbers = new Set(containers.map((each) => each.number));
  return containerName === '' && numbers.size > 1 ? ['--scale', `${name}=${numbers.size}`] : [];
}

/** What a Compose that was killed has made and never started. */
async function removeUnborn(services: readonly ServiceObservation[], { docker }: ComposeTools): Promise<void> {
  const unborn = services.flatMap((each) => each.containers).filter((each) => each.state === 'created');
  if (unborn.length > 0) await docker.run(['rm', '--force', ...unborn.map((each) => each.id)]);
}

/** Before the first container of another version: once it is removed, nothing else would tell that it may have run. */
function noteStart(notes: StateDirectory, images: RecreateStep['images']): void {
  const known = notes.readState();
  const isNew = Object.entries(images).some(([name, image]) => (known && own(known.images, name))?.before !== image);
  if (known && isNew && known.started !== true) notes.writeState({ ...known, started: true });
}

const UP_SECONDS = 600;

/** Ends containers, and with them their sessions in etcd: what was killed would keep the new version waiting until they run out. */
async function end(services: readonly ServiceObservation[], tools: ComposeTools): Promise<void> {
  const addresses = services
    .flatMap((each) => each.containers)
    .map(addressOf)
    .filter((each) => each !== '');
  await stopServices(services, tools);
  await tools.etcd.revoke(addresses, tools.prove).catch((error: unknown) => {
    if (error instanceof UpgradeError) throw error;
    tools.emit({ type: 'noted', message: `the sessions of the old containers run out by themselves: ${(error as Error).message}` });
  });
}

async function stopServices(services: readonly ServiceObservation[], { docker, started }: ComposeTools): Promise<void> {
  const running = services.filter((each) => each.containers.some(isUp)).map((each) => each.name);
  for (const name of running) started.delete(name);
  if (running.length > 0) await docker.compose(['stop', ...running], { timeoutSeconds: graceOf(services) + ANSWER_SECONDS });
}

function graceOf(services: readonly ServiceObservation[]): number {
  return Math.max(0, ...services.map((each) => each.graceSeconds));
}

function prepare({ journal: draft }: PrepareStep, { notes, run, observation }: ComposeTools): Promise<void> {
  const known = observation.migration?.journal;
  if (!known || known.closed || known.to !== draft.to) notes.writeJournal({ ...draft, run, since: new Date().toISOString() });
  return Promise.resolve();
}

async function stop({ revoke }: ScaleDownStep, tools: ComposeTools): Promise<void> {
  const services = milvusServices(tools.project);
  const isRunning = services.some((each) => each.containers.some(isUp));
  await stopServices(services, tools);
  if (revoke && !isRunning) await tools.etcd.revoke(tools.observation.migration?.gone ?? [], tools.prove);
}

/** Of a back-up that has ended well; whatever else has begun is let be. */
async function readBackup(job: MigrationJob, rootPath: string, { tool, config, emit }: ComposeTools): Promise<void> {
  if (job.kind !== 'backup' || job.state !== 'succeeded') return;
  const path = await tool.verify(job, rootPath);
  // What is removed in the end cannot be uploaded.
  if (path !== '' && !config.migration.cleanUp) emit({ type: 'backup-copied', path });
}

async function runTool(step: MigrationJobStep, tools: ComposeTools): Promise<void> {
  const { observation, config, tool, address, network } = tools;
  const journal = observation.migration?.journal;
  if (!observation.migration || !journal) return;
  const known = jobOf(observation.migration, step.kind, step.attempt, step.number);
  if (known) return readBackup(known, journal.rootPath, tools);
  const generations = Object.fromEntries(observation.components.map((each) => [each.deployment, each.generation ?? 0]));
  const sha256 = jobOf(observation.migration, 'backup', step.attempt)?.backup?.sha256 ?? '';
  const { endpoints, user } = address;
  const common = { journal, endpoints, user, generations, sha256, network, image: config.migration.image };
  await tool.start({ ...common, kind: step.kind, attempt: step.attempt, number: step.number, seconds: step.timeoutSeconds });
}

/** The backup and what tells of it stay, unless they are to go: last, so that a run that is killed in here leaves nothing that looks half done and untold. */
async function close(_step: FinalizeStep, { notes, tool, observation, config, prove }: ComposeTools): Promise<void> {
  const journal = observation.migration?.journal;
  if (journal) await tool.tidy(false);
  await prove();
  if (journal) notes.writeJournal({ ...journal, closed: true });
  for (const name of ['loaded.json', 'tool-files']) notes.remove(name);
  notes.removeState();
  if (journal && config.migration.cleanUp) await tool.tidy(true);
  if (notes.names().length === 0) notes.removeAll();
}
