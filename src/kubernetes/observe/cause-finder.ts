// Keeps the state that a diagnosis needs between observations: its history, and the events of the namespace. The rules
// are in core/diagnose.ts.
import type { CoreV1Event, V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { Cause } from '../../core/model/cause.js';
import { diagnose, type Diagnosis } from '../../core/diagnosis/diagnose.js';
import type { Emit } from '../../core/model/event.js';
import type { HelmConfig } from '../../core/config/config.js';
import type { Cluster } from '../client/cluster.js';
import { apiError } from '../client/api-error.js';
import { LiveList } from '../client/live-list.js';
import { isMilvusPod, milvusDeployments } from './milvus-objects.js';
import { readKubernetesEvents } from './read-events.js';
import { readDeploymentSnapshots, readPodSnapshots } from './read-pods.js';

/** Only these events of the namespace are requested: warnings, and the scale-up notice of the cluster autoscaler. */
const SELECTORS = ['type=Warning', 'reason=TriggeredScaleUp'];
/** A margin, so that the next observation takes place after that moment. */
const MARGIN_MILLISECONDS = 10;

export interface CauseFinderOptions {
  readonly cluster: Cluster;
  readonly config: HelmConfig;
  readonly emit: Emit;
  readonly onChange: () => void;
}

/** The watches that the platform keeps in any case. */
export interface WatchedLists {
  readonly deployments: LiveList<V1Deployment>;
  readonly pods: LiveList<V1Pod>;
}

export class CauseFinder {
  readonly #options: CauseFinderOptions;
  #events: LiveList<CoreV1Event>[] = [];
  #last: Diagnosis | null = null;
  #foundAt = 0;
  constructor(options: CauseFinderOptions) {
    this.#options = options;
  }

  /**
   * Starts to watch events; returns at once. If the user is not allowed to list them, causes are found without them,
   * and one warning is emitted.
   */
  listen(): void {
    if (this.#events.length > 0) return;
    this.#events = SELECTORS.map((selector) => this.#live(selector));
    void Promise.all(this.#events.map((list) => list.refresh())).catch((error: unknown) => {
      const why = apiError(error, 'list events', this.#options.cluster.server);
      this.#options.emit({
        type: 'warned',
        message: `causes are reported without the events of the namespace: ${(why as Error).message}`,
      });
    });
  }

  /** The current causes, and the time of the diagnosis. */
  find(lists: WatchedLists): { readonly takenAt: string; readonly causes: readonly Cause[] } {
    const takenAt = new Date().toISOString();
    const isCurrent = lists.deployments.isCurrent() && lists.pods.isCurrent();
    const workloads = milvusDeployments(this.#options.config.release, lists.deployments.items());
    const pods = readPodSnapshots(workloads, lists.pods.items().filter(isMilvusPod));
    const deployments = readDeploymentSnapshots(workloads);
    const events = this.#events.flatMap(itemsOf);
    const kubernetesEvents = readKubernetesEvents(events, pods);
    this.#last = diagnose(this.#last?.history ?? null, { takenAt, isCurrent, deployments, pods, kubernetesEvents });
    this.#foundAt = performance.now();
    return { takenAt, causes: this.#last.causes };
  }

  /** The time until the result of `find` changes without a change in the cluster. */
  millisecondsToNext(): number {
    const next = this.#last?.nextInSeconds ?? null;
    return next === null
      ? Number.POSITIVE_INFINITY
      : Math.max(0, this.#foundAt + next * 1000 - performance.now()) + MARGIN_MILLISECONDS;
  }

  stop(): void {
    for (const list of this.#events) list.stop();
  }

  #live(fieldSelector: string): LiveList<CoreV1Event> {
    const { cluster, config, emit, onChange } = this.#options;
    const { namespace } = config;
    return new LiveList<CoreV1Event>({
      config: cluster.config,
      path: `/api/v1/namespaces/${namespace}/events`,
      fieldSelector,
      list: () => cluster.core.listNamespacedEvent({ namespace, fieldSelector }),
      onChange,
      onLost: (why) => emit({ type: 'warned', message: `the watch of events was interrupted (${why}); resuming it` }),
    });
  }
}

/** If events can no longer be watched, causes are only less detailed. */
function itemsOf(list: LiveList<CoreV1Event>): readonly CoreV1Event[] {
  try {
    return list.items();
  } catch {
    list.stop();
    return [];
  }
}
