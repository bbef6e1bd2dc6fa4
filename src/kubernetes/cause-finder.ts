// Keeps what a diagnosis needs from look to look: its history, and the events of the namespace. The rules are in core/diagnose.ts.
import type { CoreV1Event, V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { Cause } from '../core/causes.js';
import { diagnose, type Diagnosis } from '../core/diagnose.js';
import type { Emit } from '../core/events.js';
import type { Config } from '../core/goal.js';
import { apiError, type Cluster } from './cluster.js';
import { LiveList } from './live-list.js';
import { isMilvusPod, milvusDeployments } from './milvus-objects.js';
import { readKubernetesEvents } from './read-events.js';
import { readDeploymentSnapshots, readPodSnapshots } from './read-pods.js';

/** Of all the events of a namespace only these are sent: troubles, and the cluster autoscaler’s word that a node comes. */
const SELECTORS = ['type=Warning', 'reason=TriggeredScaleUp'];
/** One more than the rest, so that the next look is past the moment. */
const MARGIN_MILLISECONDS = 10;

export interface CauseFinderOptions {
  readonly cluster: Cluster;
  readonly config: Config;
  readonly emit: Emit;
  readonly onChange: () => void;
}

/** The watches that the platform has anyway. */
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

  /** Watches events from now on; returns at once. A user who may not list them gets causes without them, and is told so once. */
  listen(): void {
    if (this.#events.length > 0) return;
    this.#events = SELECTORS.map((selector) => this.#live(selector));
    void Promise.all(this.#events.map((each) => each.refresh())).catch((error: unknown) => {
      const why = apiError(error, 'list events', this.#options.cluster.server);
      this.#options.emit({ type: 'warned', message: `causes are told without the events of the namespace: ${(why as Error).message}` });
    });
  }

  /** The causes that stand at this moment, and the moment. */
  find(lists: WatchedLists): { readonly takenAt: string; readonly causes: readonly Cause[] } {
    const takenAt = new Date().toISOString();
    const isCurrent = lists.deployments.isCurrent() && lists.pods.isCurrent();
    const managed = milvusDeployments(this.#options.config.release, lists.deployments.items());
    const pods = readPodSnapshots(managed, lists.pods.items().filter(isMilvusPod));
    const deployments = readDeploymentSnapshots(managed);
    const events = this.#events.flatMap(itemsOf);
    const kubernetesEvents = readKubernetesEvents(events, pods);
    this.#last = diagnose(this.#last?.history ?? null, { takenAt, isCurrent, deployments, pods, kubernetesEvents });
    this.#foundAt = performance.now();
    return { takenAt, causes: this.#last.causes };
  }

  /** Until time alone changes what `find` would say. */
  millisecondsToNext(): number {
    const next = this.#last?.nextInSeconds ?? null;
    return next === null ? Number.POSITIVE_INFINITY : Math.max(0, this.#foundAt + next * 1000 - performance.now()) + MARGIN_MILLISECONDS;
  }

  stop(): void {
    for (const each of this.#events) each.stop();
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
      onLost: (why) => emit({ type: 'warned', message: `the watch of events broke (${why}); taking it up again` }),
    });
  }
}

/** Events that may not be watched any more only make causes less telling. */
function itemsOf(list: LiveList<CoreV1Event>): readonly CoreV1Event[] {
  try {
    return list.items();
  } catch {
    list.stop();
    return [];
  }
}
