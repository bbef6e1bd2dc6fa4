// The report of a run: one fold over its events, as plain JSON that docs/report-schema.json describes: it is
// generated from the type `Report`, and a docstring is the description of a field. Reads no clock
// and knows no output format.
import { newestComponents } from '../model/component-tracks.js';
import { causeKey, type Cause } from '../model/cause.js';
import type { Problem } from '../model/error.js';
import type { Evidence } from '../model/evidence.js';
import type { Event, Outcome } from '../model/event.js';
import type { MigrationJob } from '../migration/observation.js';
import { nameJob } from '../migration/job-changes.js';
import {
  runningVersion,
  runningVersions,
  type MessageQueue,
  type Metastore,
  type Topology,
} from '../model/observation.js';
import type { PlatformName } from './labels.js';
import type { ManifestChange } from '../model/preflight.js';
import type { CheckResult } from '../model/check-result.js';
import { readComponentRows, type ComponentRow } from './components.js';
import { readPlan, readRollback, readSteps, secondsBetween, type ReportedPlan, type ReportedStep } from './plan.js';
import type { PlannedStrategy } from '../model/step.js';
import { formatVersion } from '../model/version.js';

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
  /** The plan that was run or shown; null if none could be made. */
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
export interface ReportSubject {
  readonly platform: PlatformName;
  readonly release: string;
  readonly namespace: string;
  readonly targetVersion: string;
  readonly operation: string;
}

/**
 * Builds the report from the events of a run, finished or not. A run without an end was interrupted: it counts as
 * failed if a failure was reported, else as cancelled.
 */
export function readReport(events: readonly Event[], about: ReportSubject): Report {
  return {
    schemaVersion: 2,
    outcome: outcomeOf(events),
    platform: about.platform,
    release: projectName(events) || about.release,
    namespace: about.namespace,
    operation: about.operation,
    toVersion: about.targetVersion || (readPlan(events)?.to ?? ''),
    changed: events.some((event) => event.type === 'step-applied' || event.type === 'release-unlocked'),
    ...readTimes(events),
    ...readSnapshot(events),
    ...readDecision(events),
    problem: events.flatMap((event) => (event.type === 'failed' ? [event.problem] : [])).at(0) ?? null,
    ...readFindings(events),
    jobs: readJobs(events),
    backup: events.flatMap((event) => (event.type === 'backup-copied' ? [event.path] : [])).at(-1) ?? null,
    rollback: readRollback(events),
    notes: events.flatMap((event) =>
      event.type === 'noted' || event.type === 'release-unlocked' ? [event.message] : [],
    ),
    warnings: events.flatMap((event) => (event.type === 'warned' ? [event.message] : [])),
    steps: readSteps(events),
    components: readComponentRows(events),
  };
}

function projectName(events: readonly Event[]): string {
  return (
    events.flatMap((event) => (event.type === 'observed' ? [event.observation.project?.name ?? ''] : [])).at(-1) ?? ''
  );
}

/** Later results of a check replace earlier ones; a cause is identified by its code and Deployment. */
function readFindings(events: readonly Event[]): Pick<Report, 'checks' | 'changes' | 'causes' | 'evidence'> {
  const checks = new Map<string, CheckResult>();
  const causes = new Map<string, Cause>();
  let changes: readonly ManifestChange[] = [];
  let evidence: Report['evidence'] = null;
  for (const event of events) {
    if (event.type === 'checked') {
      for (const check of event.checks) checks.set(`${check.id} ${check.reason}`, check);
      if (event.changes.length > 0) changes = event.changes;
    }
    for (const cause of causesIn(event)) causes.set(causeKey(cause), cause);
    if (event.type === 'evidence-saved')
      evidence = { directory: event.directory, files: event.files, head: event.head };
  }
  return { checks: [...checks.values()], changes, causes: [...causes.values()], evidence };
}

function readJobs(events: readonly Event[]): MigrationJob[] {
  const jobs = new Map<string, MigrationJob>();
  for (const event of events) if (event.type === 'job-changed') jobs.set(nameJob(event.job), event.job);
  return [...jobs.values()];
}

function causesIn(event: Event): readonly Cause[] {
  if (event.type === 'failed') return event.problem.causes ?? [];
  return event.type === 'cause-found' ? [event.cause] : [];
}

/** The causes of a problem that no event has reported in their current state. */
export function unreportedCauses(causes: readonly Cause[], events: readonly Event[]): readonly Cause[] {
  const reported = new Map(
    events.flatMap((event) =>
      event.type === 'cause-found' ? [[causeKey(event.cause), event.cause.certain] as const] : [],
    ),
  );
  return causes.filter((cause) => reported.get(causeKey(cause)) !== cause.certain);
}

function outcomeOf(events: readonly Event[]): Outcome {
  const ended = events.flatMap((event) => (event.type === 'ended' ? [event.outcome] : [])).at(-1);
  if (ended) return ended;
  return events.some((event) => event.type === 'failed' && event.problem.code !== 'cancelled') ? 'failed' : 'cancelled';
}

function readTimes(events: readonly Event[]): Pick<Report, 'startedAt' | 'endedAt' | 'tookSeconds'> {
  const startedAt = events[0]?.at ?? '';
  const endedAt = events.at(-1)?.at ?? '';
  return { startedAt, endedAt, tookSeconds: events.length > 0 ? secondsBetween(startedAt, endedAt) : 0 };
}

type ObservedFields = Pick<
  Report,
  'fromVersion' | 'runningVersions' | 'topology' | 'messageQueue' | 'metastore' | 'etcd'
>;

const NOTHING_OBSERVED: ObservedFields = {
  fromVersion: null,
  runningVersions: [],
  topology: null,
  messageQueue: null,
  metastore: null,
  etcd: null,
};

function readSnapshot(events: readonly Event[]): ObservedFields {
  const observations = events.flatMap((event) => (event.type === 'observed' ? [event.observation] : []));
  const [first] = observations;
  const last = observations.at(-1);
  if (!first || !last) return NOTHING_OBSERVED;
  const from = runningVersion(first);
  const running = runningVersions({ ...last, components: newestComponents(events) });
  const { topology, messageQueue, metastore, etcd } = last;
  return {
    fromVersion: from && formatVersion(from),
    runningVersions: running.map(formatVersion),
    topology,
    messageQueue,
    metastore,
    etcd,
  };
}

function readDecision(
  events: readonly Event[],
): Pick<Report, 'strategy' | 'chart' | 'image' | 'plan' | 'failedChecks'> {
  const failedChecks = events.flatMap((event) => (event.type === 'plan-refused' ? event.failedChecks : []));
  const plan = readPlan(events);
  if (!plan) return { strategy: null, chart: null, image: null, plan, failedChecks };
  const { strategy, chart, image } = plan;
  // The plan of a Helm rollback is in the field `rollback`.
  return { strategy: strategy === 'helm-rollback' ? null : strategy, chart, image, plan, failedChecks };
}
