// The Helm platform: observes a release in a cluster through watches, and applies steps. Makes no decisions.
import type { Duplex } from 'node:stream';
import type { Preflight } from '../core/model/preflight.js';
import { evaluateHelmStep } from '../core/helm/status.js';
import type { Evidence } from '../core/model/evidence.js';
import { interruptible } from '../run/deadline.js';
import { applyStep, helmUpgradeTools, type ApplyTools } from './apply-step.js';
import type { Cluster } from './client/cluster.js';
import { withSignal } from './client/connect.js';
import { saveEvidence } from './evidence/evidence.js';
import type { KubernetesOptions } from './options.js';
import { checkBefore, isOutdated, NOTHING_CHECKED, type CheckedBefore } from './preflight/preflight.js';
import { withEtcd } from './preflight/etcd.js';
import { ChartOffer } from './helm/chart-offer.js';
import { probeImage } from './preflight/image-probe.js';
import { unlockPendingRelease } from './lock/pending-release.js';
import { RunLock } from './lock/run-lock.js';
import { dialProxy } from './milvus-connection.js';
import { ReleaseObserver } from './observe/release-observer.js';
import { ChangeSignal } from '../run/change-signal.js';
import type { Platform } from '../run/platform.js';
import type { HelmObservation } from '../core/helm/observation.js';
import type { HelmPlan, HelmStep } from '../core/helm/step.js';

export class KubernetesPlatform implements Platform<'helm'> {
  readonly sources: ChartOffer;
  readonly #options: KubernetesOptions;
  readonly #changeSignal = new ChangeSignal();
  readonly #cluster: Cluster;
  readonly #observer: ReleaseObserver;
  readonly #lock: RunLock;
  #requested: CheckedBefore | null = null;

  constructor(options: KubernetesOptions) {
    this.#options = options;
    const onChange = (): void => this.#changeSignal.notify();
    this.#cluster = options.cluster;
    this.sources = new ChartOffer(options.helm);
    this.#observer = new ReleaseObserver(options, onChange);
    const { namespace, release } = options.config;
    this.#lock = new RunLock({ ...options, namespace, release, holder: options.run, onLost: onChange });
  }

  async observe(signal = this.#options.signal): Promise<HelmObservation> {
    this.#lock.assertNotLost();
    await this.#observer.refreshIfOutdated(signal);
    this.#changeSignal.reset();
    return this.#observer.observe(signal);
  }

  async waitForChange(withinMilliseconds: number, signal: AbortSignal): Promise<void> {
    // Causes are needed only during a wait. A cause that becomes certain is a change as well.
    this.#observer.causes.listen();
    await this.#changeSignal.nextBurst(
      Math.min(withinMilliseconds, this.#observer.causes.millisecondsToNext()),
      signal,
    );
  }

  apply(step: HelmStep, signal: AbortSignal): Promise<void> {
    return this.#lock.whileProven(signal, async () => {
      if (await this.#isNoLongerPending(step, signal)) return;
      const tools = await this.#applyTools(signal);
      // Whatever the result of the request, the next observation is made from fresh lists: a failed request may have
      // been applied in part.
      this.#observer.outdated();
      if (step.kind === 'helm-rollback') this.#observer.foreign.rollbackRequested();
      await applyStep(step, tools, (ended, work) => this.#lock.during(ended, work));
    });
  }

  /**
   * The last renewal shows that the API server was reachable at that time; the observation behind the decision for a
   * step must not be older.
   */
  async #isNoLongerPending(step: HelmStep, signal: AbortSignal): Promise<boolean> {
    if (!this.#observer.isOlderThan(this.#lock.renewedAt())) return false;
    await this.#observer.refresh(signal);
    return evaluateHelmStep(step, await this.observe(signal)).state !== 'pending';
  }

