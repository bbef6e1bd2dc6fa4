// What became of a run: one fold over its events, as plain JSON that docs/report-schema.json describes. Knows no clock and no format of output.
import { newestComponents } from './component-tracks.js';
import { causeKey, type Cause } from './causes.js';
import type { Problem } from './errors.js';
import type { Evidence } from './evidence.js';
import type { Event, Outcome } from './events.js';
import type { MigrationJob } from './migration/seen.js';
import { nameJob } from './migration/told.js';
import { runningVersion, runningVersions, type MessageQueue, type Metastore, type Topology } from './observation.js';
import type { PlatformName } from './nouns.js';
import type { ManifestChange } from './preflight.js';
import type { Check, FailedCheck } from './refusal.js';
import { readComponentRows, type ComponentRow } from './report-components.js';
import { readPlan, readRollback, readSteps, secondsBetween, type ReportedPlan, type ReportedStep } from './report-plan.js';
import type { PlannedStrategy } from './steps.js';
import { formatVersion } from './version.js';

/** Times are ISO 8601 in UTC, durations are seconds, versions are written as `2.6.15`. Null stands for what was never seen. */
export interface Report {
  readonly schemaVersion: 1;
  readonly outcome: Outcome;
  readonly platform: PlatformName;
  /** The Helm release, or the Docker Compose project. */
  readonly release: string;
  /** Empty for a Docker Compose project. */
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
  readonly failedChecks: readonly FailedCheck[];
  /** What ended the run before its goal. */
  readonly problem: Problem | null;
  /** The preflight: what was asked, and what the upgrade changes. */
  readonly checks: readonly Check[];
  readonly changes: readonly ManifestChange[];
  /** Every cause that was seen, as it was last told. */
  readonly causes: readonly Cause[];
  readonly evidence: Evidence | null;
  /** Every run of the migration tool, as it was last seen. */
  readonly jobs: readonly MigrationJob[];
  /** Where the backup of the metadata lies on the runner; null where there is none. */
  readonly backup: string | null;
  /** The plan of going back, carried out or begun; null when the run did not go back. */
  readonly rollback: ReportedPlan | null;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly steps: readonly ReportedStep[];
  readonly components: readonly ComponentRow[];
}

/** What the events do not tell, from the inputs as they were written. */
export interface ReportSubject {
  readonly platform: PlatformName;
  readonly release: string;
  readonly namespace: string;
  readonly targetVersion: string;
  readonly operation: string;
}

/** Reads a run from its events, finished or not. A run without an end was cut off: it counts as cancelled, or failed where a failure was told. */
export function readReport(events: readonly Event[], about: ReportSubject): Report {
  return {
    schemaVersion: 1,
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
    notes: events.flatMap((event) => (event.type === 'noted' || event.type === 'release-unlocked' ? [event.message] : [])),
    warnings: events.flatMap((event) => (event.type === 'warned' ? [event.message] : [])),
    steps: readSteps(events),
    components: readComponentRows(events),
  };
}

function projectName(events: readonly Event[]): string {
  return events.flatMap((event) => (event.type === 'observed' ? [event.observation.project?.name ?? ''] : [])).at(-1) ?? '';
}

/** Later answers of a check replace earlier ones; a cause is known by its code and Deployment. */
function readFindings(events: readonly Event[]): Pick<Report, 'checks' | 'changes' | 'causes' | 'evidence'> {
  const checks = new Map<string, Check>();
  const causes = new Map<string, Cause>();
  let changes: readonly ManifestChange[] = [];
  let evidence: Report['evidence'] = null;
  for (const event of events) {
    if (event.type === 'checked') {
      for (const check of event.checks) checks.set(`${check.id} ${check.reason}`, check);
      if (event.changes.length > 0) changes = event.changes;
    }
    for (const cause of causesIn(event)) causes.set(causeKey(cause), cause);
    if (event.type === 'evidence-saved') evidence = { directory: event.directory, files: event.files, head: event.head };
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

/** The causes of a problem that no event has told as they are now. */
export function unreportedCauses(causes: readonly Cause[], events: readonly Event[]): readonly Cause[] {
  const told = new Map(events.flatMap((event) => (event.type === 'cause-found' ? [[causeKey(event.cause), event.cause.certain] as const] : [])));
  return causes.filter((each) => told.get(causeKey(each)) !== each.certain);
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

type SnapshotPart = Pick<Report, 'fromVersion' | 'runningVersions' | 'topology' | 'messageQueue' | 'metastore' | 'etcd'>;

const NOTHING_OBSERVED: SnapshotPart = { fromVersion: null, runningVersions: [], topology: null, messageQueue: null, metastore: null, etcd: null };

function readSnapshot(events: readonly Event[]): SnapshotPart {
  const observations = events.flatMap((event) => (event.type === 'observed' ? [event.observation] : []));
  const [first] = observations;
  const last = observations.at(-1);
  if (!first || !last) return NOTHING_OBSERVED;
  const from = runningVersion(first);
  const running = runningVersions({ ...last, components: newestComponents(events) });
  const { topology, messageQueue, metastore, etcd } = last;
  return { fromVersion: from && formatVersion(from), runningVersions: running.map(formatVersion), topology, messageQueue, metastore, etcd };
}

function readDecision(events: readonly Event[]): Pick<Report, 'strategy' | 'chart' | 'image' | 'plan' | 'failedChecks'> {
  const failedChecks = events.flatMap((event) => (event.type === 'plan-refused' ? event.failedChecks : []));
  const plan = readPlan(events);
  return plan
    ? { strategy: plan.strategy, chart: plan.chart, image: plan.image, plan, failedChecks }
    : { strategy: null, chart: null, image: null, plan, failedChecks };
}
