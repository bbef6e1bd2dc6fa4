// The Docker Compose platform: looks at a project through docker, and applies steps. Decides nothing.
import type { CatalogueEntry } from '../core/chart-choice.js';
import { conclude } from '../core/checks/finding.js';
import { judgeTrial } from '../core/compose/checks.js';
import { milvusServices, type ProjectSeen } from '../core/compose/seen.js';
import type { Evidence } from '../core/evidence.js';
import { noLock } from '../core/lock.js';
import { NO_MEMORY, remember } from '../core/migration/memory.js';
import { TOOL } from '../core/migration/tool.js';
import type { MigrationSeen } from '../core/migration/seen.js';
import type { Observation } from '../core/observation.js';
import type { Preflight } from '../core/preflight.js';
import type { Plan, Step } from '../core/steps.js';
import type { Values } from '../core/values.js';
import type { World } from '../upgrade.js';
import { Waker } from '../waker.js';
import { Answers } from './answers.js';
import { applyComposeStep } from './apply-step.js';
import { askBefore, type EtcdAsked } from './preflight.js';
import type { ComposeOptions } from './compose-options.js';
import { EngineEvents } from './engine-events.js';
import { askEtcd } from './etcd-checks.js';
import { saveProjectEvidence } from './evidence.js';
import { takeGuard, type Guard } from './guard.js';
import { NotesFolder } from './notes-folder.js';
import { ProjectEtcd } from './project-etcd.js';
import { ProjectLook } from './project-look.js';
import { networkOf } from './network.js';
import { ToolRuns } from './tool-runs.js';
import { tryImage } from './try-image.js';

export class ComposePlatform implements World {
  readonly #options: ComposeOptions;
  readonly #waker = new Waker();
  readonly #events: EngineEvents;
  readonly #look: ProjectLook;
  readonly #notes: NotesFolder;
  readonly #etcd: ProjectEtcd;
  readonly #tool: ToolRuns;
  readonly #answers: Answers;
  readonly #started = new Set<string>();
  #guard: Guard | null = null;
  #memory = NO_MEMORY;
  #migrates = false;
  #services: ProjectSeen['services'] = [];
  /** Null once something was done since. */
  #lastLook: Observation | null = null;
  constructor(options: ComposeOptions) {
    this.#options = options;
    const { docker, place, project, goal } = options;
    const onChange = (): void => this.#waker.tell();
    this.#notes = new NotesFolder(place.directory, project, () => this.#assertLocked());
    this.#events = new EngineEvents({ docker, project, onChange });
    this.#look = new ProjectLook({ docker, place, env: options.env, started: this.#started, guard: () => this.#guard?.name ?? '' });
    this.#etcd = new ProjectEtcd({ ...options, goal, via: () => this.#look.via(this.#services), onChange });
    this.#tool = new ToolRuns({ docker, project, notes: this.#notes, isLocked: () => this.#guard !== null });
    this.#answers = new Answers(options);
    this.#events.start();
  }

  async observe(): Promise<Observation> {
    this.#guard?.assertNotLost();
    this.#waker.forget();
    const { project, seen } = await this.#look.look(this.#notes, this.#answers);
    this.#services = project.services;
    const { endpoints, rootPath } = this.#etcd.learn(this.#look.settings());
    const migration = await this.#readMigration(seen);
    const sessions = this.#etcd.sessions();
    const whole = { ...seen, etcd: { endpoints, rootPath }, ...(sessions ? { sessions } : {}), ...(migration ? { migration } : {}) };
    this.#lastLook = whole;
    return whole;
  }

  changed(withinMilliseconds: number, signal: AbortSignal): Promise<void> {
    return this.#waker.nextBurst(withinMilliseconds, signal);
  }

