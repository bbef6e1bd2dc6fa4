// The report of a run, as plain JSON that docs/report-schema.json describes: it is generated from the type `Report`,
// and a docstring is the description of a field.
import type { PlatformName } from '../config/config.js';
import type { Subject } from '../config/subject.js';
import type { DataResult } from '../data/result.js';
import type { WriteProbeResult } from '../data/write-probe.js';
import type { MigrationJob } from '../migration/observation.js';
import type { Cause } from '../model/cause.js';
import type { CheckResult } from '../model/check-result.js';
import type { Problem } from '../model/error.js';
import type { Outcome } from '../model/event.js';
import type { Evidence } from '../model/evidence.js';
import type { ManifestChange } from '../model/preflight.js';
import type { MessageQueue, Metastore, Topology } from '../model/shared-observation.js';
import type { PlannedStrategy } from '../model/shared-plan.js';
import type { ComponentRow } from './components.js';
import type { HopRow } from './hops.js';
import type { ReportedPlan, ReportedStep } from './plan.js';

/**
 * The report of a run: written to `report-path` after every run, including failed ones. Times are ISO 8601 in UTC,
 * durations are seconds, versions have the form `2.6.15`. Null means never observed. A change that readers would notice
 * raises `schemaVersion`.
 */
export interface Report {
  readonly schemaVersion: 2;
  /** The outcome of the run. An interrupted run is cancelled. */
  readonly outcome: Outcome;
  /** The platform that Milvus is installed with. */
  readonly platform: PlatformName;
  /** Name of the Helm release, or of the Docker Compose project. */
  readonly release: string;
  /** Kubernetes namespace of the release; empty for a Docker Compose project. */
  readonly namespace: string;
  /** The value of the input operation. */
  readonly operation: string;
  /** Oldest running Milvus version in the first observation; null if no image tag contains one. */
  readonly fromVersion: string | null;
  /** Requested Milvus version, reached or not. */
  readonly toVersion: string;
  /**
   * Every running Milvus version in the last observation, oldest first. More than one means an incomplete upgrade.
   */
  readonly runningVersions: readonly string[];
  /** The strategy of the plan; null if no plan could be made. */
  readonly strategy: Exclude<PlannedStrategy, 'helm-rollback'> | null;
  /**
   * The chart before and after, and why it was selected; null if no plan could be made, and for a Docker Compose
   * project.
   */
  readonly chart: { readonly from: string; readonly to: string; readonly why: string } | null;
  /**
   * Full reference of the Milvus image of the plan; for a Docker Compose project whose services have different images,
   * several references separated by commas.
   */
  readonly image: string | null;
  /** True if at least one change of the cluster or the project was requested, accepted or not. */
  readonly changed: boolean;
  /** Time of the first event; empty if there was none. */
  readonly startedAt: string;
  /** Time of the last event. */
  readonly endedAt: string;
  /**
   * Duration of the whole run.
   *
   * @minimum 0
   */
  readonly tookSeconds: number;
  /** The topology of the Milvus components. */
  readonly topology: Topology | null;
  readonly messageQueue: MessageQueue | null;
  readonly metastore: Metastore | null;
  /** Where Milvus stores its metadata. */
  readonly etcd: { readonly endpoints: readonly string[]; readonly rootPath: string } | null;
  /**
   * The hops of a run of several upgrades, each with its plan and what happened in it; empty for a run of one upgrade.
   */
  readonly hops: readonly HopRow[];
  /** The plan that was run or shown, of several hops the newest one; null if none could be made. */
  readonly plan: ReportedPlan | null;
  /** Every failed check. */
  readonly failedChecks: readonly CheckResult[];
  /** The error that ended the run early. Each code has a heading in docs/errors.md. */
  readonly problem: Problem | null;
  /** The preflight. */
  readonly checks: readonly CheckResult[];
  /** What the upgrade changes in the manifest of the release, or in the files of the project. */
  readonly changes: readonly ManifestChange[];
  /** Every cause that was found, in its last reported state. */
  readonly causes: readonly Cause[];
  /** The saved diagnostics: pods, events and logs of a failure. */
  readonly evidence: Evidence | null;
  /** Every run of the Milvus migration tool, in its last observed state. */
  readonly jobs: readonly MigrationJob[];
  /** Path of the metadata backup on the runner; for a Docker Compose project in its state directory. */
  readonly backup: string | null;
  /** Whether the data is the same as before; null if it was not requested, or not reached. */
  readonly data: DataResult | null;
  /** Path of the saved inventory of the data before the first change, or of the one that `verify` took. */
  readonly inventory: string | null;
  /** What the write probe has measured; null if it was not requested, or not reached. */
  readonly writeProbe: WriteProbeResult | null;
  /**
   * The rollback plan after a failure, completed or started; null if the run did not roll back. Its steps are included
   * in steps.
   */
  readonly rollback: ReportedPlan | null;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** The steps that started or were skipped, in order. Other steps of the plan were never reached. */
  readonly steps: readonly ReportedStep[];
  /**
   * One row for each Milvus Deployment, or service of a Docker Compose project, that was ever observed: coordinators,
   * nodes, proxy, standalone, others. The pods of a service are its containers.
   */
  readonly components: readonly ComponentRow[];
}

/** What the events do not contain, from the inputs. */
export interface ReportSubject extends Subject {
  readonly targetVersion: string;
  readonly operation: string;
}
