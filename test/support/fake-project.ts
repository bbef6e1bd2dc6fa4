// A Docker Compose project with Milvus in memory: the texts of its files, containers, upgrade state, and metadata that
// records if a version runs with metadata of another version. Like the real platform it makes one call at a time, and
// the run can be killed before every call.
import type { Duplex } from 'node:stream';
import type { FakeMilvus } from './fake-milvus.js';
import { findCauses } from '../../src/core/compose/causes.js';
import { evaluateProject, type ProjectFacts } from '../../src/core/compose/checks.js';
import { evaluateDataOwners } from '../../src/core/compose/data-owner.js';
import { evaluateObjectStore } from '../../src/core/compose/dependency-images.js';
import { evaluateSetup, type ImageSetups } from '../../src/core/compose/setup-checks.js';
import { isUp, readComponent } from '../../src/core/compose/components.js';
import { describeFileChanges } from '../../src/core/compose/file-changes.js';
import { readMilvusSettings } from '../../src/core/compose/milvus-settings.js';
import {
  milvusServices,
  type Answer,
  type DataDirectory,
  type Health,
  type ComposeObservation,
  type ProjectObservation,
  type ServiceObservation,
  type UpgradeState,
} from '../../src/core/compose/observation.js';
import { selectServices } from '../../src/core/compose/selected-services.js';
import { readServices } from '../../src/core/compose/services.js';
import type { ComposeStep, DataOwnerStep, EditFilesStep, RecreateStep } from '../../src/core/compose/step.js';
import { conclude } from '../../src/core/checks/results.js';
import { UpgradeError } from '../../src/core/model/error.js';
import type { Evidence } from '../../src/core/model/evidence.js';
import { SecretString } from '../../src/core/redaction/secret-string.js';
import { readConfiguration, topologyOf } from '../../src/core/model/milvus-configuration.js';
import type { Journal, JournalDraft } from '../../src/core/migration/journal.js';
import { NO_MEMORY, remember } from '../../src/core/migration/memory.js';
import type { MigrationObservation } from '../../src/core/migration/observation.js';
import type { MigrationJobStep } from '../../src/core/migration/step.js';
import { runningVersion } from '../../src/core/model/observation.js';
import type { Preflight } from '../../src/core/model/preflight.js';
import type { Session } from '../../src/core/model/session.js';
import type { ComposePlan } from '../../src/core/compose/step.js';
import { composeObservation } from './observations.js';
import { SecretValues, type Values } from '../../src/core/model/values.js';
import { parseImage } from '../../src/core/model/version.js';
import { containerObservation } from './containers.js';
import { Killed } from './fake-cluster.js';
import { session } from './fake-migration.js';
import { FakeTool } from './fake-tool.js';
import { COMPOSE, configOf, ENV, filesOf, DIRECTORY } from './project-files.js';
import type { Platform } from '../../src/run/platform.js';

/** Seconds until a container is healthy, and until its session has expired. */
const [WELL_SECONDS, SESSION_SECONDS] = [3, 3];
interface Container {
  readonly id: string;
  readonly service: string;
  readonly image: string;
  readonly address: string;
  readonly setup: ServiceObservation['setup'];
  readonly mounts: ServiceObservation['mounts'];
  state: 'running' | 'exited';
  exitCode: number;
  startedAt: string;
  finishedAt: string;
  /** Seconds until it is healthy. */
  left: number;
}

/** The observation or the call at which the run is killed, counted from the current moment. */
export type Death = { readonly look: number } | { readonly call: number };

/** The state in the memory of the process of one run. */
interface RunState {
  readonly started: Set<string>;
  memory: typeof NO_MEMORY;
  watchesEtcd: boolean;
  isDead: boolean;
}

const newRun = (): RunState => ({ started: new Set(), memory: NO_MEMORY, watchesEtcd: false, isDead: false });

