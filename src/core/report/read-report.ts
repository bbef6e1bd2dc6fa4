// Makes the report of a run: one fold over its events. Reads no clock and knows no output format.
import { nameJob } from '../migration/job-changes.js';
import type { MigrationJob } from '../migration/observation.js';
import { causeKey, type Cause } from '../model/cause.js';
import type { CheckResult } from '../model/check-result.js';
import { newestComponents } from '../model/component-tracks.js';
import type { Event, Outcome } from '../model/event.js';
import { runningVersion, runningVersions } from '../model/observation.js';
import type { ManifestChange } from '../model/preflight.js';
import { formatVersion } from '../model/version.js';
import { observedName } from '../platforms/registry.js';
import { readComponentRows } from './components.js';
import { readHops } from './hops.js';
import { readPlan, readRollback, readSteps, secondsBetween } from './plan.js';
import type { Report, ReportSubject } from './report.js';

/**
 * Builds the report from the events of a run, finished or not. A run without an end was interrupted: it counts as
 * failed if a failure was reported, else as cancelled.
 */
export function readReport(events: readonly Event[], about: ReportSubject): Report {
  return {
    schemaVersion: 2,
    outcome: outcomeOf(events),
    platform: about.platform,
    release: nameIn(events) || about.release,
    namespace: about.namespace,
    operation: about.operation,
    toVersion: about.targetVersion || (readPlan(events)?.to ?? ''),
    changed: events.some((event) => event.type === 'step-applied' || event.type === 'release-unlocked'),
    ...readTimes(events),
    ...readSnapshot(events),
    ...readDecision(events),
    hops: readHops(events),
    problem: events.flatMap((event) => (event.type === 'failed' ? [event.problem] : [])).at(0) ?? null,
    ...readFindings(events),
    jobs: readJobs(events),
    backup: events.flatMap((event) => (event.type === 'backup-copied' ? [event.path] : [])).at(-1) ?? null,
    data: events.flatMap((event) => (event.type === 'data-compared' ? [event.data] : [])).at(-1) ?? null,
    inventory: events.flatMap((event) => (event.type === 'inventory-saved' ? [event.path] : [])).at(0) ?? null,
    writeProbe: readWriteProbe(events),
    rollback: readRollback(events),
    notes: events.flatMap((event) =>
      event.type === 'noted' || event.type === 'release-unlocked' ? [event.message] : [],
    ),
    warnings: events.flatMap((event) => (event.type === 'warned' ? [event.message] : [])),
    steps: readSteps(events),
    components: readComponentRows(events),
  };
}

function readWriteProbe(events: readonly Event[]): Report['writeProbe'] {
  const writes = events.flatMap((event) => (event.type === 'write-probed' ? [event.write] : []));
  const queries = events.flatMap((event) => (event.type === 'queries-counted' ? [event.queries] : [])).at(-1) ?? null;
  return writes.length === 0 && !queries ? null : { writes, queries };
}

/** Empty until the installation is observed. */
function nameIn(events: readonly Event[]): string {
  return events.flatMap((event) => (event.type === 'observed' ? [observedName(event.observation)] : [])).at(-1) ?? '';
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
