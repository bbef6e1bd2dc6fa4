// The result of one Deployment and the time that its rollout took, from its samples. Pure.
import type { Sample, Track } from '../model/component-tracks.js';
import { isSettled, isPaused, isAtZero, type Component } from '../model/component.js';
import { secondsBetween } from './plan.js';
import { parseImage, compareVersions } from '../model/version.js';

/**
 * `waiting`: not ready when the run ended, without a failure of its own. `unchanged`: ready, and not changed by the
 * run. `rolled-back`: changed, and then running the old image again. `stopped`: 0 replicas.
 */
export type RowResult = 'upgraded' | 'rolled-back' | 'unchanged' | 'stopped' | 'waiting' | 'failed' | 'removed';

export interface RunTimes {
  /** When the first change was requested; null if none was. */
  readonly beganAt: string | null;
  readonly endedAt: string;
  readonly rolledBack: boolean;
  /** Deployments with a certain cause. */
  readonly stalled: ReadonlySet<string>;
}

export function componentsOf({ samples }: Track): Component[] {
  return samples.map((sample) => sample.component).filter((component) => component !== null);
}

export function lastOf({ samples }: Track): Component | null {
  return samples.at(-1)?.component ?? null;
}

/**
 * The running image is that of the pods, or that of the template if there are no pods. Tags without a version keep the
 * order of the pods.
 */
export function oldestImage(component: Component | undefined): string {
  const [oldest] = [...(component?.podImages ?? [])].sort(byVersion);
  return oldest ?? component?.templateImage ?? '';
}

function byVersion(a: string, b: string): number {
  const [first, second] = [parseImage(a).version, parseImage(b).version];
  return first && second ? compareVersions(first, second) : 0;
}

export function resultOf(track: Track, last: Component | null, run: RunTimes): RowResult {
  if (!last || last.templateImage === '') return 'removed';
  if (!isSettled(last)) return last.failure === '' && !run.stalled.has(track.deployment) ? 'waiting' : 'failed';
  if (isAtZero(last)) return 'stopped';
  if (!hasRolled(track) || tookSeconds(track, run) === null) return 'unchanged';
  return run.rolledBack ? 'rolled-back' : 'upgraded';
}

/** A pod that was lost and replaced is not a rollout: neither the template nor the count of updated pods changed. */
function hasRolled(track: Track): boolean {
  const components = componentsOf(track);
  const [first] = components;
  const moves = (component: Component): boolean =>
    !component.settledSpec || component.updated < component.desired || component.outdated > 0;
  return (
    !track.existedAtStart ||
    components.some((component) => moves(component) || component.templateImage !== first?.templateImage) ||
    oldestImage(first) !== first?.templateImage
  );
}

export function tookSeconds(track: Track, { beganAt }: RunTimes): number | null {
  const { samples, existedAtStart } = track;
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
  const cameToRest = before >= 0 || !existedAtStart;
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
