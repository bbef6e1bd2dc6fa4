// When the steps of a metadata migration are done. Pure: it compares a step with what was seen.
import { describeComponent } from '../component.js';
import type { Observation } from '../observation.js';
import { LEASE_SECONDS } from '../rolling/judge.js';
import type { Session } from '../session.js';
import type { CloseStep, MakeReadyStep, MigrationJobStep, StartStep, StopStep } from '../steps.js';
import type { Verdict } from '../verdict.js';
import { jobOf } from './seen.js';

/** A session that is renewed for so long after the last pod of ours has gone is not ours. */
const FOREIGN_SECONDS = LEASE_SECONDS + 15;

export function judgeMakeReady({ journal }: MakeReadyStep, { migration }: Observation): Verdict {
  const written = migration?.journal;
  if (!migration || written?.from !== journal.from || written.to !== journal.to || written.closed || migration.volume.state === 'none')
    return { state: 'todo' };
  if (migration.volume.state === 'pending') return { state: 'moving', waitingFor: `the volume for the backup: ${migration.volume.because}` };
  return { state: 'done' };
}

export function judgeStop(_step: StopStep, seen: Observation): Verdict {
  const { components, sessions } = seen;
  if (components.some((each) => each.deployment !== '' && each.wanted > 0)) return { state: 'todo' };
  const left = components.filter((each) => each.podImages.length > 0 || each.terminating > 0);
  if (left.length > 0) return { state: 'moving', waitingFor: `the last pods to end: ${left.map(describeComponent).join('; ')}` };
  if (!sessions || sessions.seen === null) return { state: 'stuck', because: `the sessions in etcd cannot be seen: ${sessions?.why ?? 'nobody has asked'}` };
  return sessions.seen.length === 0 ? { state: 'done' } : judgeSessionsLeft(sessions.seen, seen);
}

function judgeSessionsLeft(left: readonly Session[], { migration, takenAt }: Observation): Verdict {
  const seconds = Math.round((Date.parse(takenAt) - Date.parse(migration?.stoppedSince ?? '')) / 1000);
  const told = left.map(nameSession).join(', ');
  if (!(seconds > FOREIGN_SECONDS)) return { state: 'moving', waitingFor: `sessions in etcd to run out: ${told}`, lookAgainSeconds: 1 };
  return {
    state: 'stuck',
    because: `another Milvus uses this root path in etcd: no pod is left here, and ${told} still renews its session after ${seconds} s`,
  };
}

export function judgeMigrationJob(step: MigrationJobStep, seen: Observation): Verdict {
  const job = seen.migration ? jobOf(seen.migration, step.kind, step.attempt, step.number) : undefined;
  if (!job) return { state: 'todo' };
  if (job.state === 'failed') return { state: 'stuck', because: job.because };
  if (job.state === 'running') return { state: 'moving', waitingFor: `the migration tool (${step.kind})${job.because ? `: ${job.because}` : ''}` };
  if (step.kind === 'back-up' && job.backup === null) return { state: 'stuck', because: `the backup did not pass: ${job.because}` };
  return { state: 'done' };
}

/** What the new release no longer has needs no start. */
export function judgeStart({ replicas }: StartStep, { components }: Observation): Verdict {
  const wrong = components.filter(({ deployment, wanted }) => deployment !== '' && wanted !== (replicas[deployment] ?? wanted));
  return wrong.length > 0 ? { state: 'todo' } : { state: 'done' };
}

export function judgeClose(_step: CloseStep, { migration }: Observation): Verdict {
  return migration?.journal?.closed === false ? { state: 'todo' } : { state: 'done' };
}

function nameSession({ role, address }: Session): string {
  return `${role} at ${address}`;
}
