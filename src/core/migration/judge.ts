// When the steps of a metadata migration are done. Pure: it compares a step with what was seen.
import { describeComponent } from '../component.js';
import type { Observation } from '../observation.js';
import { LEASE_SECONDS } from '../rolling/judge.js';
import type { Session } from '../session.js';
import type { CloseStep, MakeReadyStep, MigrationJobStep, StartStep, StopStep } from './step-kinds.js';
import type { Verdict } from '../verdict.js';
import { jobOf, type MigrationJob, type MigrationSeen } from './seen.js';
import { isGone, isTool, strangers } from './strangers.js';
import { own } from '../own.js';

/** A session that is renewed for so long after the last pod of ours has gone is not ours. */
const FOREIGN_SECONDS = LEASE_SECONDS + 15;

export function judgeMakeReady(step: MakeReadyStep, seen: Observation): Verdict {
  const { migration } = seen;
  return migration && isWritten(step, migration) ? judgeKeeper(migration, seen, step.mayBeBlind) : { state: 'todo' };
}

function isWritten({ journal: { from, to } }: MakeReadyStep, { journal }: MigrationSeen): boolean {
  return journal?.from === from && journal.to === to && !journal.closed;
}

function judgeKeeper({ keeper }: MigrationSeen, seen: Observation, mayBeBlind: boolean): Verdict {
  const { state, because } = keeper;
  if (state === 'none') return { state: 'todo' };
  if (state === 'failed') return { state: 'stuck', because: `the backup cannot be made: ${because}` };
  if (state === 'starting')
    return { state: 'moving', waitingFor: `the volume for the backup, and the image of the migration tool${because ? `: ${because}` : ''}` };
  return judgeStrangers(seen, mayBeBlind);
}

/** Told while Milvus still serves, where the sessions can be seen. */
function judgeStrangers(seen: Observation, mayBeBlind: boolean): Verdict {
  const { migration, sessions, takenAt } = seen;
  const strange = strangers(seen);
  if (!migration || strange.length === 0) return sessions?.seen === null && !mayBeBlind ? unseen(sessions.why) : { state: 'done' };
  const seconds = secondsSince(migration.strangersSince, takenAt);
  if (!(seconds > FOREIGN_SECONDS)) return { state: 'moving', waitingFor: `sessions of nothing here to run out: ${told(strange)}`, lookAgainSeconds: 1 };
  return {
    state: 'stuck',
    because: `another Milvus uses this root path in etcd: ${told(strange)} belongs to nothing that runs here, and still renews its session after ${seconds} s`,
  };
}

export function judgeStop(step: StopStep, seen: Observation): Verdict {
  const { components, sessions } = seen;
  if (components.some((each) => each.deployment !== '' && each.wanted > 0)) return { state: 'todo' };
  const left = components.filter((each) => each.podImages.length > 0 || each.terminating > 0);
  if (left.length > 0) return { state: 'moving', waitingFor: `the last of it to end: ${left.map(describeComponent).join('; ')}` };
  if (!sessions || sessions.seen === null) return step.mayBeBlind ? judgeBlind(seen) : unseen(sessions?.why ?? 'nobody has asked');
  return judgeSessionsLeft(sessions.seen, step, seen);
}

/** The migration tool looks for sessions itself; what is waited for here is that it finds none. */
function judgeBlind({ migration, takenAt }: Observation): Verdict {
  const left = FOREIGN_SECONDS - secondsSince(migration?.stoppedSince ?? '', takenAt);
  return left > 0
    ? { state: 'moving', waitingFor: `the sessions in etcd, which cannot be seen, to run out within ${left} s`, lookAgainSeconds: 1 }
    : { state: 'done' };
}

/** Milvus may not be stopped, let alone its metadata be touched, by somebody who does not see who works on them. */
function unseen(why: string): Verdict {
  return { state: 'moving', waitingFor: `the sessions in etcd to be seen: ${why}`, lookAgainSeconds: 1 };
}

function judgeSessionsLeft(left: readonly Session[], { revoke }: StopStep, seen: Observation): Verdict {
  const { migration, takenAt } = seen;
  if (left.length === 0) return { state: 'done' };
  if (revoke && left.some((each) => isGone(each, seen))) return { state: 'todo' };
  const seconds = secondsSince(migration?.stoppedSince ?? '', takenAt);
  const others = left.filter((each) => !isTool(each));
  if (!(seconds > FOREIGN_SECONDS) || others.length === 0)
    return { state: 'moving', waitingFor: `sessions in etcd to run out: ${told(left)}`, lookAgainSeconds: 1 };
  return {
    state: 'stuck',
    because: `another Milvus uses this root path in etcd: nothing of it is left here, and ${told(others)} still renews its session after ${seconds} s`,
  };
}

export function judgeMigrationJob(step: MigrationJobStep, seen: Observation): Verdict {
  const job = seen.migration ? jobOf(seen.migration, step.kind, step.attempt, step.number) : undefined;
  if (step.mayFail && job?.state !== 'running') return { state: 'done' };
  return job ? judgeJob(step, job) : { state: 'todo' };
}

function judgeJob({ kind }: MigrationJobStep, { state, because, backup }: MigrationJob): Verdict {
  if (state === 'failed') return { state: 'stuck', because };
  if (state === 'running') return { state: 'moving', waitingFor: `the migration tool (${kind})${because ? `: ${because}` : ''}` };
  if (kind !== 'back-up' || backup) return { state: 'done' };
  return because === '' ? { state: 'todo' } : { state: 'stuck', because: `the backup did not pass: ${because}` };
}

/** What the new release no longer has needs no start. */
export function judgeStart({ replicas }: StartStep, { components }: Observation): Verdict {
  const wrong = components.filter(({ deployment, wanted }) => deployment !== '' && wanted !== (own(replicas, deployment) ?? wanted));
  return wrong.length > 0 ? { state: 'todo' } : { state: 'done' };
}

/** Of a Docker Compose project: also what was written down about its files is taken away. */
export function judgeClose(_step: CloseStep, { migration, project }: Observation): Verdict {
  return migration?.journal?.closed === false || (project && project.notes !== null) ? { state: 'todo' } : { state: 'done' };
}

function told(sessions: readonly Session[]): string {
  return sessions.map(({ role, address }) => (address === '' ? role : `${role} at ${address}`)).join(', ');
}

function secondsSince(since: string, now: string): number {
  return Math.round((Date.parse(now) - Date.parse(since)) / 1000);
}
