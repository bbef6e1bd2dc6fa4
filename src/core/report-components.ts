// What became of each Deployment, from the events that tell of it. Knows no clock: every time is one of an event.
import { followComponents, type Sample, type Track } from './component-tracks.js';
import type { Event } from './events.js';
import { MILVUS_ROLES } from './knowledge/roles.js';
import { describeComponent, isAtZero, isPaused, isSettled, type Component } from './component.js';
import { secondsBetween } from './report-plan.js';
import { readSpans, unavailableSeconds, type Span } from './report-spans.js';
import { compareVersions, parseImage } from './version.js';

/** `waiting`: not settled when the run ended, without a failure of its own. `unchanged` ones were left alone and are settled; `rolled-back` ones moved, and then ran the old image again. `stopped` ones have 0 replicas: nothing of them runs. */
export type RowResult = 'upgraded' | 'rolled-back' | 'unchanged' | 'stopped' | 'waiting' | 'failed' | 'removed';

export interface ComponentRow {
  readonly role: string;
  /** Empty when only pods of a Deployment that was removed before the first look were seen. */
  readonly deployment: string;
  /** Oldest image that its pods ran when it was first seen; null when the Deployment came during the run. */
  readonly oldImage: string | null;
  /** Image that its template asked for when it was last seen. */
  readonly newImage: string;
  readonly desired: number;
  readonly ready: number;
  readonly terminating: number;
  /** Restarts that were seen during the run, and those that the pods that are left count, earlier ones included. */
  readonly restarts: { readonly duringRun: number; readonly total: number };
  /** From the first request of the run until it was settled for good; null when it did not change or is not settled. */
  readonly tookSeconds: number | null;
  /** Time after the first request in which pods were wanted and none was ready. */
  readonly unavailableSeconds: number;
  readonly result: RowResult;
  /** Why it is not settled; empty when it is. */
  readonly cause: string;
  /** Parted in time, in order. */
  readonly spans: readonly Span[];
}

/** Coordinators before nodes before the proxy, as they start; roles that are not named here come last. */
const ROLE_ORDER: readonly string[] = MILVUS_ROLES;

/** One row for each Deployment ever seen, in the order a person expects: coordinators, nodes, proxy, standalone, others. */
export function readComponentRows(events: readonly Event[]): ComponentRow[] {
  const wentBack = events.some((event) => event.type === 'rollback-started');
  const run = { beganAt: changeBegan(events), endedAt: events.at(-1)?.at ?? '', wentBack, stuck: stuckDeployments(events) };
  return followComponents(events)
    .map((track) => readRow(track, run))
    .sort(byRole);
}

interface RunTimes {
  /** When the cluster was first asked for a change; null when it never was. */
  readonly beganAt: string | null;
  readonly endedAt: string;
  readonly wentBack: boolean;
  /** Deployments with a certain cause. */
  readonly stuck: ReadonlySet<string>;
}

function stuckDeployments(events: readonly Event[]): ReadonlySet<string> {
  return new Set(events.flatMap((event) => (event.type === 'cause-found' && event.cause.certain ? [event.cause.deployment] : [])));
}

/** A run that goes on with what an earlier one asked for has no request of its own: its first step counts. */
function changeBegan(events: readonly Event[]): string | null {
  const requested = events.find((event) => event.type === 'step-applied') ?? events.find((event) => event.type === 'step-started');
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
    tookSeconds: result === 'upgraded' || result === 'rolled-back' || result === 'removed' ? tookSeconds(track, run) : null,
    unavailableSeconds: unavailableSeconds(spans),
    result,
    cause: last && (result === 'failed' || result === 'waiting') ? causeOf(last) : '',
    spans,
  };
}

function componentsOf({ samples }: Track): Component[] {
  return samples.map((each) => each.component).filter((each) => each !== null);
}

