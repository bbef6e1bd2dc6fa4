// The Helm platform: looks at a release in a cluster through watches, and applies steps. Decides nothing.
import type { CatalogueEntry } from '../core/chart-choice.js';
import type { Emit } from '../core/events.js';
import type { Goal } from '../core/goal.js';
import { readConfiguration, topologyOf } from '../core/milvus-configuration.js';
import type { Observation, Release } from '../core/observation.js';
import type { Preflight } from '../core/preflight.js';
import type { Plan, Step } from '../core/steps.js';
import type { Values } from '../core/values.js';
import type { Evidence } from '../core/evidence.js';
import type { World } from '../upgrade.js';
import { applyStep, helmUpgradeTools, type ApplyTools } from './apply-step.js';
import type { Cluster } from './cluster.js';
import { CauseFinder } from './cause-finder.js';
import type { Helm } from './helm.js';
import { fetchConfiguration } from './fetch-configuration.js';
import { saveEvidence } from './evidence.js';
import { ReleaseSessions } from './etcd/release-sessions.js';
import { acquireLease, type HeldLease } from './lease.js';
import { MigrationWatch } from './migration/watch.js';
import { askBefore, type AskedBefore } from './preflight.js';
import { readComponents } from './read-components.js';
import { rehearseImage } from './rehearse.js';
import { healPendingRelease } from './release-lock.js';
import { ReleaseLists } from './release-lists.js';
import { readRelease } from './release-record.js';
import { LoadedCollections } from './rolling/loaded.js';
import { Waker } from '../waker.js';
import { conclude } from '../core/checks/finding.js';
import { askEtcd } from './preflight/etcd.js';

/** Changes come in bursts; one look serves those of this time. */
const BURST_MILLISECONDS = 50;

export interface KubernetesOptions {
  readonly goal: Goal;
  readonly emit: Emit;
  readonly cluster: Cluster;
  readonly helm: Helm;
  /** Names this run in the lock and on the release; letters, digits, `.`, `_`, `-`. */
  readonly run: string;
  readonly valuesFolder: string;
  /** Keeps a secret that is met on the way out of every text. */
  readonly hide: (secret: string) => void;
  /** Hides the secrets that are known from a text. */
  readonly clean: (text: string) => string;
  readonly signal: AbortSignal;
}

export class KubernetesPlatform implements World {
  readonly #options: KubernetesOptions;
  readonly #waker = new Waker();
  readonly #cluster: Cluster;
  readonly #lists: ReleaseLists;
  readonly #causes: CauseFinder;
  readonly #sessions: ReleaseSessions;
  readonly #migration: MigrationWatch;
  readonly #loaded: LoadedCollections;
  #configuration: Readonly<Record<string, string>> = {};
  #looked = false;
  #lease: HeldLease | null = null;
  #asked: AskedBefore | null = null;

  constructor(options: KubernetesOptions) {
    this.#options = options;
    const onChange = (): void => this.#waker.tell();
    this.#cluster = options.cluster;
    this.#lists = new ReleaseLists({ ...options, onChange: onChange });
    this.#causes = new CauseFinder({ ...options, cluster: this.#cluster, onChange: onChange });
    this.#loaded = new LoadedCollections({ ...options, namespace: options.goal.namespace });
    this.#sessions = new ReleaseSessions({ ...options, onChange: onChange });
    const { namespace, release } = options.goal;
    this.#migration = new MigrationWatch({ ...options, namespace, release, onChange: onChange });
  }

