// Applies the steps of a Docker Compose project. Makes no decisions.
import {
  milvusServices,
  type ProjectObservation,
  type ServiceObservation,
  type UpgradeState,
} from '../core/compose/observation.js';
import { isUp } from '../core/compose/components.js';
import type { ComposeStep, EditFilesStep, RecreateStep } from '../core/compose/step.js';
import { UpgradeError } from '../core/model/error.js';
import type { Emit } from '../core/model/event.js';
import type { Config } from '../core/config/config.js';
import { jobOf, type MigrationJob } from '../core/migration/observation.js';
import type { Observation } from '../core/model/observation.js';
import type {
  FinalizeStep,
  MigrationJobStep,
  MigrationStep,
  PrepareStep,
  ScaleDownStep,
} from '../core/migration/step.js';
import type { Step } from '../core/model/step.js';
import { changeDataOwner } from './data-owner.js';
import { dependenciesStand } from './project/dependencies.js';
import type { Docker } from './docker/docker.js';
import type { StateDirectory } from './project/state-directory.js';
import type { EtcdAddress, ProjectEtcd } from './project/etcd.js';
import type { ToolRuns } from './migration/tool-runs.js';
import { writeProjectFile } from './project/write-file.js';
import { own } from '../core/lib/own.js';

export interface ComposeTools {
  readonly docker: Docker;
  readonly config: Config;
  readonly run: string;
  readonly observation: Observation;
  readonly project: ProjectObservation;
  readonly stateDirectory: StateDirectory;
  readonly etcd: ProjectEtcd;
  readonly address: EtcdAddress;
  readonly tool: ToolRuns;
  readonly network: string;
  /**
   * Services that this run has started and not stopped, so that a container that exits unexpectedly can be detected.
   */
  readonly started: Set<string>;
  readonly emit: Emit;
  /** Throws if the lock is lost. Called before each write that does not go through docker. */
  readonly prove: () => Promise<unknown>;
}

/** Added to the stop grace period of a container, for the response of Docker. */
const ANSWER_SECONDS = 60;

/**
 * Applies the step once.
 *
 * Safe to repeat because: files are written only if they have their previous text, containers are replaced only if they
 * differ, and each run of the tool has a fixed name. Fails when: a file cannot be written, or a Docker command fails
 * (`command-failed`).
 */
export async function applyComposeStep(step: Step, tools: ComposeTools): Promise<void> {
  const apply = APPLIES[step.kind as keyof typeof APPLIES] as
    | ((step: Step, tools: ComposeTools) => Promise<void>)
    | undefined;
  const why = `${step.kind} is not a step of a Docker Compose project`;
  if (!apply)
    throw new UpgradeError({ code: 'bug', what: `${step.id} cannot be applied`, why, remedy: 'Open an issue.' });
  await apply(step, tools);
}

/** Every step of a project that changes something. Containers are started by `recreate`. */
type Applied = Exclude<ComposeStep | MigrationStep, { kind: 'wait-healthy' | 'scale-up' }>;

const APPLIES: {
  readonly [Kind in Applied['kind']]: (step: Extract<Applied, { kind: Kind }>, tools: ComposeTools) => Promise<void>;
} = {
  'edit-files': editFiles,
  recreate,
  prepare,
  'scale-down': scaleDown,
  backup: runTool,
  migrate: runTool,
  restore: runTool,
  finalize,
};

/** Records the previous texts before the first byte is changed. */
async function editFiles(
  { files, upgradeState: draft }: EditFilesStep,
  { stateDirectory, run, prove }: ComposeTools,
): Promise<void> {
  if (draft) {
    const known = stateDirectory.readState();
    const kept = known?.files ?? [];
    const fresh = files
      .filter((file) => !kept.some(({ path }) => path === file.path))
      .map(({ path, before }) => ({ path, text: before }));
    const beganWith = known
      ? { run: known.run, since: known.since, ...(known.started ? { started: true } : {}) }
      : { run, since: new Date().toISOString() };
    const state: UpgradeState = { ...draft, ...beganWith, files: [...kept, ...fresh] };
    stateDirectory.writeState(state);
  }
  for (const file of files) {
    await prove();
    writeProjectFile(file);
  }
}

/**
 * Dependencies are not changed. A service that was scaled manually keeps its number of containers, regardless of the
 * file.
 */
async function recreate({ images, dataOwner, timeoutSeconds }: RecreateStep, tools: ComposeTools): Promise<void> {
  const { docker, project, started, stateDirectory } = tools;
  const services = project.services.filter((service) => Object.hasOwn(images, service.name));
  const wrong = services.filter(
    ({ name, containers }) =>
      !containers.every((container) => container.image === own(images, name) && isUp(container)) ||
      containers.length === 0,
  );
  const old = wrong.flatMap(({ name, containers }) =>
    containers.filter((container) => isUp(container) && container.image !== own(images, name)),
  );
  const alone = (await dependenciesStand(docker, project, wrong)) ? [] : ['--no-deps'];
  if (old.length > 0) await end(wrong, tools);
  if (dataOwner !== undefined)
    await changeDataOwner(docker, wrong, { uid: dataOwner, images, seconds: timeoutSeconds });
  const names = wrong.map((service) => service.name);
  const scales = wrong.flatMap(scaleOf);
  await removeUnborn(wrong, tools);
  recordStart(stateDirectory, images);
  await docker.compose(['up', '--detach', ...alone, '--no-build', ...scales, ...names], {
    timeoutSeconds: graceOf(wrong) + UP_SECONDS,
  });
  for (const name of names) started.add(name);
}