  async apply(step: Step, signal = this.#options.signal): Promise<void> {
    this.#assertLocked();
    const prove = async (): Promise<void> => void (await this.#guard?.prove());
    await prove();
    // Whoever asks has just looked, and looking again would be a second of the outage over a slow connection.
    const seen = this.#lastLook ?? (await this.observe());
    this.#lastLook = null;
    if (!seen.project) return;
    const place = { address: this.#etcd.learn(this.#look.settings()), network: networkOf(seen.project.services) };
    await applyComposeStep(step, { ...this.#applyTools(signal), ...place, prove, seen, project: seen.project });
    // Nothing else changes what Compose makes of the files, and every second counts while Milvus is stopped.
    if (step.kind === 'edit-files') await this.#look.refresh();
  }

  charts(): Promise<readonly CatalogueEntry[]> {
    return Promise.resolve([]);
  }

  chartDefaults(): Promise<Values> {
    return Promise.resolve({});
  }

  async preflight(plan: Plan, signal = this.#options.signal): Promise<Preflight> {
    const { project } = await this.observe();
    if (!project) return { checks: [], refusals: [], changes: [] };
    return askBefore(plan, {
      docker: this.#options.docker.under(signal),
      goal: this.#options.goal,
      project,
      tool: this.#tool,
      etcd: await this.#askEtcd(plan),
    });
  }

  async #askEtcd({ strategy }: Plan): Promise<EtcdAsked> {
    if (strategy !== 'migrate' && strategy !== 'restore') return { findings: [], bytes: 0 };
    // Where nothing of Milvus runs there is no way to etcd before the lock is taken: then it is asked after that.
    if (this.#look.via(this.#services) === '') return { findings: [], bytes: 0 };
    await this.#watchMigration();
    return askEtcd(this.#etcd);
  }

  /** Images come while the old version serves; what is loaded is asked for the last time. */
  async rehearse(plan: Plan, signal = this.#options.signal): Promise<Preflight> {
    const { docker: whole, goal } = this.#options;
    const docker = whole.under(signal);
    const { findings } = await this.#askEtcd(plan);
    const images = new Set(plan.steps.flatMap((step) => (step.kind === 'recreate' ? Object.values(step.images) : [])));
    const trials = await Promise.all([...images].map((image) => tryImage(docker, image, 'milvus')));
    if (plan.steps.some((step) => step.kind === 'migrate' || step.kind === 'restore')) trials.push(await tryImage(docker, goal.migration.image, TOOL));
    const concluded = conclude([...trials.map(judgeTrial), ...findings], goal.skipChecks);
    if (concluded.refusals.length === 0) await this.#rememberLoaded();
    return { ...concluded, changes: [] };
  }

  async #rememberLoaded(): Promise<void> {
    // Without notes nothing is half done: what another run left is old by now.
    const known = this.#notes.readNotes() ? this.#notes.readLoaded() : null;
    this.#answers.remember(known);
    const wanted = known ?? (await this.#answers.readWanted(this.#services, this.#look.via(this.#services)));
    if (wanted && !known) this.#notes.writeLoaded(wanted);
  }

  async saveEvidence(): Promise<Evidence | null> {
    const { docker, goal, clean } = this.#options;
    const { project } = await this.observe();
    return project ? saveProjectEvidence({ docker, goal, project, clean }) : null;
  }

  /** Takes the project for this run. Nothing of the plan may be carried out before. */
  async take(signal = this.#options.signal): Promise<void> {
    const { docker, project, run, emit } = this.#options;
    const { services } = (await this.observe()).project ?? { services: [] };
    const running = milvusServices({ services }).flatMap((each) => each.containers);
    const image = running[0]?.imageId || (milvusServices({ services })[0]?.image ?? '');
    this.#guard = await takeGuard({ docker, project, network: networkOf(services), image, run, emit, signal, onLost: () => this.#waker.tell() });
    docker.fence = this.#guard;
    // What goes through Milvus itself would break when that is stopped.
    this.#etcd.stop();
    await this.#look.refresh();
  }

  /** Ends every watch and gives the lock back. Never throws: it runs after any end. */
  async close(): Promise<void> {
    this.#events.stop();
    this.#etcd.stop();
    await this.#guard?.release().catch((error: unknown) => this.#options.emit({ type: 'warned', message: `the lock was not given back: ${String(error)}` }));
    this.#guard = null;
    this.#options.docker.fence = null;
  }

  #assertLocked(): void {
    if (!this.#guard) throw noLock();
    this.#guard.assertNotLost();
  }

  #applyTools(signal: AbortSignal) {
    const { docker: whole, goal, run, emit, project } = this.#options;
    const [docker, notes] = [whole.under(signal), this.#notes];
    return { docker, goal, run, emit, notes, etcd: this.#etcd, tool: new ToolRuns({ docker, project, notes }), started: this.#started };
  }

  async #watchMigration(): Promise<void> {
    this.#migrates = true;
    await this.#etcd.startWatch();
  }

  /** Undefined while there is no migration, and none is planned. */
  async #readMigration(seen: Observation): Promise<MigrationSeen | undefined> {
    const journal = this.#notes.readJournal();
    if (!journal && !this.#migrates) return undefined;
    const sessions = this.#etcd.sessions();
    this.#memory = remember(this.#memory, { takenAt: seen.takenAt, components: seen.components, journal, ...(sessions ? { sessions } : {}) });
    const { stoppedSince, strangersSince, gone, hasServed } = this.#memory;
    return { journal, jobs: await this.#tool.read(), keeper: { state: 'ready', because: '' }, stoppedSince, strangersSince, gone, hasServed };
  }
}
