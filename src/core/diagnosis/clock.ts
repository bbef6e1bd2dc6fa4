// How long each symptom has been present. An intermittent symptom keeps its clock; a symptom that is absent for
// one minute counts as resolved.
import type { Cause } from '../model/cause.js';
import { shorten, oneLine } from '../lib/escape.js';
import { CAUSES } from '../knowledge/causes.js';
import type { Snapshot } from './snapshot.js';
import type { Symptom } from './symptom.js';

/** A symptom of one Deployment, and its clock. */
export interface SymptomClock {
  readonly symptom: Symptom;
  readonly since: string;
  readonly lastObservedAt: string;
  /** True if the latest observation shows it. */
  readonly isPresent: boolean;
  readonly countedSeconds: number;
  /** Time during which other progress could have resolved it. */
  readonly excusedSeconds: number;
  /** The ReplicaSet that it was observed on: a new template starts a new clock. */
  readonly target: string;
}

export type SymptomClocks = ReadonlyMap<string, SymptomClock>;

const UNLOCKED_SECONDS = 60;
/**
 * A ReplicaSet retries with exponential back-off: after a long excused time its next try can be as far away as all the
 * time before (client-go workqueue, ItemExponentialFailureRateLimiter).
 */
const RETRIES_DOUBLE = new Set(['QUOTA', 'ADMISSION_DENIED']);
const MAX_RETRY_SECONDS = 300;
const MAX_EVIDENCE_LENGTH = 400;

/**
 * Advances every clock to this observation. Time counts only between two current observations that both show the
 * symptom. The first of the two decides whether the time is excused, because every change triggers an observation.
 */
export function advanceClocks(
  before: SymptomClocks,
  symptoms: readonly Symptom[],
  snapshot: Snapshot,
  secondsSince: number,
): SymptomClocks {
  const target = new Map(snapshot.deployments.map((deployment) => [deployment.name, deployment.target]));
  const present = new Map<string, Symptom>();
  for (const symptom of symptoms) {
    const key = `${symptom.code} ${symptom.deployment}`;
    present.set(key, moreInformative(symptom, present.get(key), before.get(key)));
  }
  const kept = [...before].filter(
    ([, clock]) => secondsBetween(clock.lastObservedAt, snapshot.takenAt) <= UNLOCKED_SECONDS || !snapshot.isCurrent,
  );
  const sameTemplate = kept.filter(([, clock]) => clock.target === (target.get(clock.symptom.deployment) ?? ''));
  const clocks = new Map(sameTemplate.map(([key, clock]) => [key, { ...clock, isPresent: false }]));
  for (const [key, symptom] of present) {
    const known = before.get(key);
    const continued = clocks.has(key) && known?.symptom.mark === symptom.mark ? known : undefined;
    clocks.set(
      key,
      advance(continued, symptom, snapshot, { secondsSince, target: target.get(symptom.deployment) ?? '' }),
    );
  }
  return clocks;
}

/**
 * Of several pods, prefers the one that is not excused, then the one that becomes certain first, then the one that was
 * reported before, so that the message is stable.
 */
function moreInformative(symptom: Symptom, other: Symptom | undefined, known: SymptomClock | undefined): Symptom {
  if (!other) return symptom;
  const rank = (candidate: Symptom): number[] => [
    Number(candidate.excused === true),
    patienceOf(candidate) ?? Infinity,
    Number(candidate.pod !== known?.symptom.pod),
  ];
  const [first, second] = [rank(symptom), rank(other)];
  const at = first.findIndex((value, index) => value !== second[index]);
  return at >= 0 && (first[at] ?? 0) < (second[at] ?? 0) ? symptom : other;
}

interface Elapsed {
  readonly secondsSince: number;
  readonly target: string;
}

function advance(
  known: SymptomClock | undefined,
  symptom: Symptom,
  { takenAt, isCurrent }: Snapshot,
  { secondsSince, target }: Elapsed,
): SymptomClock {
  const passed = known?.isPresent && isCurrent ? secondsSince : 0;
  const excused = known?.symptom.excused === true;
  const { since, countedSeconds, excusedSeconds } = known ?? { since: takenAt, countedSeconds: 0, excusedSeconds: 0 };
  const clocks = excused
    ? { countedSeconds, excusedSeconds: excusedSeconds + passed }
    : { countedSeconds: countedSeconds + passed, excusedSeconds };
  return { symptom, target, since, lastObservedAt: takenAt, isPresent: true, ...clocks };
}

function patienceOf({ code, certainAfterSeconds }: Symptom): number | null {
  return certainAfterSeconds === undefined ? CAUSES[code].certainAfterSeconds : certainAfterSeconds;
}

/** Seconds until the cause is certain, so that waiting longer does not help; null if it never is, or not now. */
function secondsToCertain({ symptom, countedSeconds, excusedSeconds }: SymptomClock): number | null {
  const patience = patienceOf(symptom);
  if (patience === null || symptom.excused) return null;
  const retry = RETRIES_DOUBLE.has(symptom.code) ? Math.min(excusedSeconds, MAX_RETRY_SECONDS) : 0;
  return patience + retry - countedSeconds;
}

function secondsToReport({ symptom, countedSeconds, excusedSeconds }: SymptomClock): number {
  return (symptom.reportAfterSeconds ?? CAUSES[symptom.code].reportAfterSeconds) - countedSeconds - excusedSeconds;
}

/** The cause as it is reported; null while the symptom is too recent. */
export function causeOf(clock: SymptomClock, isCurrent: boolean): Cause | null {
  const { symptom, since, isPresent } = clock;
  const certain = isPresent && isCurrent && isOver(secondsToCertain(clock));
  if (!certain && !isOver(secondsToReport(clock))) return null;
  const { code, deployment, pod } = symptom;
  return {
    code,
    certain,
    deployment,
    pod,
    since,
    evidence: shorten(oneLine(symptom.evidence), MAX_EVIDENCE_LENGTH),
    hint: CAUSES[code].hint,
  };
}

/** Seconds until the reported cause changes without a new observation; null if it does not. */
export function secondsToNext(clock: SymptomClock): number | null {
  if (!clock.isPresent) return null;
  const { recheckInSeconds = null } = clock.symptom;
  const ahead = [secondsToReport(clock), secondsToCertain(clock), recheckInSeconds].filter(
    (seconds) => seconds !== null && seconds > 0,
  ) as number[];
  return ahead.length > 0 ? Math.min(...ahead) : null;
}

function isOver(seconds: number | null): boolean {
  return seconds !== null && seconds <= 0;
}

export function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}
