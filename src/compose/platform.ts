// The Docker Compose platform: observes a project through docker and applies steps. Makes no decisions.
import type { Duplex } from 'node:stream';
import { conclude } from '../core/checks/results.js';
import { evaluateTrial } from '../core/compose/checks.js';
import { helperNetworks } from '../core/compose/network-access.js';
import type { ProjectObservation, ComposeObservation } from '../core/compose/observation.js';
import type { Evidence } from '../core/model/evidence.js';
import type { Preflight } from '../core/model/preflight.js';
import { ChangeSignal } from '../run/change-signal.js';
import { Answers } from './project/answers.js';
import { applyComposeStep } from './apply-step.js';
import type { ComposeTools } from './apply-tools.js';
import { checkBefore, type EtcdChecked } from './preflight/preflight.js';
import type { ComposeOptions } from './options.js';
import { EngineEvents } from './docker/engine-events.js';
import { checkEtcd } from './preflight/etcd-checks.js';
import { saveProjectEvidence } from './evidence.js';
import { lockImage } from './lock/lock-image.js';
import { ProjectLock } from './lock/project-lock.js';
import { StateDirectory } from './project/state-directory.js';
import { ProjectEtcd } from './project/etcd.js';
import { ProjectObserver } from './project/observer.js';
import { ToolRuns } from './migration/tool-runs.js';
import { checkMountedConfiguration } from './preflight/mounted-configuration.js';
import { probeImages } from './preflight/image-probe.js';
import { MigrationObserver } from './migration/observer.js';
import type { Platform } from '../run/platform.js';
import type { ComposeStep } from '../core/compose/step.js';
import type { ComposePlan } from '../core/compose/step.js';

