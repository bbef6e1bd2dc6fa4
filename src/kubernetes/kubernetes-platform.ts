// The Helm platform: looks at a release in a cluster through watches, and applies steps. Decides nothing.
import type { V1Deployment, V1Pod, V1Secret } from '@kubernetes/client-node';
import type { CatalogueEntry } from '../core/chart-choice.js';
import type { Emit } from '../core/events.js';
import type { Goal } from '../core/goal.js';
import type { Observation, Release } from '../core/observation.js';
import type { Preflight } from '../core/preflight.js';
import type { Plan, Step } from '../core/steps.js';
import type { Values } from '../core/values.js';
import type { Evidence } from '../recover.js';
import type { World } from '../upgrade.js';
import { CauseFinder } from './cause-finder.js';
import { apiError, connect, type Access, type Cluster } from './cluster.js';
import type { Helm } from './helm.js';
import { applyHelmUpgrade } from './helm-upgrade.js';
import { saveEvidence } from './evidence.js';
import { acquireLease, type HeldLease } from './lease.js';
import { LiveList } from './live-list.js';
import { askBefore } from './preflight.js';
import { configMapOf, readConfiguration, topologyOf } from './read-configuration.js';
import { readComponents } from './read-components.js';
import { rehearseImage } from './rehearse.js';
import { healPendingRelease } from './release-lock.js';
import { nextOf, readRelease } from './release-record.js';

/** Changes come in bursts; one look serves those of this time. */
const BURST_MILLISECONDS = 50;

export interface KubernetesOptions {
  readonly goal: Goal;
  readonly emit: Emit;
  readonly access: Access;
  readonly helm: Helm;
  /** Names this run in the lock and on the release; letters, digits, `.`, `_`, `-`. */
  readonly run: string;
  readonly valuesFolder: string;
  readonly signal: AbortSignal;
}

export class KubernetesPlatform implements World {
  readonly #options: KubernetesOptions;
  readonly #cluster: Cluster;
  readonly #lists: { readonly deployments: LiveList<V1Deployment>; readonly pods: LiveList<V1Pod>; readonly secrets: LiveList<V1Secret> };
  readonly #causes: CauseFinder;
  #configuration: Readonly<Record<string, string>> = {};
  #looked = false;
  #lease: HeldLease | null = null;
  #wake: () => void = () => undefined;
  #hasChanged = false;

  constructor(options: KubernetesOptions) {
    this.#options = options;
    this.#cluster = connect(options.access);
    this.#lists = this.#makeLists();
    this.#causes = new CauseFinder({ ...options, cluster: this.#cluster, onChange: this.#onChange });
  }

  async observe(): Promise<Observation> {
    if (!this.#looked) await this.#refresh();
    this.#hasChanged = false;
    const { release: name } = this.#options.goal;
    const components = readComponents(name, this.#lists.deployments.items(), this.#lists.pods.items());
    const topology = topologyOf(components);
    const found = this.#causes.find(this.#lists);
    return { ...found, release: this.#release(), components, topology, ...readConfiguration(this.#configuration, topology) };
  }

  async changed(withinMilliseconds: number, signal: AbortSignal): Promise<void> {
    // Only who waits needs to know why nothing moves; that a cause becomes certain is a change as well.
    this.#causes.listen();
    if (!this.#hasChanged && !signal.aborted) await this.#nextChange(Math.min(withinMilliseconds, this.#causes.millisecondsToNext()), signal);
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, Math.min(BURST_MILLISECONDS, withinMilliseconds)));
  }

  async apply(step: Step, signal: AbortSignal): Promise<void> {
    this.#lease?.assertHeld();
    // `settle` only waits; its verdict is never todo.
    if (step.kind === 'helm-upgrade') {
      const { helm, valuesFolder, run } = this.#options;
      await applyHelmUpgrade(step, { helm, valuesFolder, run, signal, ...nextOf(this.#lists.secrets.items()) });
    }
    await this.#refresh();
  }

  charts(): Promise<readonly CatalogueEntry[]> {
    return this.#options.helm.charts();
  }

  chartDefaults(version: string): Promise<Values> {
    return this.#options.helm.chartDefaults(version);
  }

  preflight(plan: Plan): Promise<Preflight> {
    return askBefore(plan);
  }

  rehearse(plan: Plan): Promise<Preflight> {
    return rehearseImage(plan);
  }

  saveEvidence(): Promise<Evidence | null> {
    return saveEvidence();
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
    for (const list of [...Object.values(this.#lists), this.#causes]) list.stop();
    await this.#lease
      ?.release()
      .catch((error: unknown) => this.#options.emit({ type: 'warned', message: `the lock was not given back, it expires by itself: ${String(error)}` }));
    this.#lease = null;
  }

  readonly #onChange = (): void => {
    this.#hasChanged = true;
    this.#wake();
  };

  #release(): Release | null {
    const { release, namespace } = this.#options.goal;
    return readRelease(release, namespace, this.#lists.secrets.items());
  }

  #nextChange(withinMilliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, withinMilliseconds);
      signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
    });
  }

  async #refresh(): Promise<void> {
    const { deployments, pods, secrets } = this.#lists;
    const failed =
      (what: string) =>
      (error: unknown): never => {
        throw apiError(error, `list ${what}`, this.#cluster.server);
      };
    await Promise.all([deployments.refresh().catch(failed('deployments')), pods.refresh().catch(failed('pods')), secrets.refresh().catch(failed('secrets'))]);
    this.#configuration = await this.#readConfigMap();
    this.#looked = true;
  }

  async #readConfigMap(): Promise<Readonly<Record<string, string>>> {
    const [name] = this.#lists.deployments
      .items()
      .map(configMapOf)
      .filter((each) => each !== '');
    if (!name) return {};
    try {
      return (await this.#cluster.core.readNamespacedConfigMap({ name, namespace: this.#options.goal.namespace })).data ?? {};
    } catch (error) {
      throw apiError(error, `get configmap ${name}`, this.#cluster.server);
    }
  }

  #makeLists() {
    const { goal } = this.#options;
    const { core, apps } = this.#cluster;
    const namespace = goal.namespace;
    // Only what carries the chart's component label: other pods of the namespace, however many, are never sent.
    const milvus = `app.kubernetes.io/instance=${goal.release},component`;
    const helm = `owner=helm,name=${goal.release}`;
    const base = `namespaces/${namespace}`;
    return {
      deployments: this.#live<V1Deployment>('deployments', `/apis/apps/v1/${base}/deployments`, milvus, () =>
        apps.listNamespacedDeployment({ namespace, labelSelector: milvus }),
      ),
      pods: this.#live<V1Pod>('pods', `/api/v1/${base}/pods`, milvus, () => core.listNamespacedPod({ namespace, labelSelector: milvus })),
      secrets: this.#live<V1Secret>('secrets', `/api/v1/${base}/secrets`, helm, () => core.listNamespacedSecret({ namespace, labelSelector: helm })),
    };
  }

  #live<T extends V1Deployment | V1Pod | V1Secret>(what: string, path: string, labelSelector: string, list: () => Promise<{ items: T[] }>): LiveList<T> {
    const onLost = (why: string): void => this.#options.emit({ type: 'warned', message: `the watch of ${what} broke (${why}); taking it up again` });
    return new LiveList<T>({ config: this.#cluster.config, path, labelSelector, list, onChange: this.#onChange, onLost });
  }
}