/**
 * Counts distinct container numbers, because a killed Compose process can leave two containers with the same number. A
 * service with `container_name` has only one.
 */
function scaleOf({ name, containerName, containers }: ServiceObservation): string[] {
  const numbers = new Set(containers.map((container) => container.number));
  return containerName === '' && numbers.size > 1 ? ['--scale', `${name}=${numbers.size}`] : [];
}

/** Removes containers that a killed Compose process has created and never started. */
async function removeUnborn(services: readonly ServiceObservation[], { docker }: ComposeTools): Promise<void> {
  const unborn = services.flatMap((service) => service.containers).filter((container) => container.state === 'created');
  if (unborn.length > 0) await docker.run(['rm', '--force', ...unborn.map((container) => container.id)]);
}

/**
 * Records the start before the first container of another version is created: once it is removed, nothing else shows
 * that it may have run.
 */
function recordStart(stateDirectory: StateDirectory, images: RecreateStep['images']): void {
  const known = stateDirectory.readState();
  const isNew = Object.entries(images).some(([name, image]) => (known && own(known.images, name))?.before !== image);
  if (known && isNew && known.started !== true) stateDirectory.writeState({ ...known, started: true });
}

const UP_SECONDS = 600;

/**
 * Stops containers and removes their sessions in etcd: the new version would otherwise wait until the sessions of
 * killed containers expire.
 */
async function end(services: readonly ServiceObservation[], tools: ComposeTools): Promise<void> {
  const addresses = services
    .flatMap((service) => service.containers)
    .flatMap(({ networks }) => Object.values(networks))
    .filter((address) => address !== '');
  await stopServices(services, tools);
  await tools.etcd.revoke(addresses, tools.prove).catch((error: unknown) => {
    if (error instanceof UpgradeError) throw error;
    tools.emit({
      type: 'noted',
      message: `the sessions of the old containers could not be removed from etcd and will expire: ${(error as Error).message}`,
    });
  });
}

async function stopServices(services: readonly ServiceObservation[], { docker, started }: ComposeTools): Promise<void> {
  const running = services.filter((service) => service.containers.some(isUp)).map((service) => service.name);
  for (const name of running) started.delete(name);
  if (running.length > 0)
    await docker.compose(['stop', ...running], { timeoutSeconds: graceOf(services) + ANSWER_SECONDS });
}

function graceOf(services: readonly ServiceObservation[]): number {
  return Math.max(0, ...services.map((service) => service.graceSeconds));
}

function prepare({ journal: draft }: PrepareStep, { stateDirectory, run, observation }: ComposeTools): Promise<void> {
  const known = observation.migration?.journal;
  if (!known || known.closed || known.to !== draft.to)
    stateDirectory.writeJournal({ ...draft, run, since: new Date().toISOString() });
  return Promise.resolve();
}

async function scaleDown({ revoke }: ScaleDownStep, tools: ComposeTools): Promise<void> {
  const services = milvusServices(tools.project);
  const isRunning = services.some((service) => service.containers.some(isUp));
  await stopServices(services, tools);
  if (revoke && !isRunning) await tools.etcd.revoke(tools.observation.migration?.gone ?? [], tools.prove);
}

/** Verifies the backup of a job that has succeeded; other jobs are left unchanged. */
async function readBackup(job: MigrationJob, rootPath: string, { tool, config, emit }: ComposeTools): Promise<void> {
  if (job.kind !== 'backup' || job.state !== 'succeeded') return;
  const path = await tool.verify(job, rootPath);
  // A backup that is removed at the end cannot be uploaded.
  if (path !== '' && !config.migration.cleanUp) emit({ type: 'backup-copied', path });
}

async function runTool(step: MigrationJobStep, tools: ComposeTools): Promise<void> {
  const { observation, config, tool, address, network } = tools;
  const journal = observation.migration?.journal;
  if (!observation.migration || !journal) return;
  const known = jobOf(observation.migration, step.kind, step.attempt, step.number);
  if (known) return readBackup(known, journal.rootPath, tools);
  const generations = Object.fromEntries(
    observation.components.map((component) => [component.deployment, component.generation ?? 0]),
  );
  const sha256 = jobOf(observation.migration, 'backup', step.attempt)?.backup?.sha256 ?? '';
  const { endpoints, user } = address;
  const common = { journal, endpoints, user, generations, sha256, network, image: config.migration.image };
  await tool.start({
    ...common,
    kind: step.kind,
    attempt: step.attempt,
    number: step.number,
    seconds: step.timeoutSeconds,
  });
}

/**
 * Keeps the backup and its records unless `clean-up` is set. They are removed last, so that a run that is killed here
 * does not leave a state that looks incomplete.
 */
async function finalize(
  _step: FinalizeStep,
  { stateDirectory, tool, observation, config, prove }: ComposeTools,
): Promise<void> {
  const journal = observation.migration?.journal;
  if (journal) await tool.tidy(false);
  await prove();
  if (journal) stateDirectory.writeJournal({ ...journal, closed: true });
  for (const name of ['loaded.json', 'tool-files']) stateDirectory.remove(name);
  stateDirectory.removeState();
  if (journal && config.migration.cleanUp) await tool.tidy(true);
  if (stateDirectory.names().length === 0) stateDirectory.removeAll();
}