export class ComposePlatform implements Platform<'compose'> {
  readonly sources = {};
  readonly dialMilvus = (port: number): Promise<Duplex> =>
    this.#answers.dial(this.#services, this.#observer.via(this.#services), port);
  readonly #options: ComposeOptions;
  readonly #changeSignal = new ChangeSignal();
  readonly #events: EngineEvents;
  readonly #observer: ProjectObserver;
  readonly #state: StateDirectory;
  readonly #etcd: ProjectEtcd;
  readonly #tool: ToolRuns;
  readonly #migration: MigrationObserver;
  readonly #answers: Answers;
  readonly #started = new Set<string>();
  readonly #lock: ProjectLock;
  #services: ProjectObservation['services'] = [];
  /** Null once a step has been applied since. */
  #lastObservation: ComposeObservation | null = null;
  constructor(options: ComposeOptions) {
    this.#options = options;
    const { docker, place, project, config } = options;
    this.#lock = new ProjectLock(docker);
    const onChange = (): void => this.#changeSignal.notify();
    this.#state = new StateDirectory(place.directory, project, () => this.#lock.assertHeld());
    this.#events = new EngineEvents({ docker, project, onChange });
    this.#observer = new ProjectObserver({
      docker,
      place,
      env: options.env,
      selected: config.project.services,
      ownedBy: config.project.fixDataOwner ? config.target : null,
      started: this.#started,
      joined: () => this.#lock.joined(),
      lockContainer: () => this.#lock.containerName(),
    });
    this.#etcd = new ProjectEtcd({ ...options, via: () => this.#observer.via(this.#services), onChange });
    this.#tool = new ToolRuns({ docker, project, stateDirectory: this.#state, isLocked: () => this.#lock.isHeld() });
    this.#migration = new MigrationObserver(this.#state, this.#tool);
    this.#answers = new Answers(options);
    this.#events.start();
  }

  async observe(): Promise<ComposeObservation> {
    await this.#lock.check();
    this.#changeSignal.reset();
    const { project, observation } = await this.#observer.observe(this.#state, this.#answers);
    this.#services = project.services;
    const { endpoints, rootPath } = await this.#etcd.learn(this.#observer.settings(), project.services);
    const sessions = this.#etcd.read();
    const migration = await this.#migration.read({ ...observation, ...(sessions ? { sessions } : {}) });
    const complete = {
      ...observation,
      etcd: { endpoints, rootPath },
      ...(sessions ? { sessions } : {}),
      ...(migration ? { migration } : {}),
    };
    this.#lastObservation = complete;
    return complete;
  }

  waitForChange(withinMilliseconds: number, signal: AbortSignal): Promise<void> {
    return this.#changeSignal.nextBurst(withinMilliseconds, signal);
  }

  async apply(step: ComposeStep, signal = this.#options.signal): Promise<void> {
    this.#lock.assertHeld();
    await this.#lock.prove();
    // The caller has just observed the project; to observe it again would extend the downtime.
    const observation = this.#lastObservation ?? (await this.observe());
    this.#lastObservation = null;
    await applyComposeStep(step, this.#applyTools(observation, signal));
    // Only this step changes the output of `docker compose config`, which is not read while Milvus is stopped.
    if (step.kind === 'edit-files') await this.#observer.refresh();
  }

  async preflight(plan: ComposePlan, signal = this.#options.signal): Promise<Preflight> {
    const { project } = await this.observe();
    const { docker, config } = this.#options;
    return checkBefore(plan, {
      docker: docker.under(signal),
      config,
      project,
      tool: this.#tool,
      etcd: await this.#checkEtcd(plan),
    });
  }

  async #checkEtcd({ strategy }: ComposePlan): Promise<EtcdChecked> {
    if (strategy !== 'migrate' && strategy !== 'restore') return { findings: [], bytes: 0 };
    // If no Milvus container runs, etcd cannot be reached before the lock container exists: it is queried after that.
    if (this.#observer.via(this.#services) === '') return { findings: [], bytes: 0 };
    this.#migration.planned();
    await this.#etcd.startWatch();
    return checkEtcd(this.#etcd);
  }

  /** Pulls and probes the images while the old version serves, and records the loaded collections. */
  async probeImages(plan: ComposePlan, signal = this.#options.signal): Promise<Preflight> {
    const { docker: baseDocker, config } = this.#options;
    const docker = baseDocker.under(signal);
    const { findings } = await this.#checkEtcd(plan);
    const trials = await probeImages(docker, plan, config.migration.image);
    const project = this.#lastObservation?.project;
    const mounted = project ? await checkMountedConfiguration(docker, project, plan) : [];
    const concluded = conclude([...trials.map(evaluateTrial), ...mounted, ...findings], config.skipChecks);
    if (concluded.failedChecks.length === 0) await this.#rememberLoaded();
    return { ...concluded, changes: [] };
  }

  async #rememberLoaded(): Promise<void> {
    // Without upgrade state no upgrade is incomplete: a list that another run left is outdated.
    const known = this.#state.readState() ? this.#state.readLoaded() : null;
    this.#answers.remember(known);
    const desired = known ?? (await this.#answers.readDesired(this.#services, this.#observer.via(this.#services)));
    if (desired && !known) this.#state.writeLoaded(desired);
  }

  async saveEvidence(): Promise<Evidence | null> {
    const { docker, config, redact } = this.#options;
    const { project } = await this.observe();
    return saveProjectEvidence({ docker, config, project, redact });
  }

  /** Acquires the lock of the project for this run. No step may be applied before. */
  async acquireLock(signal = this.#options.signal): Promise<void> {
    const { project, run, emit } = this.#options;
    const { services } = (await this.observe()).project;
    await this.#lock.acquire({
      project,
      networks: this.#helperNetworks(services),
      image: this.#observer.shellImage() || lockImage({ services }),
      run,
      emit,
      signal,
      onLost: () => this.#changeSignal.notify(),
    });
    // Connections through a Milvus container would break when it is stopped.
    this.#etcd.stop();
    await this.#observer.refresh();
  }

  /** Stops all watches and releases the lock. Never throws: it runs after every outcome. */
  async close(): Promise<void> {
    this.#events.stop();
    this.#etcd.stop();
    await this.#lock.release(this.#options.emit);
  }

  #helperNetworks(services: ProjectObservation['services']): readonly string[] {
    return helperNetworks(services, this.#etcd.address().endpoints);
  }

  #applyTools(observation: ComposeObservation, signal: AbortSignal): ComposeTools {
    const { docker: baseDocker, config, run, emit, project } = this.#options;
    const [docker, stateDirectory] = [baseDocker.under(signal), this.#state];
    return {
      ...{ docker, config, run, emit, stateDirectory, observation },
      address: this.#etcd.address(),
      network: this.#helperNetworks(observation.project.services)[0] ?? '',
      etcd: this.#etcd,
      tool: new ToolRuns({ docker, project, stateDirectory }),
      started: this.#started,
      prove: () => this.#lock.prove(),
      leaveToExpire: (addresses) => this.#migration.leaveToExpire(addresses),
    };
  }
}
