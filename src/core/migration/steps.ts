// The steps of a metadata migration and of the way back from one, from where it stands. Pure: a run that was killed anywhere is planned anew from what is seen.
import type { Component } from '../component.js';
import type { Goal } from '../goal.js';
import { LEASE_SECONDS } from '../rolling/judge.js';
import { oldestImage, type Observation } from '../observation.js';
import type { CloseStep, MakeReadyStep, MigrationJobStep, StartStep, StopStep } from './step-kinds.js';
import type { Step } from '../steps.js';
import { formatVersion, parseVersion, type Version } from '../version.js';
import type { Journal, JournalDraft } from './journal.js';
import { nextAttempt, standingOf, type JobKind, type MigrationSeen, type Standing } from './seen.js';

const NOTHING_SEEN: MigrationSeen = {
  journal: null,
  jobs: [],
  keeper: { state: 'none', because: '' },
  stoppedSince: '',
  strangersSince: '',
  gone: [],
  hasServed: false,
};

export interface Migration {
  readonly goal: Goal;
  readonly seen: Observation;
  readonly from: Version;
  /** Writes the new version. */
  readonly write: Step;
  /** Where a platform has a step of its own for it. */
  readonly start?: Step;
  readonly settle: Step;
}

/** The version from which a migration began that is half done; null where none is. */
export function halfMigratedFrom({ migration }: Observation): Version | null {
  return migration?.journal?.closed === false ? parseVersion(migration.journal.from) : null;
}

/** From the old version to the new one. */
export function migrationSteps({ goal, seen, from, write, settle, start: ownStart }: Migration): Step[] {
  const { migration = NOTHING_SEEN, components } = seen;
  const standing = presentStanding(migration, components);
  const journal = journalFor({ goal, seen, from });
  const start = [write, ownStart ?? startStep(goal, journal), settle, closeStep(goal)];
  if (standing.state === 'migrated') return start;
  if (standing.state === 'touched' && standing.running && standing.tries === 0) return [jobStep(goal, 'migrate', standing.attempt), ...start];
  const attempt = standing.state === 'touched' ? standing.attempt + 1 : standing.attempt;
  const restore = standing.state === 'touched' ? [restoreStep(goal, standing)] : [];
  return [makeReady(goal, journal), stopStep(goal), ...restore, jobStep(goal, 'back-up', attempt), jobStep(goal, 'migrate', attempt), ...start];
}

/** Jobs that an earlier migration left say nothing of the metadata of today: only an open journal, written before the first of them, makes them this one's. */
function presentStanding(migration: MigrationSeen, components: readonly Component[]): Standing {
  return migration.journal?.closed === false ? standingOf(migration, components) : { state: 'untouched', attempt: nextAttempt(migration) };
}

export interface MigrationBack {
  readonly goal: Goal;
  readonly seen: Observation;
  readonly journal: Journal;
  /** Null where nothing was written since the journal. */
  readonly write: Step | null;
  readonly start?: Step;
  readonly settle: Step;
}

/** Back to the old version: what the tool has touched is restored first, while nothing runs. */
export function migrationBackSteps({ goal, seen, journal, write, settle, start: ownStart }: MigrationBack): Step[] {
  const { migration = NOTHING_SEEN, components } = seen;
  const standing = standingOf(migration, components);
  // Begun again: whoever comes after a kill must see that something is under way. Everything is made ready while Milvus serves.
  const { run: _run, since: _since, ...draft } = journal;
  const ready = journal.closed ? [makeReady(goal, { ...draft, closed: false })] : [];
  const start = [...(write ? [write] : []), ownStart ?? startStep(goal, journal), settle, closeStep(goal)];
  if (standing.state === 'untouched') return start;
  // One that is still at work is awaited: a restore beside it would be undone.
  const awaited = standing.state === 'touched' && standing.running ? [awaitStep(goal, standing.attempt)] : [];
  const restore = restoreStep(goal, standing.state === 'touched' ? standing : { attempt: standing.attempt, tries: 0 });
  return [...awaited, ...ready, stopStep(goal), restore, ...start];
}

/** Starts what is stopped, waits until it serves, and records the end. */
export function endSteps(goal: Goal, { replicas }: Pick<Journal, 'replicas'>, settle: Step): Step[] {
  return [startStep(goal, { replicas }), settle, closeStep(goal)];
}

/** How many pods each Deployment has, or had before it was stopped. */
export function journalReplicas(seen: Observation): Readonly<Record<string, number>> {
  const known = seen.migration?.journal;
  if (known?.closed === false) return known.replicas;
  return Object.fromEntries(seen.components.filter((each) => each.deployment !== '').map(({ deployment, wanted }) => [deployment, wanted]));
}

/** What is there now, or, once something is stopped, what the journal says of it. A cluster at zero tells nothing. */
function journalFor({ goal, seen, from }: Pick<Migration, 'goal' | 'seen' | 'from'>): JournalDraft {
  const known = seen.migration?.journal;
  if (known?.closed === false) return known;
  const replicas = journalReplicas(seen);
  const { release, etcd } = seen;
  const now = { image: oldestImage(seen), revision: release?.latest.revision ?? 0, rootPath: goal.migration.rootPath ?? etcd.rootPath, replicas };
  return { from: formatVersion(from), to: formatVersion(goal.target), ...now, closed: false };
}

function makeReady(goal: Goal, journal: MakeReadyStep['journal']): MakeReadyStep {
  return { kind: 'make-ready', id: `make-ready/${goal.release}@${journal.from}`, timeoutSeconds: goal.stepTimeoutSeconds, journal, mayBeBlind: isBlind(goal) };
}

/** Shorter than a session may outlive its process, nothing could be seen to have stopped. */
const LEAST_STOP_SECONDS = LEASE_SECONDS * 2;

function isBlind({ skipChecks }: Goal): boolean {
  return skipChecks.includes('etcd-sessions');
}

function stopStep(goal: Goal): StopStep {
  return {
    kind: 'stop',
    id: `stop/${goal.release}`,
    timeoutSeconds: Math.max(goal.stepTimeoutSeconds, LEAST_STOP_SECONDS),
    revoke: goal.migration.revokeSessions,
    mayBeBlind: isBlind(goal),
  };
}

function jobStep(goal: Goal, kind: JobKind, attempt: number, number = 1): MigrationJobStep {
  const id = `${kind}/${goal.release}#${attempt}${number > 1 ? `.${number}` : ''}`;
  return { kind, id, timeoutSeconds: goal.stepTimeoutSeconds, attempt, number, mayFail: false };
}

/** A Job is ended at its deadline, `step-timeout` after it began; its pod is given some seconds more. */
const ENDING_SECONDS = 60;

function awaitStep(goal: Goal, attempt: number): MigrationJobStep {
  return { ...jobStep(goal, 'migrate', attempt), timeoutSeconds: goal.stepTimeoutSeconds + ENDING_SECONDS, mayFail: true };
}

function restoreStep(goal: Goal, { attempt, tries }: Pick<Standing & { state: 'touched' }, 'attempt' | 'tries'>): MigrationJobStep {
  return jobStep(goal, 'restore', attempt, tries + 1);
}

function startStep(goal: Goal, { replicas }: Pick<Journal, 'replicas'>): StartStep {
  return { kind: 'start', id: `start/${goal.release}`, timeoutSeconds: goal.stepTimeoutSeconds, replicas };
}

function closeStep(goal: Goal): CloseStep {
  return { kind: 'close', id: `close/${goal.release}`, timeoutSeconds: goal.stepTimeoutSeconds };
}