function imagesOf(track: Track): Pick<ComponentRow, 'oldImage' | 'newImage'> {
  const observation = componentsOf(track);
  const newest = observation.findLast((each) => each.templateImage !== '');
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

/** The pods tell what runs; a Deployment without pods is known by its template. Tags without a version keep the order of the pods. */
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
  if (!isSettled(last)) return last.failure === '' && !run.stuck.has(track.deployment) ? 'waiting' : 'failed';
  if (isAtZero(last)) return 'stopped';
  if (!hasRolled(track) || tookSeconds(track, run) === null) return 'unchanged';
  return run.wentBack ? 'rolled-back' : 'upgraded';
}

/** A pod that was lost and came back is no rollout: its template stayed, and so did the count of updated pods. */
function hasRolled(track: Track): boolean {
  const observation = componentsOf(track);
  const [first] = observation;
  const moves = (each: Component): boolean => !each.settledSpec || each.updated < each.desired || each.outdated > 0;
  return (
    !track.thereFromStart ||
    observation.some((each) => moves(each) || each.templateImage !== first?.templateImage) ||
    oldestImage(first) !== first?.templateImage
  );
}

function tookSeconds(track: Track, { beganAt }: RunTimes): number | null {
  const { samples, thereFromStart } = track;
  const last = lastOf(track);
  const rests = ({ component }: Sample, settledSpec?: true): boolean =>
    last
      ? component !== null && isSettled({ ...component, ...(settledSpec && { settledSpec }) }) && component.templateImage === last.templateImage
      : !component;
  const first = samples.findIndex((sample) => rests(sample));
  // Once it was at rest, a spec that the controller has yet to read is no change of pods: a rolling upgrade restores settings at its end.
  const before = samples.findLastIndex((sample, at) => !rests(sample, first >= 0 && at > first ? true : undefined));
  const settled = samples[before + 1];
  const cameToRest = before >= 0 || !thereFromStart;
  const from = settled && beganAt ? turnOf(samples, beganAt, settled.at) : null;
  return settled && from && cameToRest && settled.at > from ? secondsBetween(from, settled.at) : null;
}

/** When a Deployment began to change: as soon as it was asked for, or, held by a rolling upgrade, when its turn came. */
function turnOf(samples: readonly Sample[], beganAt: string, until: string): string {
  const lastHeld = samples.findLastIndex(({ at, component }) => at < until && component !== null && isPaused(component));
  const turn = lastHeld < 0 ? undefined : samples[lastHeld + 1]?.at;
  return turn !== undefined && turn > beganAt ? turn : beganAt;
}

/** The sum over the pods that live falls when a pod goes, so only what it rose by is counted. */
function countRises(observation: readonly Component[]): number {
  return observation.reduce((sum, each, at) => sum + Math.max(0, each.restarts - (observation[at - 1]?.restarts ?? each.restarts)), 0);
}

/** Many pods with one trouble are told once; what the Deployment itself says comes last, since it names no reason. */
function causeOf(component: Component): string {
  const troubles = new Map<string, string[]>();
  for (const { pod, reason, message } of component.waiting) {
    const trouble = [reason, message].filter(Boolean).join(': ');
    troubles.set(trouble, [...(troubles.get(trouble) ?? []), pod]);
  }
  const told = [...troubles].slice(0, 3).map(([trouble, pods]) => `${trouble} (${pods[0]}${pods.length > 1 ? ` and ${pods.length - 1} more` : ''})`);
  const words = [...told, ...(component.failure ? [component.failure] : []), ...(component.paused ? ['paused'] : [])];
  return words.length > 0 ? words.join('; ') : describeComponent(component);
}

function byRole(a: ComponentRow, b: ComponentRow): number {
  const [first, second] = [a, b].map(({ role }) => (ROLE_ORDER.includes(role) ? ROLE_ORDER.indexOf(role) : ROLE_ORDER.length)) as [number, number];
  return first - second || compareTexts(a.role, b.role) || compareTexts(a.deployment, b.deployment);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
