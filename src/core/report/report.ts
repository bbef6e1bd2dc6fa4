// The report of a run, as plain JSON that docs/report-schema.json describes.
import type { PlatformName } from '../config/config.js';
import type { Subject } from '../config/subject.js';
import type { MigrationJob } from '../migration/observation.js';
import type { Cause } from '../model/cause.js';
import type { CheckResult } from '../model/check-result.js';
import type { Problem } from '../model/error.js';
import type { Outcome } from '../model/event.js';
import type { Evidence } from '../model/evidence.js';
import type { ManifestChange } from '../model/preflight.js';
import type { MessageQueue, Metastore, Topology } from '../model/shared-observation.js';
import type { PlannedStrategy } from '../model/step.js';
import type { ComponentRow } from './components.js';
import type { ReportedPlan, ReportedStep } from './plan.js';

/** Times are ISO 8601 in UTC, durations are seconds, versions have the form `2.6.15`. Null means never observed. */
export interface Report {
  readonly schemaVersion: 2;
  readonly outcome: Outcome;
  readonly platform: PlatformName;
  /** The Helm release, or the Docker Compose project. */
  readonly release: string;
  /** Empty for a Docker Compose project. */
  readonly namespace: string;
  readonly operation: string;
  /** Oldest running version in the first observation. */
  readonly fromVersion: string | null;
  /** The requested version, reached or not. */
  readonly toVersion: string;
  /** Every running version in the last observation, oldest first. */
  readonly runningVersions: readonly string[];
  readonly strategy: PlannedStrategy | null;
  readonly chart: { readonly from: string; readonly to: string; readonly why: string } | null;
  readonly image: string | null;
  /** True if at least one change was requested from the cluster, accepted or not. */
  readonly changed: boolean;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly tookSeconds: number;
  readonly topology: Topology | null;
  readonly messageQueue: MessageQueue | null;
  readonly metastore: Metastore | null;
  readonly etcd: { readonly endpoints: readonly string[]; readonly rootPath: string } | null;
  readonly plan: ReportedPlan | null;
  readonly failedChecks: readonly CheckResult[];
  /** The error that ended the run early. */
  readonly problem: Problem | null;
  /** The preflight: its checks, and what the upgrade changes. */
  readonly checks: readonly CheckResult[];
  readonly changes: readonly ManifestChange[];
  /** Every cause that was found, in its last reported state. */
  readonly causes: readonly Cause[];
  readonly evidence: Evidence | null;
  /** Every run of the migration tool, in its last observed state. */
  readonly jobs: readonly MigrationJob[];
  /** Path of the metadata backup on the runner; null if there is none. */
  readonly backup: string | null;
  /** The rollback plan, completed or started; null if the run did not roll back. */
  readonly rollback: ReportedPlan | null;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly steps: readonly ReportedStep[];
  readonly components: readonly ComponentRow[];
}

/** What the events do not contain, from the inputs. */
export interface ReportSubject extends Subject {
  readonly targetVersion: string;
  readonly operation: string;
}
