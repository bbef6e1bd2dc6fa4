// The Helm platform: observes a release in a cluster through watches, and applies steps. Makes no decisions.
import type { Preflight } from '../core/model/preflight.js';
import { evaluateHelmStep } from '../core/helm/status.js';
import type { Evidence } from '../core/model/evidence.js';
import { interruptible } from '../run/deadline.js';
import { applyStep, helmUpgradeTools, type ApplyTools } from './apply-step.js';
import type { Cluster } from './client/cluster.js';
import { withSignal } from './client/connect.js';
import { CauseFinder } from './observe/cause-finder.js';
import { fetchConfiguration } from './observe/fetch-configuration.js';
import { saveEvidence } from './evidence/evidence.js';
import type { KubernetesOptions } from './options.js';
import { ReleaseSessions } from './etcd/release-sessions.js';
import { MigrationWatch } from './migration/watch.js';
import { checkBefore, isOutdated, NOTHING_CHECKED, type CheckedBefore } from './preflight/preflight.js';
import { withEtcd } from './preflight/etcd.js';
import { ChartOffer } from './helm/chart-offer.js';
import { ForeignRevisions } from './helm/foreign-revision.js';
import { readWorkloads } from './observe/read-workloads.js';
import { probeImage } from './preflight/image-probe.js';
import { unlockPendingRelease, RevisionClock } from './lock/pending-release.js';
import { ReleaseLists } from './observe/release-lists.js';
import { readRelease } from './helm/release-record.js';
import { LoadedCollections } from './rolling/loaded.js';
import { RunLock } from './lock/run-lock.js';
import { findWithoutRelease } from './helm/without-release.js';
import { ChangeSignal } from '../run/change-signal.js';
import type { Platform } from '../run/platform.js';
import type { Release, HelmObservation } from '../core/helm/observation.js';
import type { HelmStep } from '../core/helm/step.js';
import type { HelmPlan } from '../core/platforms/types.js';

export class KubernetesPlatform implements Platform<'helm'> {
  readonly sources: ChartOffer;
  readonly #options: KubernetesOptions;
  readonly #changeSignal = new ChangeSignal();
  readonly #cluster: Cluster;
  readonly #lists: ReleaseLists;
  readonly #causes: CauseFinder;
  readonly #sessions: ReleaseSessions;
  readonly #migration: MigrationWatch;
  readonly #loaded: LoadedCollections;
  readonly #revisions = new RevisionClock();
  readonly #foreign: ForeignRevisions;
  readonly #lock: RunLock;
  #configuration: Readonly<Record<string, string>> = {};
  #observed = false;
  #requested: CheckedBefore | null = null;

  constructor(options: KubernetesOptions) {
    this.#options = options;
    const onChange = (): void => this.#changeSignal.notify();
    this.#cluster = options.cluster;
    this.sources = new ChartOffer(options.helm);
    this.#lists = new ReleaseLists({ ...options, onChange });
    this.#causes = new CauseFinder({ ...options, cluster: this.#cluster, onChange });
    this.#loaded = new LoadedCollections({ ...options, namespace: options.config.namespace });
    this.#sessions = new ReleaseSessions({ ...options, onChange });
    this.#foreign = new ForeignRevisions(options.run);
    const { namespace, release } = options.config;
    this.#lock = new RunLock({ ...options, namespace, release, holder: options.run, onLost: onChange });
    this.#migration = new MigrationWatch({ ...options, namespace, release, onChange });
  }

