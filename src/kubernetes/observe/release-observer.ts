// Observes one release: through watches of its objects, and through requests for what has no watch.
import type { HelmObservation, Release } from '../../core/helm/observation.js';
import type { WithoutRelease } from '../../core/model/manager.js';
import type { HelmPlan } from '../../core/helm/step.js';
import { EtcdError } from '../../etcd/etcd-error.js';
import { notRevoked } from '../../etcd/not-revoked.js';
import type { ApplyTools } from '../apply-step.js';
import type { Cluster } from '../client/cluster.js';
import { withSignal } from '../client/connect.js';
import { ReleaseSessions } from '../etcd/release-sessions.js';
import { ForeignRevisions } from '../helm/foreign-revision.js';
import { readRelease } from '../helm/release-record.js';
import { findWithoutRelease } from '../helm/without-release.js';
import { RevisionClock } from '../lock/pending-release.js';
import { MigrationWatch } from '../migration/watch.js';
import type { KubernetesOptions } from '../options.js';
import { EndedPods } from '../rolling/ended-pods.js';
import { LoadedCollections } from '../rolling/loaded.js';
import { CauseFinder } from './cause-finder.js';
import { fetchConfiguration } from './fetch-configuration.js';
import { ForeignWrites } from './foreign-writes.js';
import { readOperatorWorkloads } from './operator-workloads.js';
import { readWorkloads } from './read-workloads.js';
import { ReleaseLists } from './release-lists.js';

export class ReleaseObserver {
  readonly lists: ReleaseLists;
  readonly causes: CauseFinder;
  readonly sessions: ReleaseSessions;
  readonly migration: MigrationWatch;
  readonly revisions = new RevisionClock();
  readonly foreign: ForeignRevisions;
  readonly ended = new EndedPods();
  readonly #options: KubernetesOptions;
  readonly #cluster: Cluster;
  readonly #loaded: LoadedCollections;
  readonly #writes: ForeignWrites;
  #configuration: Readonly<Record<string, string>> = {};
  #isFresh = false;

  constructor(options: KubernetesOptions, onChange: () => void) {
    this.#options = options;
    this.#cluster = options.cluster;
    const { namespace, release } = options.config;
    this.lists = new ReleaseLists({ ...options, onChange });
    this.causes = new CauseFinder({ ...options, cluster: this.#cluster, onChange });
    this.sessions = new ReleaseSessions({ ...options, onChange });
    this.migration = new MigrationWatch({ ...options, namespace, release, onChange });
    this.foreign = new ForeignRevisions(options.run);
    this.#loaded = new LoadedCollections({ ...options, namespace });
    this.#writes = new ForeignWrites(release);
  }

  /** The lists are read again before the next observation. */
  outdated(): void {
    this.#isFresh = false;
  }

  /** Reads the lists again if they are outdated. */
  async refreshIfOutdated(signal: AbortSignal): Promise<void> {
    if (!this.#isFresh) await this.refresh(signal);
  }

  async observe(signal: AbortSignal): Promise<HelmObservation> {
    const { release: name, namespace } = this.#options.config;
    const { deployments, pods } = this.lists;
    const workloads = readWorkloads(name, {
      deployments: deployments.items(),
      pods: pods.items(),
      configuration: this.#configuration,
    });
    const foreignWrites = this.#writes.see(deployments.items());
    const found = this.causes.find(this.lists);
    const sessions = this.sessions.read();
    const { revokeSessions } = this.#options.config.migration;
    const ended = revokeSessions ? this.ended.see(workloads.components, sessions?.list ?? []) : [];
    const loaded = await this.#loaded.read(workloads.components, this.lists.pods.items(), signal);
    const release = this.release();
    const migration = await this.migration.read(
      { takenAt: found.takenAt, components: workloads.components, sessions, release },
      signal,
    );
    const withoutRelease = release
      ? null
      : await findWithoutRelease(withSignal(this.#cluster, signal), namespace, name);
    return {
      platform: 'helm',
      ...found,
      release,
      withoutRelease,
      ...workloads,
      ...(await this.#operatorWorkloads(withoutRelease, signal)),
      ...(foreignWrites.length > 0 && { foreignWrites }),
      ...(ended.length > 0 && { endedSessions: ended }),
      ...(sessions && { sessions }),
      ...(loaded && { loaded }),
      ...(migration && { migration }),
    };
  }

  /** From now on, revisions and changes of the Deployments that this run did not make count as foreign. */
  detectForeign(): void {
    this.foreign.begin(this.release());
    this.#writes.begin(this.lists.deployments.items());
  }

  /** Deployments of the Milvus operator do not have the labels of the chart, so the lists do not contain them. */
  async #operatorWorkloads(found: WithoutRelease | null, signal: AbortSignal): Promise<Partial<HelmObservation>> {
    const { namespace, release } = this.#options.config;
    const isOperators = found?.managers.some(({ tool }) => tool === 'milvus-operator');
    return isOperators ? readOperatorWorkloads(withSignal(this.#cluster, signal), namespace, release) : {};
  }

  release(): Release | null {
    const { release, namespace } = this.#options.config;
    return this.foreign.mark(this.revisions.see(readRelease(release, namespace, this.lists.secrets.items())));
  }

  async refresh(signal: AbortSignal): Promise<void> {
    const cluster = withSignal(this.#cluster, signal);
    const journal = this.migration.refresh(signal);
    journal.catch(() => undefined);
    // A user without permission to list gets all missing permissions reported; the error of the journal would name only
    // one.
    await this.lists.refresh(signal);
    await journal;
    this.#configuration = await fetchConfiguration(
      cluster,
      this.#options.config.namespace,
      this.lists.deployments.items(),
    );
    this.#isFresh = true;
  }

  /** True if the lists were read before this time. */
  isOlderThan(time: Parameters<ReleaseLists['isOlderThan']>[0]): boolean {
    return [this.lists, this.migration].some((lists) => lists.isOlderThan(time));
  }

  /** Starts the watches that a rolling upgrade or a migration needs beside the release. */
  async watchMore(plan: HelmPlan, signal: AbortSignal): Promise<void> {
    const more =
      plan.strategy === 'migrate' || plan.strategy === 'restore'
        ? this.migration.refresh(signal, true)
        : Promise.resolve();
    await Promise.all([
      this.sessions.startFor(plan, { files: this.#configuration, deployments: this.lists.deployments.items() }),
      more,
    ]);
  }

  /** What steps do in the etcd of the release. `prove` throws if the lock is lost. */
  etcdTools(
    prove: () => Promise<unknown>,
  ): Pick<ApplyTools, 'login' | 'revoke' | 'revokeSessions' | 'sessionsHandled'> {
    return {
      login: () => this.sessions.toolLogin(),
      revoke: (addresses) => this.#revokeGone(addresses, prove),
      revokeSessions: (sessions) => this.sessions.revokeSessions(sessions, prove),
      sessionsHandled: (sessions) => this.ended.handled(sessions),
    };
  }

  /** Sessions that cannot be revoked expire within a minute, so a failure is only reported. */
  async #revokeGone(addresses: readonly string[], prove: () => Promise<unknown>): Promise<void> {
    try {
      await this.sessions.revoke(addresses, prove);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      this.#options.emit({ type: 'warned', message: notRevoked(addresses, error) });
      this.migration.leaveToExpire(addresses);
    }
  }

  stop(): void {
    for (const watched of [this.lists, this.causes, this.sessions, this.migration]) watched.stop();
  }
}
