// When the steps of a metadata migration are done. Pure: it compares a step with what was seen.
import { describeComponent } from '../component.js';
import type { Observation } from '../observation.js';
import { LEASE_SECONDS } from '../rolling/judge.js';
import type { Session } from '../session.js';
import type { FinalizeStep, PrepareStep, MigrationJobStep, ScaleUpStep, ScaleDownStep } from './step-kinds.js';
import type { StepStatus } from '../verdict.js';
import { jobOf, type MigrationJob, type MigrationObservation } from './seen.js';
import { isGone, isTool, foreignSessions } from './strangers.js';
import { own } from '../own.js';

/** A session that is renewed for so long after the last pod of ours has gone is not ours. */
const FOREIGN_SECONDS = LEASE_SECONDS + 15;

export function evaluatePrepare(step: PrepareStep, observation: Observation): StepStatus {
  const { migration } = observation;
  return migration && isWritten(step, migration) ? evaluateKeeper(migration, observation, step.mayBeBlind) : { state: 'pending' };
}

function isWritten({ journal: { from, to } }: PrepareStep, { journal }: MigrationObservation): boolean {
  return journal?.from === from && journal.to === to && !journal.closed;
}

function evaluateKeeper({ keeper }: MigrationObservation, observation: Observation, mayBeBlind: boolean): StepStatus {
  const { state, reason } = keeper;
  if (state === 'none') return { state: 'pending' };
  if (state === 'failed') return { state: 'stalled', reason: `the backup cannot be made: ${reason}` };
  if (state === 'starting')
    return { state: 'in-progress', waitingFor: `the volume for the backup, and the image of the migration tool${reason ? `: ${reason}` : ''}` };
  return evaluateForeignSessions(observation, mayBeBlind);
}

/** Told while Milvus still serves, where the sessions can be seen. */
function evaluateForeignSessions(observation: Observation, mayBeBlind: boolean): StepStatus {
  const { migration, sessions, takenAt } = observation;
  const strange = foreignSessions(observation);
  if (!migration || strange.length === 0) return sessions?.observation === null && !mayBeBlind ? unobserved(sessions.why) : { state: 'complete' };
  const seconds = secondsSince(migration.foreignSessionsSince, takenAt);
  if (!(seconds > FOREIGN_SECONDS)) return { state: 'in-progress', waitingFor: `sessions of nothing here to run out: ${told(strange)}`, recheckSeconds: 1 };
  return {
    state: 'stalled',
    reason: `another Milvus uses this root path in etcd: ${told(strange)} belongs to nothing that runs here, and still renews its session after ${seconds} s`,
  };
}

export function evaluateScaleDown(step: ScaleDownStep, observation: Observation): StepStatus {
  const { components, sessions } = observation;
  if (components.some((each) => each.deployment !== '' && each.desired > 0)) return { state: 'pending' };
  const left = components.filter((each) => each.podImages.length > 0 || each.terminating > 0);
  if (left.length > 0) return { state: 'in-progress', waitingFor: `the last of it to end: ${left.map(describeComponent).join('; ')}` };
  if (!sessions || sessions.observation === null) return step.mayBeBlind ? evaluateBlind(observation) : unobserved(sessions?.why ?? 'nobody has asked');
  return evaluateSessionsLeft(sessions.observation, step, observation);
}

/** The migration tool looks for sessions itself; what is waited for here is that it finds none. */
function evaluateBlind({ migration, takenAt }: Observation): StepStatus {
  const left = FOREIGN_SECONDS - secondsSince(migration?.stoppedSince ?? '', takenAt);
  return left > 0
    ? { state: 'in-progress', waitingFor: `the sessions in etcd, which cannot be seen, to run out within ${left} s`, recheckSeconds: 1 }
    : { state: 'complete' };
}

/** Milvus may not be stopped, let alone its metadata be touched, by somebody who does not see who works on them. */
function unobserved(why: string): StepStatus {
  return { state: 'in-progress', waitingFor: `the sessions in etcd to be seen: ${why}`, recheckSeconds: 1 };
}

function evaluateSessionsLeft(left: readonly Session[], { revoke }: ScaleDownStep, observation: Observation): StepStatus {
  const { migration, takenAt } = observation;
  if (left.length === 0) return { state: 'complete' };
  if (revoke && left.some((each) => isGone(each, observation))) return { state: 'pending' };
  const seconds = secondsSince(migration?.stoppedSince ?? '', takenAt);
  const others = left.filter((each) => !isTool(each));
  if (!(seconds > FOREIGN_SECONDS) || others.length === 0)
    return { state: 'in-progress', waitingFor: `sessions in etcd to run out: ${told(left)}`, recheckSeconds: 1 };
  return {
    state: 'stalled',
    reason: `another Milvus uses this root path in etcd: nothing of it is left here, and ${told(others)} still renews its session after ${seconds} s`,
  };
}

export function evaluateMigrationJob(step: MigrationJobStep, observation: Observation): StepStatus {
  const job = observation.migration ? jobOf(observation.migration, step.kind, step.attempt, step.number) : undefined;
  if (step.mayFail && job?.state !== 'running') return { state: 'complete' };
  return job ? evaluateJob(step, job) : { state: 'pending' };
}

function evaluateJob({ kind }: MigrationJobStep, { state, reason, backup }: MigrationJob): StepStatus {
  if (state === 'failed') return { state: 'stalled', reason };
  if (state === 'running') return { state: 'in-progress', waitingFor: `the migration tool (${kind})${reason ? `: ${reason}` : ''}` };
  if (kind !== 'backup' || backup) return { state: 'complete' };
  return reason === '' ? { state: 'pending' } : { state: 'stalled', reason: `the backup did not pass: ${reason}` };
}

/** What the new release no longer has needs no start. */
export function evaluateScaleUp({ replicas }: ScaleUpStep, { components }: Observation): StepStatus {
  const wrong = components.filter(({ deployment, desired }) => deployment !== '' && desired !== (own(replicas, deployment) ?? desired));
  return wrong.length > 0 ? { state: 'pending' } : { state: 'complete' };
}

/** Of a Docker Compose project: also what was written down about its files is taken away. */
export function evaluateFinalize(_step: FinalizeStep, { migration, project }: Observation): StepStatus {
  return migration?.journal?.closed === false || (project && project.notes !== null) ? { state: 'pending' } : { state: 'complete' };
}

function told(sessions: readonly Session[]): string {
  return sessions.map(({ role, address }) => (address === '' ? role : `${role} at ${address}`)).join(', ');
}

function secondsSince(since: string, now: string): number {
  return Math.round((Date.parse(now) - Date.parse(since)) / 1000);
}
