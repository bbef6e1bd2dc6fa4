// Every event of a run. The log, the summary, the outputs and the report are all derived from this list.
import type { Cause } from './cause.js';
import type { Problem } from './error.js';
import type { DataResult } from '../data/result.js';
import type { ProbedWrite, QueryCount } from '../data/write-probe.js';
import type { Evidence } from './evidence.js';
import type { HopPosition, PlannedHop } from '../hops/hop.js';
import type { MigrationJob } from '../migration/observation.js';
import type { ManifestChange } from './preflight.js';
import type { Component } from './component.js';
import type { Observation } from './observation.js';
import type { Plan, Step } from './step.js';
import type { CheckResult } from './check-result.js';

export type Outcome = 'succeeded' | 'unchanged' | 'planned' | 'refused' | 'failed' | 'rolled-back' | 'cancelled';

/** A phase of the run, shown as one group in the log. */
export type Phase = 'inputs' | 'observe' | 'plan' | 'run' | 'result';

/** `at` is the time of the event, ISO 8601 in UTC. */
export type Event = { readonly at: string } & (
  | { readonly type: 'phase-started'; readonly phase: Phase }
  | { readonly type: 'observed'; readonly observation: Observation }
  | { readonly type: 'noted'; readonly message: string }
  /** A state that an interrupted run had left was corrected, outside the plan. */
  | { readonly type: 'release-unlocked'; readonly message: string }
  | { readonly type: 'warned'; readonly message: string }
  | {
      readonly type: 'command-ran';
      readonly command: readonly string[];
      readonly exitCode: number;
      readonly seconds: number;
    }
  | { readonly type: 'plan-created'; readonly plan: Plan }
  | { readonly type: 'plan-refused'; readonly plan: Plan | null; readonly failedChecks: readonly CheckResult[] }
  /** A run of several upgrades: every hop with its plan, before the first change. */
  | { readonly type: 'path-planned'; readonly hops: readonly PlannedHop[] }
  | { readonly type: 'hop-started'; readonly position: HopPosition }
  | { readonly type: 'hop-completed'; readonly position: HopPosition; readonly tookSeconds: number }
  | { readonly type: 'step-started'; readonly step: Step }
  | { readonly type: 'step-skipped'; readonly step: Step }
  /** Emitted before the request: from here on the cluster may be changed. */
  | { readonly type: 'step-applied'; readonly step: Step }
  | { readonly type: 'step-waiting'; readonly step: Step; readonly waitingFor: string; readonly sinceSeconds: number }
  /** Another step runs first, because this one may depend on it. */
  | { readonly type: 'step-deferred'; readonly step: Step; readonly reason: string }
  | { readonly type: 'step-completed'; readonly step: Step; readonly tookSeconds: number }
  /** The preflight: the checks before anything is changed, and what the upgrade will change. */
  | { readonly type: 'checked'; readonly checks: readonly CheckResult[]; readonly changes: readonly ManifestChange[] }
  /** A cause was found for the first time, or has become certain. */
  | { readonly type: 'cause-found'; readonly cause: Cause }
  /**
   * Pods, events and logs of what failed were saved, before anything is rolled back. `head` has the most relevant
   * lines.
   */
  | ({ readonly type: 'evidence-saved' } & Evidence)
  | { readonly type: 'rollback-started'; readonly plan: Plan; readonly reason: Problem }
  | { readonly type: 'component-changed'; readonly component: Component }
  /** A run of the migration tool started or ended, or its backup was verified. */
  | { readonly type: 'job-changed'; readonly job: MigrationJob }
  /** The backup of the metadata was also copied to the runner. */
  | { readonly type: 'backup-copied'; readonly path: string }
  /** An inventory of the data was saved on the runner. */
  | { readonly type: 'inventory-saved'; readonly path: string }
  /** The data was compared with an earlier inventory, or could not be compared. */
  | { readonly type: 'data-compared'; readonly data: DataResult }
  /** The write probe has written, found and dropped its rows. */
  | { readonly type: 'write-probed'; readonly write: ProbedWrite }
  /** The end of the queries that were sent during the run. */
  | { readonly type: 'queries-counted'; readonly queries: QueryCount }
  | { readonly type: 'failed'; readonly problem: Problem }
  | { readonly type: 'ended'; readonly outcome: Outcome }
);

export type EventType = Event['type'];

/** An event without its time. */
export type EventDraft = Event extends infer Each ? (Each extends Event ? Omit<Each, 'at'> : never) : never;

/** Emits an event: adds the time and passes it to every subscriber. */
export type Emit = (draft: EventDraft) => void;
