// Evaluates when the steps of a metadata migration are complete. Pure: it compares a step with an observation.
import { describeComponent } from '../model/component.js';
import { LEASE_SECONDS } from '../rolling/drain-status.js';
import type { Session } from '../model/session.js';
import type { FinalizeStep, PrepareStep, MigrationJobStep, ScaleDownStep } from './step.js';
import { jobOf, type MigrationJob, type MigrationObservation } from './observation.js';
import { isGone, isTool, foreignSessions } from './foreign-sessions.js';
import type { StepStatus } from '../model/step-status.js';
import type { SharedObservation } from '../model/shared-observation.js';

/**
 * A session that is still renewed this long after the last pod of this installation is gone belongs to another
 * installation.
 */
const FOREIGN_SECONDS = LEASE_SECONDS + 15;

export function evaluatePrepare(step: PrepareStep, observation: SharedObservation): StepStatus {
  const { migration } = observation;
  return migration && isWritten(step, migration)
    ? evaluateKeeper(migration, observation, step.mayBeBlind)
    : { state: 'pending' };
}

function isWritten({ journal: { from, to } }: PrepareStep, { journal }: MigrationObservation): boolean {
  return journal?.from === from && journal.to === to && !journal.closed;
}

function evaluateKeeper(
  { keeper }: MigrationObservation,
  observation: SharedObservation,
  mayBeBlind: boolean,
): StepStatus {
  const { state, reason } = keeper;
  if (state === 'none') return { state: 'pending' };
  if (state === 'failed') return { state: 'stalled', reason: `the backup cannot be created: ${reason}` };
  if (state === 'starting')
    return {
      state: 'in-progress',
      waitingFor: `the volume for the backup and the image of the migration tool${reason ? `: ${reason}` : ''}`,
    };
  return evaluateForeignSessions(observation, mayBeBlind);
}

/** Reports foreign sessions while Milvus still serves, if the sessions can be read. */
function evaluateForeignSessions(observation: SharedObservation, mayBeBlind: boolean): StepStatus {
  const { migration, sessions, takenAt } = observation;
  const foreign = foreignSessions(observation);
  if (!migration || foreign.length === 0)
    return sessions?.list === null && !mayBeBlind ? unobserved(sessions.why) : { state: 'complete' };
  const seconds = secondsSince(migration.foreignSessionsSince, takenAt);
  if (!(seconds > FOREIGN_SECONDS))
    return {
      state: 'in-progress',
      waitingFor: `unknown etcd sessions to expire: ${describeSessions(foreign)}`,
      recheckSeconds: 1,
    };
  return {
    state: 'stalled',
    reason: `another Milvus uses this root path in etcd: ${describeSessions(foreign)} is not a pod or container of this installation and still renews its session after ${seconds} s`,
  };
}

export function evaluateScaleDown(step: ScaleDownStep, observation: SharedObservation): StepStatus {
  const { components, sessions } = observation;
  if (components.some((component) => component.deployment !== '' && component.desired > 0)) return { state: 'pending' };
  const left = components.filter((component) => component.podImages.length > 0 || component.terminating > 0);
  if (left.length > 0)
    return { state: 'in-progress', waitingFor: `Milvus to stop: ${left.map(describeComponent).join('; ')}` };
  if (!sessions || sessions.list === null)
    return step.mayBeBlind ? evaluateBlind(observation) : unobserved(sessions?.why ?? 'they were not queried');
  return evaluateSessionsLeft(sessions.list, step, observation);
}

/** The migration tool checks the sessions itself; this wait ensures that it finds none. */
function evaluateBlind({ migration, takenAt }: SharedObservation): StepStatus {
  const left = FOREIGN_SECONDS - secondsSince(migration?.stoppedSince ?? '', takenAt);
  return left > 0
    ? {
        state: 'in-progress',
        waitingFor: `the etcd sessions, which cannot be read, to expire within ${left} s`,
        recheckSeconds: 1,
      }
    : { state: 'complete' };
}

/** If the sessions cannot be read, Milvus must not be stopped and its metadata must not be changed. */
function unobserved(why: string): StepStatus {
  return { state: 'in-progress', waitingFor: `the etcd sessions to become readable: ${why}`, recheckSeconds: 1 };
}

function evaluateSessionsLeft(
  left: readonly Session[],
  { revoke }: ScaleDownStep,
  observation: SharedObservation,
): StepStatus {
  const { migration, takenAt } = observation;
  if (left.length === 0) return { state: 'complete' };
  if (revoke && left.some((session) => isGone(session, observation))) return { state: 'pending' };
  const seconds = secondsSince(migration?.stoppedSince ?? '', takenAt);
  const others = left.filter((session) => !isTool(session));
  if (!(seconds > FOREIGN_SECONDS) || others.length === 0)
    return {
      state: 'in-progress',
      waitingFor: `etcd sessions to expire: ${describeSessions(left)}`,
      recheckSeconds: 1,
    };
  return {
    state: 'stalled',
    reason: `another Milvus uses this root path in etcd: this installation is stopped, but ${describeSessions(others)} still renews its session after ${seconds} s`,
  };
}

export function evaluateMigrationJob(step: MigrationJobStep, observation: SharedObservation): StepStatus {
  const job = observation.migration ? jobOf(observation.migration, step.kind, step.attempt, step.number) : undefined;
  if (step.mayFail && job?.state !== 'running') return { state: 'complete' };
  return job ? evaluateJob(step, job) : { state: 'pending' };
}

function evaluateJob({ kind }: MigrationJobStep, { state, reason, backup }: MigrationJob): StepStatus {
  if (state === 'failed') return { state: 'stalled', reason };
  if (state === 'running')
    return { state: 'in-progress', waitingFor: `the migration tool (${kind})${reason ? `: ${reason}` : ''}` };
  if (kind !== 'backup' || backup) return { state: 'complete' };
  return reason === ''
    ? { state: 'pending' }
    : { state: 'stalled', reason: `the backup failed verification: ${reason}` };
}

export function evaluateFinalize(_step: FinalizeStep, { migration }: SharedObservation): StepStatus {
  return migration?.journal?.closed === false ? { state: 'pending' } : { state: 'complete' };
}

function describeSessions(sessions: readonly Session[]): string {
  return sessions.map(({ role, address }) => (address === '' ? role : `${role} at ${address}`)).join(', ');
}

function secondsSince(since: string, now: string): number {
  return Math.round((Date.parse(now) - Date.parse(since)) / 1000);
}
