// What became of a run: one fold over its events, as plain JSON that docs/report-schema.json describes. Knows no clock and no format of output.
import type { Problem } from './errors.js';
import type { Event, Outcome } from './events.js';
import type { MessageQueue, Metastore, Topology } from './observation.js';
import type { Check, Refusal } from './refusal.js';
import { readComponentRows, type ComponentRow } from './report-components.js';
import { readPlan, readSteps, type ReportedPlan, type ReportedStep } from './report-plan.js';
import type { PlannedStrategy } from './steps.js';

/** Times are ISO 8601 in UTC, durations are seconds, versions are written as `2.6.15`. Null stands for what was never seen. */
export interface Report {
  readonly schemaVersion: 1;
  readonly outcome: Outcome;
  readonly release: string;
  readonly namespace: string;
  readonly operation: string;
  /** Oldest version that ran when the run first looked. */
  readonly fromVersion: string | null;
  /** The version that was asked for, reached or not. */
  readonly toVersion: string;
  /** Every version that ran when the run last looked, oldest first. */
  readonly runningVersions: readonly string[];
  readonly strategy: PlannedStrategy | null;
  readonly chart: { readonly from: string; readonly to: string; readonly why: string } | null;
  readonly image: string | null;
  /** True when at least one change was asked of the cluster, accepted or not. */
  readonly changed: boolean;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly tookSeconds: number;
  readonly topology: Topology | null;
  readonly messageQueue: MessageQueue | null;
  readonly metastore: Metastore | null;
  readonly etcd: { readonly endpoints: readonly string[]; readonly rootPath: string } | null;
  readonly plan: ReportedPlan | null;
  readonly refusals: readonly Refusal[];
  /** What ended the run before its goal. */
  readonly problem: Problem | null;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly steps: readonly ReportedStep[];
  readonly components: readonly ComponentRow[];
}

/** What the events do not tell, from the inputs as they were written. */
export interface ReportSubject {
  readonly release: string;
  readonly namespace: string;
  readonly targetVersion: string;
  readonly operation: string;
}
