// The result of each Deployment, from its events. Reads no clock: every time is the time of an event.
import { followComponents, type Sample, type Track } from '../model/component-tracks.js';
import type { Event } from '../model/event.js';
import { MILVUS_ROLES } from '../knowledge/roles.js';
import { describeComponent, isAtZero, isPaused, isSettled, type Component } from '../model/component.js';
import { secondsBetween } from './plan.js';
import { readSpans, unavailableSeconds, type Span } from './spans.js';
import { compareVersions, parseImage } from '../model/version.js';

/**
 * `waiting`: not ready when the run ended, without a failure of its own. `unchanged`: ready, and not changed by the
 * run. `rolled-back`: changed, and then running the old image again. `stopped`: 0 replicas.
 */
export type RowResult = 'upgraded' | 'rolled-back' | 'unchanged' | 'stopped' | 'waiting' | 'failed' | 'removed';

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

interface RunTimes {
  /** When the first change was requested; null if none was. */
  readonly beganAt: string | null;
  readonly endedAt: string;
  readonly rolledBack: boolean;
  /** Deployments with a certain cause. */
  readonly stalled: ReadonlySet<string>;
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
    restarts: { duringRun: countRises(componentsOf(track)), total: last?.restarts ?? 0 },
    tookSeconds:
      result === 'upgraded' || result === 'rolled-back' || result === 'removed' ? tookSeconds(track, run) : null,
    unavailableSeconds: unavailableSeconds(spans),
    result,
    cause: last && (result === 'failed' || result === 'waiting') ? causeOf(last) : '',
    spans,
  };
}

function componentsOf({ samples }: Track): Component[] {
  return samples.map((sample) => sample.component).filter((component) => component !== null);
}

function imagesOf(track: Track): Pick<ComponentRow, 'oldImage' | 'newImage'> {
  const observation = componentsOf(track);
  const newest = observation.findLast((component) => component.templateImage !== '');
  return { oldImage: track.thereFromStart ? oldestImage(observation[0]) : null, newImage: newest?.templateImage ?? '' };
}

function countsOf(component: Component | null): Pick<ComponentRow, 'desired' | 'ready' | 'terminating'> {
  if (!component) return { desired: 0, ready: 0, terminating: 0 };
  const { desired, ready, terminating } = component;
  return { desired, ready, terminating };
}

function lastOf({ samples }: Track): Component | null {
  return samples.at(-1)?.component ?? null;
}

/**
 * The running image is that of the pods, or that of the template if there are no pods. Tags without a version keep the
 * order of the pods.
 */
function oldestImage(component: Component | undefined): string {
  const [oldest] = [...(component?.podImages ?? [])].sort(byVersion);
  return oldest ?? component?.templateImage ?? '';
}

function byVersion(a: string, b: string): number {
  const [first, second] = [parseImage(a).version, parseImage(b).version];
  return first && second ? compareVersions(first, second) : 0;
}

function resultOf(track: Track, last: Component | null, run: RunTimes): RowResult {
  if (!last || last.templateImage === '') return 'removed';
  if (!isSettled(last)) return last.failure === '' && !run.stalled.has(track.deployment) ? 'waiting' : 'failed';
  if (isAtZero(last)) return 'stopped';
  if (!hasRolled(track) || tookSeconds(track, run) === null) return 'unchanged';
  return run.rolledBack ? 'rolled-back' : 'upgraded';
}

/** A pod that was lost and replaced is not a rollout: neither the template nor the count of updated pods changed. */
function hasRolled(track: Track): boolean {
  const observation = componentsOf(track);
  const [first] = observation;
  const moves = (component: Component): boolean =>
    !component.settledSpec || component.updated < component.desired || component.outdated > 0;
  return (
    !track.thereFromStart ||
    observation.some((component) => moves(component) || component.templateImage !== first?.templateImage) ||
    oldestImage(first) !== first?.templateImage
  );
}

function tookSeconds(track: Track, { beganAt }: RunTimes): number | null {
  const { samples, thereFromStart } = track;
  const last = lastOf(track);
  const rests = ({ component }: Sample, settledSpec?: true): boolean =>
    last
      ? component !== null &&
        isSettled({ ...component, ...(settledSpec && { settledSpec }) }) &&
        component.templateImage === last.templateImage
      : !component;
  const first = samples.findIndex((sample) => rests(sample));
  // After the rollout, a spec that the controller has not observed yet is not a change of pods: a rolling upgrade
  // restores settings at its end.
  const before = samples.findLastIndex((sample, at) => !rests(sample, first >= 0 && at > first ? true : undefined));
  const settled = samples[before + 1];
  const cameToRest = before >= 0 || !thereFromStart;
  const from = settled && beganAt ? turnOf(samples, beganAt, settled.at) : null;
  return settled && from && cameToRest && settled.at > from ? secondsBetween(from, settled.at) : null;
}

/** When a Deployment began to change: with the request, or, if a rolling upgrade had paused it, when its turn began. */
function turnOf(samples: readonly Sample[], beganAt: string, until: string): string {
  const lastHeld = samples.findLastIndex(
    ({ at, component }) => at < until && component !== null && isPaused(component),
  );
  const turn = lastHeld < 0 ? undefined : samples[lastHeld + 1]?.at;
  return turn !== undefined && turn > beganAt ? turn : beganAt;
}

/** The sum over the existing pods decreases when a pod is removed, so only increases are counted. */
function countRises(observation: readonly Component[]): number {
  return observation.reduce(
    (sum, component, at) =>
      sum + Math.max(0, component.restarts - (observation[at - 1]?.restarts ?? component.restarts)),
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