export class FakeProject implements Platform<'compose'> {
  readonly sources = {};
  readonly applied: string[] = [];
  readonly calls: string[] = [];
  observations = 0;
  clock = 0;
  /** The texts of the files, by path. */
  readonly files: Map<string, string>;
  upgradeState: UpgradeState | null = null;
  journal: Journal | null = null;
  /** Every event that must never happen. */
  readonly harm: string[] = [];
  readonly tool: FakeTool;
  /** Whether `clean-up` is on. */
  cleansUp = false;
  facts: ProjectFacts = {
    unwritable: [],
    freeBytes: 10 ** 10,
    missingMounts: [],
    editedInside: [],
    writtenAtStart: [],
    takenNames: [],
    alsoChanged: [],
  };
  imageSetups: ImageSetups = {};
  /** The data of Milvus, as its check reads it. */
  dataDirectories: readonly DataDirectory[] = [];
  fixesDataOwner = false;
  /** By path; `user:group`. */
  readonly owners = new Map<string, string>();
  /** The input `services`. */
  selected: readonly string[] = [];
  /** Calls of Docker that fail: the number of the first one, and how many from there on. */
  failing: { readonly from: number; readonly times: number; readonly error: Error } | null = null;
  #containers: Container[] = [];
  readonly #paused = new Set<string>();
  readonly #broken = new Set<string>();
  readonly #crashing = new Set<string>();
  readonly #unstartable = new Set<string>();
  readonly #byHand = new Map<number, () => void>();
  #sessions: { readonly address: string; readonly role: string; left: number }[] = [];
  #death: { readonly observations: number; readonly calls: number } = {
    observations: Number.POSITIVE_INFINITY,
    calls: Number.POSITIVE_INFINITY,
  };
  #run = newRun();
  #made = 0;

  constructor(release: string, { isCluster = false } = {}) {
    this.files = filesOf(release, isCluster);
    this.tool = new FakeTool(metadataOf(release), this.harm);
    for (const { name } of this.#services()) this.#create(name);
    for (const container of this.#containers) container.left = 0;
  }

  /** Containers of this version never become healthy. */
  breakVersion(release: string): void {
    this.#broken.add(release);
  }
  /** Containers of this version exit on their own. */
  crashVersion(release: string): void {
    this.#crashing.add(release);
  }
  /** Docker cannot start containers of this version. */
  refuseVersion(release: string): void {
    this.#unstartable.add(release);
  }
  repair(): void {
    for (const versions of [this.#broken, this.#crashing, this.#unstartable, this.tool.failing]) versions.clear();
  }
  editByHand(path: string, added = '# by hand\n'): void {
    this.files.set(path, `${this.files.get(path) ?? ''}${added}`);
  }
  /** Runs a function before this observation, counted from now. */
  beforeLook(look: number, act: () => void): void {
    this.#byHand.set(this.observations + look, act);
  }
  /** Simulates kill -9: the project stays as it is, the run is over. */
  dieAt(death: Death | null): void {
    const never = Number.POSITIVE_INFINITY;
    this.#death = {
      observations: death && 'look' in death ? this.observations + death.look : never,
      calls: death && 'call' in death ? this.calls.length + death.call : never,
    };
  }
  pause(service: string): void {
    this.#paused.add(service);
  }
  /** Sets the Compose file, and starts all containers from it. */
  upFrom(text: string, env?: string): this {
    this.files.set(COMPOSE, text);
    if (env !== undefined) this.files.set(ENV, env);
    this.#containers = [];
    for (const { name } of this.#services()) this.startByHand(name);
    return this;
  }
  recreateByHand(service: string): void {
    this.#containers = this.#containers.filter((container) => container.service !== service);
    this.startByHand(service);
  }
  startByHand(service: string): void {
    this.#create(service);
    for (const container of this.#containers) container.left = 0;
  }
  stopByHand(service: string): void {
    this.#stop(service);
  }

  /** The distinct images of the running Milvus containers. */
  images(): string[] {
    return [
      ...new Set(
        this.#containers
          .filter((container) => container.state === 'running' && isMilvus(container))
          .map((container) => container.image),
      ),
    ];
  }
  running(): string[] {
    return this.#containers.filter((container) => container.state === 'running').map((container) => container.service);
  }
  texts(): Record<string, string> {
    return Object.fromEntries(this.files);
  }

  observe(): Promise<ComposeObservation> {
    this.observations += 1;
    this.#byHand.get(this.observations)?.();
    this.#live(this.observations >= this.#death.observations, `observation ${this.observations}`);
    return Promise.resolve(this.#snapshot());
  }

  waitForChange(): Promise<void> {
    this.clock += 1000;
    this.#pass();
    return Promise.resolve();
  }

  async apply(step: ComposeStep): Promise<void> {
    this.applied.push(step.id);
    const observation = this.#snapshot();
    if (step.kind === 'edit-files') await this.#edit(step);
    if (step.kind === 'data-owner') await this.#changeOwners(step, observation.project.services);
    if (step.kind === 'recreate') await this.#recreate(step, observation.project.services);
    if (step.kind === 'prepare') await this.#begin(step.journal);
    if (step.kind === 'scale-down') await this.#stopAll(step.revoke, observation);
    if (step.kind === 'backup' || step.kind === 'migrate' || step.kind === 'restore')
      await this.#runTool(step, observation);
    if (step.kind === 'finalize') await this.#close();
  }

  preflight(plan: ComposePlan): Promise<Preflight> {
    const { project } = this.#snapshot();
    if (plan.strategy === 'migrate' || plan.strategy === 'restore') this.#run.watchesEtcd = true;
    const files = plan.steps.flatMap((step) => (step.kind === 'edit-files' ? step.files : []));
    const found = [
      ...evaluateProject(project, this.facts, 0),
      ...evaluateSetup(project, this.imageSetups, files),
      ...evaluateDataOwners(
        { project, from: plan.from, to: plan.to, isFixed: this.fixesDataOwner },
        this.dataDirectories,
      ),
      ...evaluateObjectStore(project, plan.from, plan.to),
    ];
    return Promise.resolve({ ...conclude(found, []), changes: describeFileChanges(files, DIRECTORY) });
  }
  probeImages(plan: ComposePlan): Promise<Preflight> {
    if (plan.strategy === 'migrate' || plan.strategy === 'restore') this.#run.watchesEtcd = true;
    return Promise.resolve({ checks: [], failedChecks: [], changes: [] });
  }
  saveEvidence(): Promise<Evidence | null> {
    return Promise.resolve(null);
  }
  /** Null if no client can connect. */
  milvus: FakeMilvus | null = null;

  dialMilvus(port: number): Promise<Duplex> {
    return this.milvus
      ? this.milvus.dial(port)
      : Promise.reject(new Error('no pod that clients can connect to is ready'));
  }

  acquireLock(): Promise<void> {
    return Promise.resolve();
  }
  /** The memory of the process is lost. */
  close(): Promise<void> {
    this.#run = newRun();
    return Promise.resolve();
  }

  #live(dies: boolean, where: string): void {
    this.#run.isDead ||= dies;
    if (this.#run.isDead) throw new Killed(`killed at ${where}`);
  }

  #call(name: string): Promise<void> {
    this.calls.push(name);
    const { from, times, error } = this.failing ?? { from: Number.POSITIVE_INFINITY, times: 0, error: null };
    if (error && this.calls.length >= from && this.calls.length < from + times) return Promise.reject(error);
    this.#live(this.calls.length >= this.#death.calls, name);
    return Promise.resolve();
  }

  /** Writes the upgrade state before the files. */
  async #edit({ files, upgradeState: draft }: EditFilesStep): Promise<void> {
    if (draft) {
      await this.#call('write the notes');
      const kept = this.upgradeState?.files ?? [];
      const fresh = files
        .filter((file) => !kept.some(({ path }) => path === file.path))
        .map(({ path, before }) => ({ path, text: before }));
      this.upgradeState = { ...draft, run: 'acme.milvus.42.1', since: this.#now(), files: [...kept, ...fresh] };
    }
    for (const { path, before, after } of files) {
      await this.#call(`write ${path}`);
      const now = this.files.get(path) ?? '';
      if (now !== before.reveal() && now !== after.reveal())
        throw failed(`${path} was changed by another process or user`);
      this.files.set(path, after.reveal());
    }
  }

  async #recreate({ images }: RecreateStep, all: readonly ServiceObservation[]): Promise<void> {
    const wrong = await this.#stopOthers(images, all);
    for (const { name, image } of wrong) {
      await this.#call(`up ${name}`);
      if (this.#unstartable.has(releaseOf(image))) throw failed(`no such image: ${image}`);
      this.#up(name, image);
    }
    for (const { name } of wrong) this.#run.started.add(name);
  }

  async #stopOthers(
    images: RecreateStep['images'],
    all: readonly ServiceObservation[],
  ): Promise<readonly ServiceObservation[]> {
    const services = all.filter((service) => service.name in images);
    const wrong = services.filter(
      ({ name, containers }) =>
        !containers.every((container) => container.image === images[name] && isUp(container)) ||
        containers.length === 0,
    );
    const isOld = wrong.some(({ name, containers }) =>
      containers.some((container) => isUp(container) && container.image !== images[name]),
    );
    for (const { name, containers } of isOld ? wrong : []) if (containers.some(isUp)) await this.#stopService(name);
    if (isOld) this.#sessions = [];
    return wrong;
  }

  /** Everything belongs to root until an owner is changed. */
  async #changeOwners({ images, directories }: DataOwnerStep, all: readonly ServiceObservation[]): Promise<void> {
    await this.#stopOthers(images, all);
    for (const { service, path, owner } of directories) {
      await this.#call(`chown ${owner} ${path}`);
      const owners = (this.upgradeState?.owners ?? []).filter((other) => other.path !== path);
      const before = this.owners.get(path) ?? '0:0';
      this.owners.set(path, owner);
      const known = this.upgradeState?.owners?.find((other) => other.path === path)?.before ?? before;
      if (this.upgradeState)
        this.upgradeState = { ...this.upgradeState, owners: [...owners, { service, path, before: known, now: owner }] };
    }
  }

  /** Like Compose: starts an existing container that matches the files, and recreates the others. */
  #up(name: string, image: string): void {
    const there = this.#containers.find((container) => container.service === name && container.image === image);
    if (there?.state === 'running') return;
    this.#containers = this.#containers.filter((container) => container.service !== name || container === there);
    if (there) Object.assign(there, { state: 'running', startedAt: this.#now(), left: WELL_SECONDS });
    else this.#create(name);
  }

  async #stopService(name: string): Promise<void> {
    await this.#call(`stop ${name}`);
    this.#stop(name);
  }

  #stop(name: string): void {
    this.#run.started.delete(name);
    for (const container of this.#containers.filter((other) => other.service === name && other.state === 'running'))
      this.#end(container, 0);
  }

  async #begin(draft: JournalDraft): Promise<void> {
    await this.#call('write the journal');
    const known = this.journal;
    if (!known || known.closed || known.to !== draft.to)
      this.journal = { ...draft, run: 'acme.milvus.42.1', since: this.#now() };
  }

  async #stopAll(revoke: boolean, { project, migration }: ComposeObservation): Promise<void> {
    const running = milvusServices(project).filter((service) => service.containers.some(isUp));
    for (const { name } of running) await this.#stopService(name);
    if (!revoke || running.length > 0) return;
    await this.#call('revoke the sessions');
    this.#sessions = this.#sessions.filter((session) => !migration?.gone.includes(session.address));
  }

  async #runTool(
    { kind, attempt, number }: MigrationJobStep,
    { migration, components }: ComposeObservation,
  ): Promise<void> {
    if (!migration?.journal) return;
    const known = this.tool.find(kind, attempt, number);
    if (known) {
      if (kind !== 'backup' || known.job.state !== 'succeeded') return;
      await this.#call('read the backup');
      this.tool.verify(known);
      return;
    }
    await this.#call(`create ${kind} ${attempt}.${number}`);
    const generations = Object.fromEntries(
      components.map((component) => [component.deployment, component.generation ?? 0]),
    );
    const run = this.tool.create({ kind, attempt, number, generations });
    await this.#call(`write ${kind} ${attempt}.${number} down`);
    run.isRecorded = true;
    await this.#call(`start ${kind} ${attempt}.${number}`);
    run.isStarted = true;
  }

  async #close(): Promise<void> {
    if (this.journal) {
      await this.#call('close the journal');
      this.journal = { ...this.journal, closed: true };
    }
    await this.#call('remove the notes');
    this.upgradeState = null;
    if (!this.cleansUp || !this.journal) return;
    await this.#call('clean up');
    this.journal = null;
    this.tool.forget();
  }

  /** Simulates one second. */
  #pass(): void {
    this.tool.pass(this.#milvus().length > 0);
    for (const container of this.#containers.filter((other) => other.state === 'running')) {
      const release = releaseOf(container.image);
      if (this.#crashing.has(release)) this.#end(container, 134);
      else if (!this.#broken.has(release)) container.left = Math.max(0, container.left - 1);
    }
    for (const session of this.#sessions) session.left -= 1;
    this.#sessions = this.#sessions.filter((session) => session.left > 0);
    this.#watchForHarm();
  }

  #watchForHarm(): void {
    const running = this.#milvus();
    this.tool.watch(
      running.map(({ image, left }) => ({ image, desired: metadataOf(releaseOf(image)), isWell: left === 0 })),
      this.journal !== null,
    );
  }

  #milvus(): Container[] {
    return this.#containers.filter((container) => container.state === 'running' && isMilvus(container));
  }

  /** Creates a container as the files define it. */
  #create(service: string): void {
    const read = this.#services().find(({ name }) => name === service);
    if (!read) throw new Error(`the files have no service ${service}`);
    const { image, setup, mounts } = read;
    this.#made += 1;
    const [id, address] = [`c${this.#made}`, `172.18.0.${this.#made}`];
    this.#containers.push({
      id,
      service,
      image,
      address,
      setup,
      mounts,
      state: 'running',
      exitCode: 0,
      startedAt: this.#now(),
      finishedAt: '',
      left: WELL_SECONDS,
    });
  }

  #end(container: Container, exitCode: number): void {
    Object.assign(container, { state: 'exited', exitCode, finishedAt: this.#now() });
    if (isMilvus(container))
      this.#sessions.push({ address: container.address, role: container.service, left: SESSION_SECONDS });
  }

  #now(): string {
    return new Date(Date.parse('2026-01-01T00:00:00.000Z') + this.clock).toISOString();
  }

  #services(): ServiceObservation[] {
    const all = readServices(
      configOf(this.files),
      this.#containers.map((container) => this.#read(container)),
    );
    return [...selectServices(all, this.selected)];
  }

  #read({
    id,
    service,
    image,
    address,
    setup,
    mounts,
    state,
    exitCode,
    startedAt,
    finishedAt,
    left,
  }: Container): ReturnType<typeof containerObservation> {
    const health = state === 'running' && left === 0 ? 'healthy' : 'starting';
    const isPaused = this.#paused.has(service) && state === 'running';
    const name = `milvus-${service}-1`;
    const { entrypoint, command, networkMode } = setup;
    const networks = { milvus_default: state === 'running' ? address : '' };
    return containerObservation({
      id,
      name,
      service,
      image,
      state: isPaused ? 'paused' : state,
      health,
      exitCode,
      startedAt,
      finishedAt,
      networks,
      mounts: Object.entries(mounts).map(([destination, source]) => ({ kind: 'bind', source, destination })),
      setup: { entrypoint: entrypoint ?? [], command: command ?? [], networkMode },
    });
  }

  #snapshot(): ComposeObservation {
    const { started } = this.#run;
    const services = this.#services();
    const health = Object.fromEntries(this.#milvus().map(({ id, left }): [string, Health] => [id, healthOf(left)]));
    const project: ProjectObservation = {
      name: 'milvus',
      directory: DIRECTORY,
      files: [...this.files].map(([path, text]) => ({
        kind: path === ENV ? 'env' : 'compose',
        path,
        text: new SecretString(text),
      })),
      environment: new SecretValues({}),
      services,
      upgradeState: this.upgradeState,
      ...(this.fixesDataOwner ? { dataDirectories: this.dataDirectories } : {}),
      health,
      answer: this.#answer(),
      started: [...started],
      lastOutput: Object.fromEntries(
        this.#containers
          .filter((container) => container.exitCode !== 0)
          .map(({ id }) => [id, 'panic: cannot continue']),
      ),
    };
    const components = milvusServices(project).map((service) => readComponent(service, health));
    const environment = milvusServices(project)[0]?.environment.reveal() ?? {};
    const topology = topologyOf(components);
    const { messageQueue, metastore, etcd } = readConfiguration(
      configurationOf(environment),
      topology,
      runningVersion({ components }),
    );
    const observation = composeObservation(project, {
      takenAt: this.#now(),
      components,
      causes: findCauses(project),
      topology,
      messageQueue,
      metastore,
      etcd,
    });
    const sessions = this.#run.watchesEtcd ? { sessions: { list: this.#sessionList() } } : {};
    return { ...observation, ...sessions, ...this.#migrationObservation({ ...observation, ...sessions }) };
  }

  #answer(): Answer {
    if (this.#run.started.size === 0) return { state: 'unknown', reason: '' };
    const proxy = this.#milvus().find((container) => ['standalone', 'proxy'].includes(container.service));
    return proxy?.left === 0 ? { state: 'ok', reason: '' } : { state: 'not-yet', reason: 'no proxy is healthy' };
  }

  #sessionList(): Session[] {
    const own = this.#milvus().map(({ address, service }) => ({ address, role: service }));
    return [...own, ...this.#sessions].map(({ address, role }, at) => session(role, at, `${address}:19530`));
  }

  #migrationObservation(observation: ComposeObservation): { readonly migration?: MigrationObservation } {
    if (!this.journal && !this.#run.watchesEtcd) return {};
    this.#run.memory = remember(this.#run.memory, { ...observation, journal: this.journal });
    const { stoppedSince, foreignSessionsSince, gone, hasServed } = this.#run.memory;
    const jobs = this.tool.jobs();
    return {
      migration: {
        journal: this.journal,
        jobs,
        keeper: { state: 'ready', reason: '' },
        stoppedSince,
        foreignSessionsSince,
        gone,
        hasServed,
      },
    };
  }
}

/** Returns the same object for the same text, as the real platform does for unchanged files. */
const configurations = new Map<string, Readonly<Record<string, string>>>();

function configurationOf(environment: Values): Readonly<Record<string, string>> {
  const text = JSON.stringify(readMilvusSettings({}, environment));
  const files = configurations.get(text) ?? { 'milvus.yaml': text };
  configurations.set(text, files);
  return files;
}

function isMilvus({ image }: Pick<Container, 'image'>): boolean {
  return parseImage(image).repository.endsWith('/milvus');
}

function releaseOf(image: string): string {
  return parseImage(image).tag.replace(/^v/, '');
}

function metadataOf(release: string): 'original' | 'migrated' {
  return parseImage(`milvus:v${release}`).version?.minor === 1 ? 'original' : 'migrated';
}

function healthOf(left: number): Health {
  return left === 0 ? { state: 'ok', reason: '' } : { state: 'not-yet', reason: 'its port is not open' };
}

function failed(why: string): UpgradeError {
  return new UpgradeError({ code: 'command-failed', what: 'docker compose failed', why, remedy: 'Fix it.' });
}
