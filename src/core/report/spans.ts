// The states of a Deployment over time: the basis of the timeline and of the downtime.
import type { Sample } from '../model/component-tracks.js';
import { isPaused, isSettled, type Component } from '../model/component.js';

/**
 * State of a Deployment. `unavailable`: no pod is ready, also while stopped for a migration; `draining`: only
 * terminating old pods are left; `rolling`: not ready in any other form, except a paused Deployment that serves until
 * its turn.
 */
export type SpanState = 'rolling' | 'draining' | 'unavailable';

export interface Span {
  readonly state: SpanState;
  readonly from: string;
  readonly to: string;
}

/**
 * The spans in which the Deployment was not ready between two times, in order; adjacent spans of one state are merged.
 */
export function readSpans(samples: readonly Sample[], beganAt: string, endedAt: string): Span[] {
  const meantToRun = isMeantToRun(samples);
  const stretches = samples.flatMap(({ at, component }, index) => {
    const state = meantToRun && component && isStopped(component) ? 'unavailable' : component && spanState(component);
    return state ? [{ state, from: at > beganAt ? at : beganAt, to: samples[index + 1]?.at ?? endedAt }] : [];
  });
  return stretches.filter(({ from, to }) => from < to).reduce<Span[]>(joinSpans, []);
}

/** True if it has pods at some time, and the upgrade does not remove it. */
function isMeantToRun(samples: readonly Sample[]): boolean {
  const last = samples.at(-1)?.component ?? null;
  return (
    last !== null &&
    last.templateImage !== '' &&
    samples.some(({ component }) => component !== null && component.desired > 0)
  );
}

/** Pods of a removed Deployment are reported without a template and do not count as stopped. */
function isStopped({ templateImage, desired, ready }: Component): boolean {
  return templateImage !== '' && desired === 0 && ready === 0;
}

function joinSpans(joined: readonly Span[], next: Span): Span[] {
  const previous = joined.at(-1);
  return previous?.state === next.state && previous.to === next.from
    ? [...joined.slice(0, -1), { ...previous, to: next.to }]
    : [...joined, next];
}

function spanState(component: Component): SpanState | null {
  if (isSettled(component)) return null;
  if (component.ready === 0 && component.desired > 0) return 'unavailable';
  if (isPaused(component)) return null;
  return isSettled({ ...component, terminating: 0 }) ? 'draining' : 'rolling';
}

/** Time in which no pod was ready although the Deployment is meant to run. */
export function unavailableSeconds(spans: readonly Span[]): number {
  const milliseconds = spans
    .filter((span) => span.state === 'unavailable')
    .map(({ from, to }) => Date.parse(to) - Date.parse(from));
  return milliseconds.reduce((sum, value) => sum + value, 0) / 1000;
}
