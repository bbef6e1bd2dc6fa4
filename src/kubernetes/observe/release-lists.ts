// The watched objects of a release: its Deployments, its pods, and the Secrets with the Helm release records.
import type { V1Deployment, V1Pod, V1Secret } from '@kubernetes/client-node';
import type { Emit } from '../../core/model/event.js';
import type { HelmConfig } from '../../core/config/config.js';
import type { Cluster } from '../client/cluster.js';
import { apiError } from '../client/api-error.js';
import { LiveList } from '../client/live-list.js';
import { nameMissingRights } from '../preflight/rights.js';

export interface ReleaseListsOptions {
  readonly cluster: Cluster;
  readonly config: HelmConfig;
  readonly emit: Emit;
  readonly onChange: () => void;
}

export interface ReleaseItems {
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  readonly secrets: readonly V1Secret[];
}

export class ReleaseLists {
  readonly #options: ReleaseListsOptions;
  readonly deployments: LiveList<V1Deployment>;
  readonly pods: LiveList<V1Pod>;
  readonly secrets: LiveList<V1Secret>;
  constructor(options: ReleaseListsOptions) {
    this.#options = options;
    const { core, apps } = options.cluster;
    const { namespace, release } = options.config;
    // Only objects with the component label of the chart: other pods of the namespace are never sent.
    const milvus = { namespace, labelSelector: `app.kubernetes.io/instance=${release},component` };
    const helm = { namespace, labelSelector: `owner=helm,name=${release}` };
    this.deployments = this.#live('deployments', {
      group: '/apis/apps/v1',
      ...milvus,
      list: () => apps.listNamespacedDeployment(milvus),
    });
    this.pods = this.#live('pods', { group: '/api/v1', ...milvus, list: () => core.listNamespacedPod(milvus) });
    this.secrets = this.#live('secrets', { group: '/api/v1', ...helm, list: () => core.listNamespacedSecret(helm) });
  }

  items(): ReleaseItems {
    return { deployments: this.deployments.items(), pods: this.pods.items(), secrets: this.secrets.items() };
  }

  /** Lists everything again; throws the API error, with all missing permissions. */
  async refresh(signal: AbortSignal): Promise<void> {
    const { cluster, config } = this.#options;
    const refresh = async (what: 'deployments' | 'pods' | 'secrets'): Promise<void> => {
      try {
        await this[what].refresh(signal);
      } catch (error) {
        throw await nameMissingRights(apiError(error, `list ${what}`, cluster.server), cluster, config);
      }
    };
    await Promise.all([refresh('deployments'), refresh('pods'), refresh('secrets')]);
  }

  /** Whether anything that existed at this time (of `performance.now()`) may be missing. */
  isOlderThan(monotonic: number): boolean {
    return [this.deployments, this.pods, this.secrets].some((list) => list.isOlderThan(monotonic));
  }

  stop(): void {
    for (const list of [this.deployments, this.pods, this.secrets]) list.stop();
  }

  #live<T extends V1Deployment | V1Pod | V1Secret>(
    what: string,
    { group, namespace, labelSelector, list }: Listing<T>,
  ): LiveList<T> {
    const { cluster, emit, onChange } = this.#options;
    const onLost = (why: string): void =>
      emit({ type: 'warned', message: `the watch of ${what} was interrupted (${why}); resuming it` });
    return new LiveList<T>({
      config: cluster.config,
      path: `${group}/namespaces/${namespace}/${what}`,
      labelSelector,
      list,
      onChange,
      onLost,
    });
  }
}

interface Listing<T> {
  readonly group: string;
  readonly namespace: string;
  readonly labelSelector: string;
  readonly list: () => Promise<{ items: T[] }>;
}
