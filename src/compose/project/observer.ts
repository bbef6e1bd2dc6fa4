// Observes a project: its files, the resolved configuration of Compose, its containers and their health. Caches what
// need not be read for each observation.
import { findCauses } from '../../core/compose/causes.js';
import { readComponent } from '../../core/compose/components.js';
import { readMilvusSettings } from '../../core/compose/milvus-settings.js';
import { selectServices } from '../../core/compose/selected-services.js';
import {
  milvusServices,
  type DataDirectory,
  type Health,
  type ProjectObservation,
  type ComposeObservation,
} from '../../core/compose/observation.js';
import { CONFIGURATION_DIRECTORY, readServices } from '../../core/compose/services.js';
import type { ContainerObservation } from '../../core/compose/containers.js';
import { readConfiguration, topologyOf } from '../../core/model/milvus-configuration.js';
import { runningVersion } from '../../core/model/observation.js';
import { SecretValues, type Values } from '../../core/model/values.js';
import { ProjectAccess } from './access.js';
import type { Answers } from './answers.js';
import { parseVersion, type Version } from '../../core/model/version.js';
import { readDataDirectories } from '../data-owner.js';
import type { Docker } from '../docker/docker.js';
import type { ComposeProjectPlace } from '../docker/find-compose.js';
import { requestHealth } from './health.js';
import { LastOutput } from './last-output.js';
import type { StateDirectory } from './state-directory.js';
import { PrintedVersions } from './printed-versions.js';
import { readProjectFiles } from './files.js';
import { withRealMounts } from './real-mounts.js';

export interface ObserverOptions {
  readonly docker: Docker;
  readonly place: ComposeProjectPlace;
  readonly env: NodeJS.ProcessEnv;
  /** The input `services`. */
  readonly selected: readonly string[];
  /** The target version, if the upgrade changes the owner of the data. */
  readonly ownedBy: Version | null;
  /** Services that this run has started. */
  readonly started: ReadonlySet<string>;
  /** The networks of the lock container; empty before the lock is held. */
  readonly joined: () => readonly string[];
  /** The container through which others are reached; empty to use any running one. */
  readonly lockContainer: () => string;
}

/** What is known about the project before its containers are read. */
interface Known {
  readonly name: string;
  readonly config: Values;
}

/** Configuration files in the image. */
const CONFIGURATION_FILES = ['milvus.yaml', 'user.yaml'] as const;