  async observe(signal = this.#options.signal): Promise<HelmObservation> {
    this.#lock.assertNotLost();
    if (!this.#observed) await this.#refresh(signal);
    this.#changeSignal.reset();
    const { release: name } = this.#options.config;
    const { deployments, pods } = this.#lists;
    const workloads = readWorkloads(name, {
      deployments: deployments.items(),
      pods: pods.items(),
      configuration: this.#configuration,
    });
    const found = this.#causes.find(this.#lists);
    const sessions = this.#sessions.read();
    const loaded = await this.#loaded.read(workloads.components, this.#lists.pods.items(), signal);
    const release = this.#release();
    const migration = await this.#migration.read(
      { takenAt: found.takenAt, components: workloads.components, sessions, release },
      signal,
    );
    const withoutRelease = release
      ? null
      : await findWithoutRelease(withSignal(this.#cluster, signal), this.#options.config.namespace, name);
    return {
      platform: 'helm',
      ...found,
      release,
      withoutRelease,
      ...workloads,
      ...(sessions && { sessions }),
      ...(loaded && { loaded }),
      ...(migration && { migration }),
    };
  }

  async waitForChange(withinMilliseconds: number, signal: AbortSignal): Promise<void> {
    // Causes are needed only during a wait. A cause that becomes certain is a change as well.
    this.#causes.listen();
    await this.#changeSignal.nextBurst(Math.min(withinMilliseconds, this.#causes.millisecondsToNext()), signal);
  }

  apply(step: HelmStep, signal: AbortSignal): Promise<void> {
    return this.#lock.whileProven(signal, async () => {
      if (await this.#isNoLongerPending(step, signal)) return;
      const tools = await this.#applyTools(signal);
      // Whatever the result of the request, the next observation is made from fresh lists: a failed request may have
      // been applied in part.
      this.#observed = false;
      if (step.kind === 'helm-rollback') this.#foreign.rollbackRequested();
      await applyStep(step, tools, (ended, work) => this.#lock.during(ended, work));
    });
  }

  /**
   * The last renewal shows that the API server was reachable at that time; the observation behind the decision for a
   * step must not be older.
   */
  async #isNoLongerPending(step: HelmStep, signal: AbortSignal): Promise<boolean> {
    if (![this.#lists, this.#migration].some((lists) => lists.isOlderThan(this.#lock.renewedAt()))) return false;
    await this.#refresh(signal);
    return evaluateHelmStep(step, await this.observe(signal)).state !== 'pending';
  }

  async preflight(plan: HelmPlan, signal = this.#options.signal): Promise<Preflight> {
    const { config } = this.#options;
    const helm = helmUpgradeTools(await this.#applyTools(signal));
    const watching = this.#watchMore(plan, signal);
    watching.catch(() => undefined);
    const requested = await checkBefore(plan, {
      cluster: withSignal(this.#cluster, signal),
      config,
      helm,
      ...this.#lists.items(),
    });
    // If permissions are missing, the check has reported all of them, and not only the one that was needed first.
    if (!requested.preflight.failedChecks.some((failed) => failed.id === 'access')) await watching;
    this.#requested = requested;
    return withEtcd(requested.preflight, plan, { sessions: this.#sessions, config });
  }

  async probeImages(plan: HelmPlan, signal = this.#options.signal): Promise<Preflight> {
    await this.#watchMore(plan, signal);
    const { config, emit, run } = this.#options;
    const again = isOutdated(this.#requested, plan, this.#lists.secrets.items())
      ? await this.preflight(plan, signal)
      : NOTHING_CHECKED;
    if (again.failedChecks.length > 0) return again;
    const { rendered, nodes } = this.#requested ?? { rendered: null, nodes: null };
    const items = this.#lists.items();
    const probed = await probeImage(plan, {
      cluster: withSignal(this.#cluster, signal),
      config,
      emit,
      run,
      signal,
      rendered,
      nodes,
      ...items,
    });
    return { ...probed, checks: [...again.checks, ...probed.checks], changes: again.changes };
  }

  saveEvidence(signal = this.#options.signal): Promise<Evidence | null> {
    const { config, redact } = this.#options;
    return saveEvidence({
      cluster: withSignal(this.#cluster, signal),
      config,
      redact,
      signal,
      ...this.#lists.items(),
      release: this.#release(),
    });
  }

  /**
   * Acquires the release for this run: first the lock of this action, then that of Helm. No step of the plan may be
   * applied before.
   */
  async acquireLock(signal = this.#options.signal): Promise<void> {
    const { config, emit } = this.#options;
    await this.#lock.acquire(signal);
    await this.#refresh(signal);
    await unlockPendingRelease({
      cluster: withSignal(this.#cluster, signal),
      namespace: config.namespace,
      emit,
      signal,
      millisecondsUnchanged: () => this.#revisions.millisecondsUnchanged(),
      release: () => this.#release(),
      secrets: () => this.#lists.secrets.items(),
      changed: (within) => interruptible(this.waitForChange(within, signal), { signal }),
      mayClearForeign: config.skipChecks.includes('release-pending'),
    });
    await this.#refresh(signal);
    this.#foreign.begin(this.#release());
  }

  /** Ends every watch and releases the lock. Never throws: it runs at the end of every run. */
  async close(): Promise<void> {
    await this.#migration.tidy(() => this.#lock.prove());
    for (const watched of [this.#lists, this.#causes, this.#sessions, this.#migration]) watched.stop();
    await this.#lock.release();
  }

  /** Starts the watches that a rolling upgrade or a migration needs beside the release. */
  async #watchMore(plan: HelmPlan, signal: AbortSignal): Promise<void> {
    const more =
      plan.strategy === 'migrate' || plan.strategy === 'restore'
        ? this.#migration.refresh(signal, true)
        : Promise.resolve();
    await Promise.all([
      this.#sessions.startFor(plan, { files: this.#configuration, deployments: this.#lists.deployments.items() }),
      more,
    ]);
  }

  async #applyTools(signal: AbortSignal): Promise<ApplyTools> {
    const { helm, valuesDirectory, run, config, emit } = this.#options;
    const observation = await this.observe(signal);
    const items = this.#lists.items();
    const migration = {
      jobs: this.#migration.jobs(),
      journal: this.#migration.journal(),
      keeper: this.#migration.keeper(),
    };
    const cluster = withSignal(this.#cluster, signal);
    const etcd = {
      login: () => this.#sessions.toolLogin(),
      revoke: (addresses: readonly string[]) => this.#sessions.revoke(addresses, () => this.#lock.prove()),
    };
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

  #release(): Release | null {
    const { release, namespace } = this.#options.config;
    return this.#foreign.mark(this.#revisions.see(readRelease(release, namespace, this.#lists.secrets.items())));
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    const cluster = withSignal(this.#cluster, signal);
    const journal = this.#migration.refresh(signal);
    journal.catch(() => undefined);
    // A user without permission to list gets all missing permissions reported; the error of the journal would name only
    // one.
    await this.#lists.refresh(signal);
    await journal;
    this.#configuration = await fetchConfiguration(
      cluster,
      this.#options.config.namespace,
      this.#lists.deployments.items(),
    );
    this.#observed = true;
  }
}