  async observe(): Promise<Observation> {
    if (!this.#looked) await this.#refresh();
    this.#waker.forget();
    const { release: name } = this.#options.goal;
    const components = readComponents(name, this.#lists.deployments.items(), this.#lists.pods.items());
    const topology = topologyOf(components);
    const found = this.#causes.find(this.#lists);
    const sessions = this.#sessions.read();
    const loaded = await this.#loaded.read(components, this.#lists.pods.items());
    const release = this.#release();
    const migration = await this.#migration.read({ takenAt: found.takenAt, components, sessions, release });
    const rest = { release, components, topology, ...readConfiguration(this.#configuration, topology) };
    return { ...found, ...rest, ...(sessions ? { sessions } : {}), ...(loaded ? { loaded } : {}), ...(migration ? { migration } : {}) };
  }

  async changed(withinMilliseconds: number, signal: AbortSignal): Promise<void> {
    // Only who waits needs to know why nothing moves; that a cause becomes certain is a change as well.
    this.#causes.listen();
    await this.#waker.next(Math.min(withinMilliseconds, this.#causes.millisecondsToNext()), signal);
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, Math.min(BURST_MILLISECONDS, withinMilliseconds)));
  }

  async apply(step: Step, signal: AbortSignal): Promise<void> {
    this.#lease?.assertHeld();
    const tools = await this.#applyTools(signal);
    // Whatever becomes of the request, the next observation is made anew: one that failed may have been carried out in part.
    this.#looked = false;
    await applyStep(step, tools);
  }

  charts(): Promise<readonly CatalogueEntry[]> {
    return this.#options.helm.charts();
  }

  chartDefaults(version: string): Promise<Values> {
    return this.#options.helm.chartDefaults(version);
  }

  async preflight(plan: Plan): Promise<Preflight> {
    const { goal, signal } = this.#options;
    const helm = helmUpgradeTools(await this.#applyTools(signal));
    const watching = this.#watchMore(plan);
    watching.catch(() => undefined);
    const asked = await askBefore(plan, { cluster: this.#cluster, goal, helm, ...this.#lists.items() });
    // Where rights are missing the check has told all of them, and not only the one that was needed first.
    if (!asked.preflight.refusals.some((each) => each.code === 'access')) await watching;
    this.#asked = asked;
    const { checks, refusals } = conclude(await askEtcd(plan, this.#sessions, goal.migration.backupSize), goal.skipChecks);
    return { ...asked.preflight, checks: [...asked.preflight.checks, ...checks], refusals: [...asked.preflight.refusals, ...refusals] };
  }

  async rehearse(plan: Plan): Promise<Preflight> {
    await this.#watchMore(plan);
    const { goal, emit, run, signal } = this.#options;
    const { rendered, nodes } = this.#asked ?? { rendered: null, nodes: null };
    return rehearseImage(plan, { cluster: this.#cluster, goal, emit, run, signal, rendered, nodes, ...this.#lists.items() });
  }

  saveEvidence(): Promise<Evidence | null> {
    const { goal, clean, signal } = this.#options;
    return saveEvidence({ cluster: this.#cluster, goal, clean, signal, ...this.#lists.items(), release: this.#release() });
  }

  /** Takes the release for this run: our lock, then Helm's. Nothing of the plan may be carried out before. */
  async take(): Promise<void> {
    const { goal, emit, run, signal } = this.#options;
    this.#lease = await acquireLease({ cluster: this.#cluster, namespace: goal.namespace, release: goal.release, holder: run, emit, signal });
    await healPendingRelease({
      cluster: this.#cluster,
      namespace: goal.namespace,
      emit,
      now: Date.now,
      release: () => this.#release(),
      secrets: () => this.#lists.secrets.items(),
      changed: (within) => this.changed(within, signal),
      mayClearForeign: goal.skipChecks.includes('release-pending'),
    });
    await this.#refresh();
  }

  /** Ends every watch and gives the lock back. Never throws: it runs after any end. */
  async close(): Promise<void> {
    if (this.#lease) await this.#migration.tidy(this.#lease);
    for (const each of [this.#lists, this.#causes, this.#sessions, this.#migration]) each.stop();
    await this.#lease
      ?.release()
      .catch((error: unknown) => this.#options.emit({ type: 'warned', message: `the lock was not given back, it expires by itself: ${String(error)}` }));
    this.#lease = null;
  }

  /** What a roll or a migration looks at beside the release. */
  async #watchMore(plan: Plan): Promise<void> {
    const more = plan.strategy === 'migrate' || plan.strategy === 'restore' ? this.#migration.refresh(true) : Promise.resolve();
    await Promise.all([this.#sessions.startFor(plan, { files: this.#configuration, deployments: this.#lists.deployments.items() }), more]);
  }

  async #applyTools(signal: AbortSignal): Promise<ApplyTools> {
    const { helm, valuesFolder, run, goal, emit } = this.#options;
    const seen = await this.observe();
    const items = this.#lists.items();
    const migration = { jobs: this.#migration.jobs(), journal: this.#migration.journal(), keeper: this.#migration.keeper() };
    const etcd = { login: () => this.#sessions.toolLogin(), revoke: (addresses: readonly string[]) => this.#sessions.revoke(addresses) };
    return { cluster: this.#cluster, namespace: goal.namespace, goal, helm, valuesFolder, run, seen, ...items, migration, ...etcd, emit, signal };
  }

  #release(): Release | null {
    const { release, namespace } = this.#options.goal;
    return readRelease(release, namespace, this.#lists.secrets.items());
  }

  async #refresh(): Promise<void> {
    const journal = this.#migration.refresh();
    journal.catch(() => undefined);
    // Who may not even list is told every right that is missing; that one of them is to read the journal would tell less.
    await this.#lists.refresh();
    await journal;
    this.#configuration = await fetchConfiguration(this.#cluster, this.#options.goal.namespace, this.#lists.deployments.items());
    this.#looked = true;
  }
}
