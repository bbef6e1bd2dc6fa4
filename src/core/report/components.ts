// The result of each Deployment, from its events. Reads no clock: every time is the time of an event.
import { followComponents, type Track } from '../model/component-tracks.js';
import type { Event } from '../model/event.js';
import { MILVUS_ROLES } from '../knowledge/roles.js';
import { describeComponent, type Component } from '../model/component.js';
import { readSpans, unavailableSeconds, type Span } from './spans.js';
import {
  componentsOf,
  resultOf,
  oldestImage,
  lastOf,
  type RowResult,
  type RunTimes,
  tookSeconds,
} from './component-result.js';

export interface ComponentRow {
  /** The Milvus role: proxy, querynode, … */
  readonly role: string;
  /** Empty if only pods of a Deployment that was removed before the first observation were observed. */
  readonly deployment: string;
  /** Oldest image of its pods in the first observation; null if the Deployment was created during the run. */
  readonly oldImage: string | null;
  /** Image of its template in the last observation. */
  readonly newImage: string;
  /**
   * Desired pods in the last observation.
   *
   * @asType integer
   */
  readonly desired: number;
  /** @asType integer */
  readonly ready: number;
  /**
   * Terminating pods in the last observation.
   *
   * @asType integer
   */
  readonly terminating: number;
  /** Restarts during the run, and all restarts that the remaining pods report, earlier ones included. */
  readonly restarts: {
    /**
     * Container restarts during the run.
     *
     * @asType integer
     */
    readonly duringRun: number;
    /**
     * All restarts that the remaining pods report, including earlier ones.
     *
     * @asType integer
     */
    readonly total: number;
  };
  /**
   * From the first request of the run until the Deployment had only new, ready pods and no old one left, not even a
   * terminating one, or until it was removed; null if it did not change or is not ready.
   */
  readonly tookSeconds: number | null;
  /**
   * Time after the first request in which pods were desired and none was ready.
   *
   * @minimum 0
   */
  readonly unavailableSeconds: number;
  /**
   * rolled-back: changed, and then running the old image again. unchanged: ready, and not changed by the run. stopped:
   * 0 replicas, or no running container. waiting: not ready at the end, without a failure of its own.
   */
  readonly result: RowResult;
  /** Why it is not ready; empty if it is. */
  readonly cause: string;
  /**
   * Its states after the first request, in order. unavailable: no pod was ready. draining: only terminating old pods
   * were left. rolling: not ready in any other form.
   */
  readonly spans: readonly Span[];
}

/** Coordinators, then nodes, then the proxy, in the order in which they start; other roles come last. */
const ROLE_ORDER: readonly string[] = MILVUS_ROLES;

/** One row for each Deployment that was ever observed: coordinators, nodes, proxy, standalone, others. */
export function readComponentRows(events: readonly Event[]): ComponentRow[] {
  const hasRolledBack = events.some((event) => event.type === 'rollback-started');
  const run = {
    beganAt: changeBegan(events),
    endedAt: events.at(-1)?.at ?? '',
    rolledBack: hasRolledBack,
    stalled: stalledDeployments(events),
  };
  return followComponents(events)
    .map((track) => readRow(track, run))
    .sort(byRole);
}

function stalledDeployments(events: readonly Event[]): ReadonlySet<string> {
  return new Set(
    events.flatMap((event) => (event.type === 'cause-found' && event.cause.certain ? [event.cause.deployment] : [])),
  );
}

/** A run that resumes the request of an earlier one has no request of its own: its first step counts. */
function changeBegan(events: readonly Event[]): string | null {
  const requested =
    events.find((event) => event.type === 'step-applied') ?? events.find((event) => event.type === 'step-started');
  return requested?.at ?? null;
}

function readRow(track: Track, run: RunTimes): ComponentRow {
  const { role, deployment, samples } = track;
  const last = lastOf(track);
  const result = resultOf(track, last, run);
  const spans = run.beganAt ? readSpans(samples, run.beganAt, run.endedAt) : [];
  return {
    role,
    deployment,
    ...imagesOf(track),
    ...countsOf(last),
    restarts: { duringRun: countRestarts(componentsOf(track)), total: last?.restarts ?? 0 },
    tookSeconds:
      result === 'upgraded' || result === 'rolled-back' || result === 'removed' ? tookSeconds(track, run) : null,
    unavailableSeconds: unavailableSeconds(spans),
    result,
    cause: last && (result === 'failed' || result === 'waiting') ? causeOf(last) : '',
    spans,
  };
}

function imagesOf(track: Track): Pick<ComponentRow, 'oldImage' | 'newImage'> {
  const components = componentsOf(track);
  const newest = components.findLast((component) => component.templateImage !== '');
  return { oldImage: track.existedAtStart ? oldestImage(components[0]) : null, newImage: newest?.templateImage ?? '' };
}

function countsOf(component: Component | null): Pick<ComponentRow, 'desired' | 'ready' | 'terminating'> {
  if (!component) return { desired: 0, ready: 0, terminating: 0 };
  const { desired, ready, terminating } = component;
  return { desired, ready, terminating };
}

/** The sum over the existing pods decreases when a pod is removed, so only increases are counted. */
function countRestarts(components: readonly Component[]): number {
  return components.reduce(
    (sum, component, at) =>
      sum + Math.max(0, component.restarts - (components[at - 1]?.restarts ?? component.restarts)),
    0,
  );
}

/**
 * The same problem of many pods is listed once; the condition of the Deployment comes last, because it contains no
 * reason.
 */
function causeOf(component: Component): string {
  const troubles = new Map<string, string[]>();
  for (const { pod, reason, message } of component.waiting) {
    const trouble = [reason, message].filter(Boolean).join(': ');
    troubles.set(trouble, [...(troubles.get(trouble) ?? []), pod]);
  }
  const reported = [...troubles]
    .slice(0, 3)
    .map(([trouble, pods]) => `${trouble} (${pods[0]}${pods.length > 1 ? ` and ${pods.length - 1} more` : ''})`);
  const parts = [
    ...reported,
    ...(component.failure ? [component.failure] : []),
    ...(component.paused ? ['paused'] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : describeComponent(component);
}

function byRole(a: ComponentRow, b: ComponentRow): number {
  const [first, second] = [a, b].map(({ role }) =>
    ROLE_ORDER.includes(role) ? ROLE_ORDER.indexOf(role) : ROLE_ORDER.length,
  ) as [number, number];
  return first - second || compareTexts(a.role, b.role) || compareTexts(a.deployment, b.deployment);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
