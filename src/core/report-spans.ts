// What a Deployment was busy with, and when: the ground of the timeline and of the time in which it could not serve.
import type { Sample } from './component-tracks.js';
import { isPaused, isSettled, type Component } from './component.js';

/** What a Deployment was busy with. `unavailable`: no pod ready, stopped for a migration or not; `draining`: only old pods on their way out are left; `rolling`: anything else unsettled, but not one that is held and serves until its turn. */
export type SpanState = 'rolling' | 'draining' | 'unavailable';

export interface Span {
  readonly state: SpanState;
  readonly from: string;
  readonly to: string;
}

/** The unsettled stretches between two times, in order; neighbours of one state are one. */
export function readSpans(samples: readonly Sample[], beganAt: string, endedAt: string): Span[] {
  const meantToRun = isMeantToRun(samples);
  const stretches = samples.flatMap(({ at, component }, index) => {
    const state = meantToRun && component && isStopped(component) ? 'unavailable' : component && spanState(component);
    return state ? [{ state, from: at > beganAt ? at : beganAt, to: samples[index + 1]?.at ?? endedAt }] : [];
  });
  return stretches.filter(({ from, to }) => from < to).reduce<Span[]>(joinSpans, []);
}

/** It has pods at some time, and is not one that the upgrade takes away. */
function isMeantToRun(samples: readonly Sample[]): boolean {
  const last = samples.at(-1)?.component ?? null;
  return last !== null && last.templateImage !== '' && samples.some(({ component }) => component !== null && component.desired > 0);
}

/** Pods that have left their Deployment come without one, and say nothing of it. */
function isStopped({ templateImage, desired, ready }: Component): boolean {
  return templateImage !== '' && desired === 0 && ready === 0;
}

function joinSpans(joined: readonly Span[], next: Span): Span[] {
  const previous = joined.at(-1);
  return previous?.state === next.state && previous.to === next.from ? [...joined.slice(0, -1), { ...previous, to: next.to }] : [...joined, next];
}

function spanState(component: Component): SpanState | null {
  if (isSettled(component)) return null;
  if (component.ready === 0 && component.desired > 0) return 'unavailable';
  if (isPaused(component)) return null;
  return isSettled({ ...component, terminating: 0 }) ? 'draining' : 'rolling';
}

/** Time in which no pod was ready of what is meant to run. */
export function unavailableSeconds(spans: readonly Span[]): number {
  const milliseconds = spans.filter((each) => each.state === 'unavailable').map(({ from, to }) => Date.parse(to) - Date.parse(from));
  return milliseconds.reduce((sum, each) => sum + each, 0) / 1000;
}