  async preflight(plan: HelmPlan, signal = this.#options.signal): Promise<Preflight> {
    const { config } = this.#options;
    const helm = helmUpgradeTools(await this.#applyTools(signal));
    const watching = this.#observer.watchMore(plan, signal);
    watching.catch(() => undefined);
    const requested = await checkBefore(plan, {
      cluster: withSignal(this.#cluster, signal),
      config,
      helm,
      ...this.#observer.lists.items(),
    });
    // If permissions are missing, the check has reported all of them, and not only the one that was needed first.
    if (!requested.preflight.failedChecks.some((failed) => failed.id === 'access')) await watching;
    this.#requested = requested;
    return withEtcd(requested.preflight, plan, { sessions: this.#observer.sessions, config });
  }

  async probeImages(plan: HelmPlan, signal = this.#options.signal): Promise<Preflight> {
    await this.#observer.watchMore(plan, signal);
    const { config, emit, run } = this.#options;
    const again = isOutdated(this.#requested, plan, this.#observer.lists.secrets.items())
      ? await this.preflight(plan, signal)
      : NOTHING_CHECKED;
    if (again.failedChecks.length > 0) return again;
    const { rendered = null, nodes = null, dependencies = [] } = this.#requested ?? {};
    const items = this.#observer.lists.items();
    const probed = await probeImage(plan, {
      cluster: withSignal(this.#cluster, signal),
      config,
      emit,
      run,
      signal,
      rendered,
      nodes,
      dependencies,
      ...items,
    });
    return { ...probed, checks: [...again.checks, ...probed.checks], changes: again.changes };
  }

  dialMilvus(port: number, signal: AbortSignal): Promise<Duplex> {
    const { cluster, config } = this.#options;
    const { pods } = this.#observer.lists.items();
    return dialProxy({ cluster, namespace: config.namespace, pods }, port, signal);
  }

  saveEvidence(signal = this.#options.signal): Promise<Evidence | null> {
    const { config, redact } = this.#options;
    return saveEvidence({
      cluster: withSignal(this.#cluster, signal),
      config,
      redact,
      signal,
      ...this.#observer.lists.items(),
      release: this.#observer.release(),
    });
  }

  /**
   * Acquires the release for this run: first the lock of this action, then that of Helm. No step of the plan may be
   * applied before.
   */
  async acquireLock(signal = this.#options.signal): Promise<void> {
    const { config, emit } = this.#options;
    await this.#lock.acquire(signal);
    await this.#observer.refresh(signal);
    await unlockPendingRelease({
      cluster: withSignal(this.#cluster, signal),
      namespace: config.namespace,
      emit,
      signal,
      millisecondsUnchanged: () => this.#observer.revisions.millisecondsUnchanged(),
      release: () => this.#observer.release(),
      secrets: () => this.#observer.lists.secrets.items(),
      changed: (within) => interruptible(this.waitForChange(within, signal), { signal }),
      mayClearForeign: config.skipChecks.includes('release-pending'),
    });
    await this.#observer.refresh(signal);
    this.#observer.detectForeign();
  }

  /** Ends every watch and releases the lock. Never throws: it runs at the end of every run. */
  async close(): Promise<void> {
    try {
      await this.#observer.migration.tidy(() => this.#lock.prove());
      this.#observer.stop();
    } finally {
      await this.#lock.release();
    }
  }

  async #applyTools(signal: AbortSignal): Promise<ApplyTools> {
    const { helm, valuesDirectory, run, config, emit } = this.#options;
    const observation = await this.observe(signal);
    const items = this.#observer.lists.items();
    const migration = {
      jobs: this.#observer.migration.jobs(),
      journal: this.#observer.migration.journal(),
      keeper: this.#observer.migration.keeper(),
    };
    const cluster = withSignal(this.#cluster, signal);
    const etcd = this.#observer.etcdTools(() => this.#lock.prove());
    return {
      cluster,
      namespace: config.namespace,
      config,
      helm,
      valuesDirectory,
      run,
      observation,
      ...items,
      migration,
      ...etcd,
      emit,
      signal,
    };
  }
}
