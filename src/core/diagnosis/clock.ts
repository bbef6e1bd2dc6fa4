// How long each symptom has been present. A symptom that comes and goes keeps its clock; a symptom that is absent for
// one minute counts as resolved.
import type { Cause } from '../model/cause.js';
import { shorten, oneLine } from '../lib/escape.js';
import { CAUSES } from '../knowledge/causes.js';
import type { Snapshot } from './snapshot.js';
import type { Symptom } from './symptom.js';

/** A symptom of one Deployment, and its clock. */
export interface Standing {
  readonly symptom: Symptom;
  readonly since: string;
  readonly lastObservedAt: string;
  /** True if the latest observation shows it. */
  readonly isPresent: boolean;
  readonly stoodSeconds: number;
  /** Time during which other progress could have resolved it. */
  readonly excusedSeconds: number;
  /** The ReplicaSet that it was observed on: a new template starts a new clock. */
  readonly target: string;
}

export type Standings = ReadonlyMap<string, Standing>;

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
export function windOn(
  before: Standings,
  symptoms: readonly Symptom[],
  snapshot: Snapshot,
  secondsSince: number,
): Standings {
  const target = new Map(snapshot.deployments.map((deployment) => [deployment.name, deployment.target]));
  const present = new Map<string, Symptom>();
  for (const symptom of symptoms) {
    const key = `${symptom.code} ${symptom.deployment}`;
    present.set(key, moreInformative(symptom, present.get(key), before.get(key)));
  }
  const kept = [...before].filter(
    ([, standing]) =>
      secondsBetween(standing.lastObservedAt, snapshot.takenAt) <= UNLOCKED_SECONDS || !snapshot.isCurrent,
  );
  const sameTemplate = kept.filter(
    ([, standing]) => standing.target === (target.get(standing.symptom.deployment) ?? ''),
  );
  const standings = new Map(sameTemplate.map(([key, standing]) => [key, { ...standing, isPresent: false }]));
  for (const [key, symptom] of present) {
    const known = before.get(key);
    const continued = standings.has(key) && known?.symptom.mark === symptom.mark ? known : undefined;
    standings.set(
      key,
      wind(continued, symptom, snapshot, { secondsSince, target: target.get(symptom.deployment) ?? '' }),
    );
  }
  return standings;
}

/**
 * Of several pods, prefers the one that is not excused, then the one that becomes certain first, then the one that was
 * reported before, so that the message is stable.
 */
function moreInformative(symptom: Symptom, other: Symptom | undefined, known: Standing | undefined): Symptom {
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

interface Winding {
  readonly secondsSince: number;
  readonly target: string;
}

function wind(
  known: Standing | undefined,
  symptom: Symptom,
  { takenAt, isCurrent }: Snapshot,
  { secondsSince, target }: Winding,
): Standing {
  const passed = known?.isPresent && isCurrent ? secondsSince : 0;
  const excused = known?.symptom.excused === true;
  const { since, stoodSeconds, excusedSeconds } = known ?? { since: takenAt, stoodSeconds: 0, excusedSeconds: 0 };
  const clocks = excused
    ? { stoodSeconds, excusedSeconds: excusedSeconds + passed }
    : { stoodSeconds: stoodSeconds + passed, excusedSeconds };
  return { symptom, target, since, lastObservedAt: takenAt, isPresent: true, ...clocks };
}

function patienceOf({ code, certainAfterSeconds }: Symptom): number | null {
  return certainAfterSeconds === undefined ? CAUSES[code].certainAfterSeconds : certainAfterSeconds;
}

/** Seconds until the cause is certain, so that waiting longer does not help; null if it never is, or not now. */
function secondsToCertain({ symptom, stoodSeconds, excusedSeconds }: Standing): number | null {
  const patience = patienceOf(symptom);
  if (patience === null || symptom.excused) return null;
  const retry = RETRIES_DOUBLE.has(symptom.code) ? Math.min(excusedSeconds, MAX_RETRY_SECONDS) : 0;
  return patience + retry - stoodSeconds;
}

function secondsToReport({ symptom, stoodSeconds, excusedSeconds }: Standing): number {
  return (symptom.reportAfterSeconds ?? CAUSES[symptom.code].reportAfterSeconds) - stoodSeconds - excusedSeconds;
}

/** The cause as it is reported; null while the symptom is too recent. */
export function causeOf(standing: Standing, isCurrent: boolean): Cause | null {
  const { symptom, since, isPresent } = standing;
  const certain = isPresent && isCurrent && isOver(secondsToCertain(standing));
  if (!certain && !isOver(secondsToReport(standing))) return null;
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
export function secondsToNext(standing: Standing): number | null {
  if (!standing.isPresent) return null;
  const ahead = [secondsToReport(standing), secondsToCertain(standing)].filter(
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
