// The plan and its steps in the report: without user-supplied values, and with the result of each step.
import type { Event } from '../model/event.js';
import { planIn } from './plan-events.js';
import type { CheckResult } from '../model/check-result.js';
import type { PlannedStrategy } from '../model/shared-plan.js';
import type { Plan, Step } from '../model/step.js';
import { formatVersion } from '../model/version.js';
import { chartChangesOf } from '../platforms/registry.js';

export interface ReportedHop {
  readonly from: string;
  readonly to: string;
  readonly pathKind: 'plain' | 'migration';
  /** False if old and new pods cannot serve at the same time. */
  readonly rollingPossible: boolean;
  readonly why: string;
  /** The source of the check. */
  readonly source: string;
  /** The actions in order, if there is more than one helm upgrade. */
  readonly outline: readonly string[];
}

interface StepIdentity {
  /** Derived from the content of the step: the same plan has the same IDs. */
  readonly id: string;
  /**
   * The kind of a step. edit-files, recreate and wait-healthy belong to a Docker Compose project: they change the
   * settings of the images, start new containers, and wait until they respond.
   */
  readonly kind: Step['kind'];
}

export interface PlannedStep extends StepIdentity {
  readonly timeoutSeconds: number;
  /** Paths of the Helm values that are merged over the reused ones. The values are never reported. */
  readonly valueNames: readonly string[];
  /**
   * In a rolling upgrade: why the Deployment has this place in the order, with the source. Empty for other steps.
   */
  readonly why: string;
}

/** A chart default that is kept at its old value. `value` and `newDefault` come from charts, never from the user. */
export interface ReportedPin {
  readonly path: string;
  /** The pinned value; any JSON. */
  readonly value: unknown;
  /** The default of the new chart; missing if the new chart has no such key. */
  readonly newDefault?: unknown;
  readonly why: string;
  readonly source: string;
}

/** A value that the plan sets automatically. */
export interface ReportedSetting {
  readonly path: string;
  /** Any JSON. */
  readonly value: unknown;
  readonly why: string;
  readonly source: string;
}

export interface ReportedPlan {
  readonly strategy: PlannedStrategy;
  readonly from: string;
  readonly to: string;
  readonly image: string;
  /** Null for a Docker Compose project. */
  readonly chart: { readonly from: string; readonly to: string; readonly why: string } | null;
  /** The parts of the upgrade path, each from a version to the next. */
  readonly hops: readonly ReportedHop[];
  readonly steps: readonly PlannedStep[];
  /**
   * Defaults of the installed chart that are kept although the new chart has others. Values come from charts, never
   * from the user.
   */
  readonly pins: readonly ReportedPin[];
  /** Values that the plan sets automatically, such as active-standby for a rolling upgrade. */
  readonly settings: readonly ReportedSetting[];
  /** The checks: passed, with a warning, failed, or failed and skipped with skip-checks. */
  readonly checks: readonly CheckResult[];
}

/** `running`: the run ended or was interrupted while this step was in progress. */
export type StepState = 'complete' | 'skipped' | 'failed' | 'running';

export interface ReportedStep extends StepIdentity {
  /** skipped: already complete. running: the run ended or was interrupted while the step was in progress. */
  readonly state: StepState;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** @minimum 0 */
  readonly tookSeconds: number;
  /** What it waited for, one entry per change. */
  readonly waiting: readonly WaitingLine[];
}
export interface WaitingLine {
  readonly at: string;
  readonly waitingFor: string;
  /** Seconds since the start of the step. */
  readonly sinceSeconds: number;
}

/** The newest plan among the events; null if there is none. */
export function readPlan(events: readonly Event[]): ReportedPlan | null {
  const plan = events.flatMap((event) => planIn(event) ?? []).at(-1);
  return plan ? reportPlan(plan) : null;
}

/** The rollback plan; null if the run did not roll back. */
export function readRollback(events: readonly Event[]): ReportedPlan | null {
  const [began] = events.flatMap((event) => (event.type === 'rollback-started' ? [event.plan] : []));
  return began ? reportPlan(began) : null;
}

export function reportPlan(plan: Plan): ReportedPlan {
  const { strategy, image, checks } = plan;
  const { chart, pins, settings } = chartChangesOf(plan);
  return {
    strategy,
    from: formatVersion(plan.from),
    to: formatVersion(plan.to),
    image,
    chart: chart && { from: chart.from, to: chart.to, why: chart.why },
    hops: plan.hops.map((hop) => ({ ...hop, from: formatVersion(hop.from), to: formatVersion(hop.to) })),
    steps: plan.steps.map((step) => ({
      id: step.id,
      kind: step.kind,
      timeoutSeconds: step.timeoutSeconds,
      valueNames: valueNames(step),
      why: 'why' in step ? `${step.why} (${step.source})` : '',
    })),
    // Fields are listed explicitly, so that a new field of a pin does not reach the report unnoticed.
    pins: pins.map(({ path, value, newDefault, why, source }) => ({ path, value, newDefault, why, source })),
    settings: settings.map(({ path, value, why, source }) => ({ path, value, why, source })),
    checks,
  };
}

/** Paths of the Helm values that a step merges over the reused ones; never the values. */
export function valueNames(step: Step): readonly string[] {
  return step.kind === 'helm-upgrade' ? step.values.toJSON().keys : [];
}

/** The steps that started or were skipped, in order. Other steps of the plan were never reached. */
export function readSteps(events: readonly Event[]): ReportedStep[] {
  const last = events.at(-1)?.at ?? '';
  const failures = events.filter(
    (event) => event.type === 'rollback-started' || (event.type === 'failed' && event.problem.code !== 'cancelled'),
  );
  const ids = new Set(events.flatMap((event) => ('step' in event ? [event.step.id] : [])));
  return [...ids].map((id) =>
    readStep(
      events.filter((event) => 'step' in event && event.step.id === id),
      failures,
      last,
    ),
  );
}

type StepEvent = Extract<Event, { step: Step }>;

/**
 * A step without an end was ended by the first failure after its start: that of the upgrade, or that of the rollback.
 */
function readStep(mentions: readonly Event[], failures: readonly Event[], lastAt: string): ReportedStep {
  const own = mentions as readonly StepEvent[];
  const first = own[0]!;
  const startedAt = first.at;
  const failedAt = failures.find((failure) => failure.at >= startedAt)?.at ?? null;
  const common = { id: first.step.id, kind: first.step.kind, startedAt, waiting: readWaiting(own) };
  const end = own.find((event) => event.type === 'step-completed' || event.type === 'step-skipped');
  if (end?.type === 'step-completed')
    return { ...common, state: 'complete', endedAt: end.at, tookSeconds: round(end.tookSeconds) };
  if (end) return { ...common, state: 'skipped', endedAt: end.at, tookSeconds: 0 };
  return {
    ...common,
    state: failedAt ? 'failed' : 'running',
    endedAt: failedAt,
    tookSeconds: secondsBetween(startedAt, failedAt ?? lastAt),
  };
}

function readWaiting(own: readonly StepEvent[]): WaitingLine[] {
  const lines = own.flatMap((event) => (event.type === 'step-waiting' ? [event] : []));
  const changes = lines.filter((line, at) => line.waitingFor !== lines[at - 1]?.waitingFor);
  return changes.map(({ at, waitingFor, sinceSeconds }) => ({ at, waitingFor, sinceSeconds: round(sinceSeconds) }));
}

/** Seconds from one time to a later one, with millisecond precision. */
export function secondsBetween(from: string, to: string): number {
  return round((Date.parse(to) - Date.parse(from)) / 1000);
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
