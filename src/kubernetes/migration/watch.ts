// Observes a metadata migration in the cluster: its journal is requested for each observation; its Jobs and pods are
// watched once a journal exists.
import {
  BatchV1Api,
  type V1ConfigMap,
  type V1Job,
  type V1PersistentVolumeClaim,
  type V1Pod,
} from '@kubernetes/client-node';
import type { Component } from '../../core/model/component.js';
import { leftToExpire, NO_MEMORY, remember } from '../../core/migration/memory.js';
import type { Cluster } from '../client/cluster.js';
import { apiError, isStatus } from '../client/api-error.js';
import { withSignal } from '../client/connect.js';
import { LiveList } from '../client/live-list.js';
import { doubtJournal } from './journal-seal.js';
import { removeSecrets } from './leftovers.js';
import { namesOf, selectorOf } from './names.js';
import { hasEnded } from '../../core/model/pod.js';
import { readPod } from '../observe/read-pod.js';
import { hasJobEnded, readJobs, readJournal, readKeeper } from './read-migration.js';
import type { HelmObservation, Release } from '../../core/helm/observation.js';
import type { Sessions } from '../../core/model/shared-observation.js';

const LOG_LINES = 20;
const LOG_BYTES = 10_000;

export interface MigrationWatchOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly release: string;
  readonly run: string;
  readonly onChange: () => void;
}

/** The parts of an observation that are needed here. */
export interface Around {
  readonly takenAt: string;
  readonly components: readonly Component[];
  readonly sessions: Sessions | undefined;
  readonly release: Release | null;
}

export class MigrationWatch {
  readonly #options: MigrationWatchOptions;
  readonly #jobs: LiveList<V1Job>;
  readonly #pods: LiveList<V1Pod>;
  readonly #claims: LiveList<V1PersistentVolumeClaim>;
  #journal: V1ConfigMap | null = null;
  #isWatching = false;
  #memory = NO_MEMORY;
  readonly #logs = new Map<string, readonly string[]>();
  constructor(options: MigrationWatchOptions) {
    this.#options = options;
    const { cluster, namespace, release } = options;
    const desired = { namespace, labelSelector: selectorOf(release) };
    const batch = cluster.config.makeApiClient(BatchV1Api);
    this.#jobs = this.#live('/apis/batch/v1', 'jobs', () => batch.listNamespacedJob(desired));
    this.#pods = this.#live('/api/v1', 'pods', () => cluster.core.listNamespacedPod(desired));
    this.#claims = this.#live('/api/v1', 'persistentvolumeclaims', () =>
      cluster.core.listNamespacedPersistentVolumeClaim(desired),
    );
  }

  /** Requests the journal; if it exists, or a migration is planned, everything else as well. */
  async refresh(signal: AbortSignal, isPlanned = false): Promise<void> {
    this.#journal = await this.#readJournal(signal);
    if (!this.#journal && !isPlanned && !this.#isWatching) return;
    this.#isWatching = true;
    await Promise.all(
      [this.#jobs, this.#pods, this.#claims].map((list) =>
        list.refresh(signal).catch((error: unknown) => {
          throw apiError(
            error,
            'list the Jobs, pods and persistentvolumeclaims of a migration',
            this.#options.cluster.server,
          );
        }),
      ),
    );
  }

  /** Undefined while there is no migration, and none is planned. */
  async read(
    { takenAt, components, sessions, release }: Around,
    signal: AbortSignal,
  ): Promise<HelmObservation['migration']> {
    if (!this.#isWatching) return undefined;
    await this.#readLogs(signal);
    const journal = readJournal(this.#journal);
    this.#memory = remember(this.#memory, { takenAt, components, journal, ...(sessions ? { sessions } : {}) });
    const { stoppedSince, foreignSessionsSince, gone, hasServed } = this.#memory;
    const keeper = readKeeper(this.keeper(), this.#claims.items()[0] ?? null, this.#options.run);
    const doubt = doubtJournal(this.#journal, release);
    return {
      journal,
      ...(doubt === '' ? {} : { doubt }),
      jobs: readJobs(this.#jobs.items(), this.#pods.items(), this.#logs),
      keeper,
      stoppedSince,
      foreignSessionsSince,
      gone,
      hasServed,
    };
  }

  /** The sessions of these addresses could not be revoked. */
  leaveToExpire(addresses: readonly string[]): void {
    this.#memory = leftToExpire(this.#memory, addresses);
  }

  jobs(): readonly V1Job[] {
    return this.#jobs.items();
  }

  journal(): V1ConfigMap | null {
    return this.#journal;
  }

  keeper(): V1Pod | null {
    const { keeper } = namesOf(this.#options.release);
    return this.#pods.items().find((pod) => pod.metadata?.name === keeper) ?? null;
  }

  /** Whether anything that existed at this time (of `performance.now()`) may be missing. */
  isOlderThan(monotonic: number): boolean {
    return this.#isWatching && [this.#jobs, this.#pods, this.#claims].some((list) => list.isOlderThan(monotonic));
  }

  /** At the end of a run: deletes the Secrets that no Job needs any more. Best effort; the next run repeats it. */
  async tidy(prove: () => Promise<unknown>): Promise<void> {
    const { cluster, namespace, release } = this.#options;
    if (!this.#isWatching) return;
    try {
      if (!this.#jobs.items().every(hasJobEnded)) return;
      await prove();
      await removeSecrets({ cluster, namespace, config: { release } });
    } catch {
      // The original error of the run is more important.
    }
  }

  stop(): void {
    if (this.#isWatching) for (const list of [this.#jobs, this.#pods, this.#claims]) list.stop();
  }

  /** Once for each run of the tool that has ended. A missing log does not stop the run. */
  async #readLogs(signal: AbortSignal): Promise<void> {
    const { cluster: baseCluster, namespace, release } = this.#options;
    const cluster = withSignal(baseCluster, signal);
    const { keeper } = namesOf(release);
    const ended = this.#pods
      .items()
      .filter(
        (pod) => hasEnded(readPod(pod)) && pod.metadata?.name !== keeper && !this.#logs.has(pod.metadata?.uid ?? ''),
      );
    for (const { metadata } of ended) {
      const log = await cluster.core
        .readNamespacedPodLog({ name: metadata?.name ?? '', namespace, tailLines: LOG_LINES, limitBytes: LOG_BYTES })
        .catch(() => '');
      if (signal.aborted) return;
      this.#logs.set(
        metadata?.uid ?? '',
        log
          .trim()
          .split('\n')
          .filter((line) => line !== ''),
      );
    }
  }

  async #readJournal(signal: AbortSignal): Promise<V1ConfigMap | null> {
    const { cluster: baseCluster, namespace, release } = this.#options;
    const cluster = withSignal(baseCluster, signal);
    try {
      return await cluster.core.readNamespacedConfigMap({ name: namesOf(release).journal, namespace });
    } catch (error) {
      if (isStatus(error, 404)) return null;
      throw apiError(error, 'get configmaps', cluster.server);
    }
  }

  #live<T extends V1Job | V1Pod | V1PersistentVolumeClaim>(
    group: string,
    what: string,
    list: () => Promise<{ items: T[] }>,
  ): LiveList<T> {
    const { cluster, namespace, release, onChange } = this.#options;
    const labelSelector = selectorOf(release);
    return new LiveList<T>({
      config: cluster.config,
      path: `${group}/namespaces/${namespace}/${what}`,
      labelSelector,
      list,
      onChange,
      onLost: () => undefined,
    });
  }
}