export class ProjectObserver {
  readonly #options: ObserverOptions;
  #known: Known | null = null;
  #settings: Values = {};
  /** True once the settings were read from a running container. */
  #isRead = false;
  #wellSince: ReadonlyMap<string, string> = new Map();
  #dataDirectories: readonly DataDirectory[] | null = null;
  readonly #lastOutput: LastOutput;
  readonly #printed: PrintedVersions;
  readonly #access: ProjectAccess;
  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#access = new ProjectAccess(options);
    this.#lastOutput = new LastOutput(options);
    this.#printed = new PrintedVersions(options.docker);
  }

  /** Reads the files again, through Compose. Throws `command-failed` with the message of Compose. */
  async refresh(): Promise<Known> {
    const config = await this.#options.docker.config();
    this.#known = { config, name: this.#known?.name ?? this.#options.docker.projectName(config) };
    return this.#known;
  }

  /** A container through which the network of the project is reached; empty if there is none. */
  via(services: ProjectObservation['services']): string {
    return this.#access.via(services);
  }

  /** An image with bash, for the lock container; empty if no such container was observed. */
  shellImage(): string {
    return this.#access.shellImage();
  }

  /** The effective settings of Milvus. Kept from when it ran, because they cannot be read while it is stopped. */
  settings(): Values {
    return this.#settings;
  }

  async observe(
    stateDirectory: StateDirectory,
    answers: Answers,
  ): Promise<{ readonly project: ProjectObservation; readonly observation: ComposeObservation }> {
    const { docker, place, env, started, selected } = this.#options;
    const { name, config } = this.#known ?? (await this.refresh());
    const takenAt = new Date().toISOString();
    const all = withRealMounts(readServices(config, await docker.containers(name)), docker.isLocal());
    const { services, ...access } = await this.#access.read(selectServices(all, selected));
    await this.#readSettings(services);
    const via = this.via(services);
    const containers = milvusServices({ services }).flatMap((service) => service.containers);
    const health = this.#timed(via === '' ? {} : await requestHealth(docker, via, containers), takenAt);
    const project: ProjectObservation = {
      name,
      directory: place.directory,
      files: readProjectFiles(place, env),
      environment: new SecretValues(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined))),
      services,
      ...access,
      upgradeState: stateDirectory.readState(),
      health,
      answer: await answers.read({ services, via, health, isAwaited: started.size > 0 }),
      started: [...started],
      lastOutput: await this.#lastOutput.read(containers),
    };
    const printed = await this.#printed.read(project);
    const complete = { ...project, ...printed, ...(await this.#readDataDirectories(project, health)) };
    return { project: complete, observation: this.#observation(takenAt, complete, health) };
  }

  /** Reads the owner of the data once, before the first change: its size is part of the plan. */
  async #readDataDirectories(
    project: ProjectObservation,
    health: Readonly<Record<string, Health>>,
  ): Promise<Pick<ProjectObservation, 'dataDirectories'>> {
    const { docker, ownedBy } = this.#options;
    if (!ownedBy) return {};
    const components = milvusServices(project).map((service) => readComponent(service, health));
    const from = parseVersion(project.upgradeState?.from ?? '') ?? runningVersion({ components });
    if (!from) return {};
    this.#dataDirectories ??= await readDataDirectories(docker, project, from, ownedBy);
    return { dataDirectories: this.#dataDirectories };
  }

  /** Adds `wellSince` by the clock of this machine; that of the engine may differ. */
  #timed(health: Readonly<Record<string, Health>>, takenAt: string): Readonly<Record<string, Health>> {
    const entries = Object.entries(health).map(([id, containerHealth]): [string, Health] => {
      if (containerHealth.state !== 'ok') return [id, containerHealth];
      return [id, { ...containerHealth, wellSince: this.#wellSince.get(id) ?? takenAt }];
    });
    this.#wellSince = new Map(entries.flatMap(([id, { wellSince }]) => (wellSince ? [[id, wellSince]] : [])));
    return Object.fromEntries(entries);
  }

  #observation(
    takenAt: string,
    project: ProjectObservation,
    health: Readonly<Record<string, Health>>,
  ): ComposeObservation {
    const components = milvusServices(project).map((service) => readComponent(service, health));
    const topology = topologyOf(components);
    const { messageQueue, metastore, etcd } = readConfiguration(
      { 'milvus.yaml': JSON.stringify(this.settings()) },
      topology,
      runningVersion({ components }),
    );
    return {
      takenAt,
      platform: 'compose',
      project,
      components,
      causes: findCauses(project),
      topology,
      messageQueue,
      metastore,
      etcd,
    };
  }

  /** Reads the settings of the first running Milvus container; if none is running, only its environment variables. */
  async #readSettings(services: ProjectObservation['services']): Promise<void> {
    if (this.#isRead) return;
    const own = milvusServices({ services });
    const running = own.flatMap((service) => service.containers).find((container) => container.state === 'running');
    const environment = running?.environment ?? own[0]?.environment;
    this.#isRead = running !== undefined;
    this.#settings = readMilvusSettings(running ? await this.#readFiles(running) : {}, environment?.reveal() ?? {});
  }

  async #readFiles({ id }: ContainerObservation): Promise<Record<string, string>> {
    const read = async (file: string): Promise<[string, string]> => {
      const args = ['exec', id, 'cat', `${CONFIGURATION_DIRECTORY}/${file}`];
      return [file, await this.#options.docker.run(args, { allowFailure: true, reads: true }).catch(() => '')];
    };
    return Object.fromEntries(await Promise.all(CONFIGURATION_FILES.map(read)));
  }
}
