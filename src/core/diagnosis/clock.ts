// How long each symptom has stood. One that comes and goes keeps its clock; one that stays away for a minute is healed.
import type { Cause } from '../causes.js';
import { shorten, oneLine } from '../escape.js';
import { CAUSES } from '../knowledge/causes.js';
import type { Snapshot } from './sight.js';
import type { Symptom } from './symptom.js';

/** A cause of one Deployment, and its clock. */
export interface Standing {
  readonly symptom: Symptom;
  readonly since: string;
  readonly lastObservedAt: string;
  /** Seen at the newest look. */
  readonly isPresent: boolean;
  readonly stoodSeconds: number;
  /** Time in which something else moved that may have healed it. */
  readonly excusedSeconds: number;
  /** ReplicaSet that it was seen on: a new template is a new story. */
  readonly target: string;
}

export type Standings = ReadonlyMap<string, Standing>;

const UNLOCKED_SECONDS = 60;
/** A ReplicaSet tries at doubled distances: after a long excuse its next try may be as far away as all the time before (client-go workqueue, ItemExponentialFailureRateLimiter). */
const RETRIES_DOUBLE = new Set(['QUOTA', 'ADMISSION_DENIED']);
const LONGEST_RETRY_SECONDS = 300;
const LONGEST_EVIDENCE = 400;

/**
 * Winds every clock on to this look. Time counts only between two looks that both show the symptom, both of them current; whether it was excused meanwhile says the
 * first of them, since every change brings a look.
 */
export function windOn(before: Standings, symptoms: readonly Symptom[], look: Snapshot, secondsSince: number): Standings {
  const target = new Map(look.deployments.map((each) => [each.name, each.target]));
  const present = new Map<string, Symptom>();
  for (const symptom of symptoms) {
    const key = `${symptom.code} ${symptom.deployment}`;
    present.set(key, moreInformative(symptom, present.get(key), before.get(key)));
  }
  const kept = [...before].filter(([, each]) => secondsBetween(each.lastObservedAt, look.takenAt) <= UNLOCKED_SECONDS || !look.isCurrent);
  const sameTemplate = kept.filter(([, each]) => each.target === (target.get(each.symptom.deployment) ?? ''));
  const standings = new Map(sameTemplate.map(([key, each]) => [key, { ...each, isPresent: false }]));
  for (const [key, symptom] of present) {
    const known = before.get(key);
    const goesOn = standings.has(key) && known?.symptom.mark === symptom.mark ? known : undefined;
    standings.set(key, wind(goesOn, symptom, look, { secondsSince, target: target.get(symptom.deployment) ?? '' }));
  }
  return standings;
}

/** Of several pods the one that is not excused, then the one that is certain first, then the one that was told before, so that the words do not jump. */
function moreInformative(symptom: Symptom, other: Symptom | undefined, known: Standing | undefined): Symptom {
  if (!other) return symptom;
  const rank = (each: Symptom): number[] => [Number(each.excused === true), patienceOf(each) ?? Infinity, Number(each.pod !== known?.symptom.pod)];
  const [first, second] = [rank(symptom), rank(other)];
  const at = first.findIndex((each, index) => each !== second[index]);
  return at >= 0 && (first[at] ?? 0) < (second[at] ?? 0) ? symptom : other;
}

interface Winding {
  readonly secondsSince: number;
  readonly target: string;
}

function wind(known: Standing | undefined, symptom: Symptom, { takenAt, isCurrent }: Snapshot, { secondsSince, target }: Winding): Standing {
  const passed = known?.isPresent && isCurrent ? secondsSince : 0;
  const excused = known?.symptom.excused === true;
  const { since, stoodSeconds, excusedSeconds } = known ?? { since: takenAt, stoodSeconds: 0, excusedSeconds: 0 };
  const clocks = excused ? { stoodSeconds, excusedSeconds: excusedSeconds + passed } : { stoodSeconds: stoodSeconds + passed, excusedSeconds };
  return { symptom, target, since, lastObservedAt: takenAt, isPresent: true, ...clocks };
}

function patienceOf({ code, certainAfterSeconds }: Symptom): number | null {
  return certainAfterSeconds === undefined ? CAUSES[code].certainAfterSeconds : certainAfterSeconds;
}

/** Seconds until waiting on will not help; null when that is never, or not now. */
function secondsToCertain({ symptom, stoodSeconds, excusedSeconds }: Standing): number | null {
  const patience = patienceOf(symptom);
  if (patience === null || symptom.excused) return null;
  const retry = RETRIES_DOUBLE.has(symptom.code) ? Math.min(excusedSeconds, LONGEST_RETRY_SECONDS) : 0;
  return patience + retry - stoodSeconds;
}

function secondsToReport({ symptom, stoodSeconds, excusedSeconds }: Standing): number {
  return (symptom.reportAfterSeconds ?? CAUSES[symptom.code].reportAfterSeconds) - stoodSeconds - excusedSeconds;
}

/** The cause as it is told; null while it is too young for that. */
export function causeOf(standing: Standing, isCurrent: boolean): Cause | null {
  const { symptom, since, isPresent } = standing;
  const certain = isPresent && isCurrent && isOver(secondsToCertain(standing));
  if (!certain && !isOver(secondsToReport(standing))) return null;
  const { code, deployment, pod } = symptom;
  return { code, certain, deployment, pod, since, evidence: shorten(oneLine(symptom.evidence), LONGEST_EVIDENCE), hint: CAUSES[code].hint };
}

/** Seconds until time alone changes what is told; null when it does not. */
export function secondsToNext(standing: Standing): number | null {
  if (!standing.isPresent) return null;
  const ahead = [secondsToReport(standing), secondsToCertain(standing)].filter((each) => each !== null && each > 0) as number[];
  return ahead.length > 0 ? Math.min(...ahead) : null;
}

function isOver(seconds: number | null): boolean {
  return seconds !== null && seconds <= 0;
}

export function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}
