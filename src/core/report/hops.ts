// The hops of a run in the report: one for each upgrade of the path, with what happened in it. Pure: every time is the
// time of an event.
import type { DataResult } from '../data/result.js';
import type { PlannedHop } from '../hops/hop.js';
import type { Event } from '../model/event.js';
import type { PlannedStrategy } from '../model/shared-plan.js';
import { formatVersion } from '../model/version.js';
import { readComponentRows, type ComponentRow } from './components.js';
import { reportPlan, readSteps, secondsBetween, type ReportedPlan, type ReportedStep } from './plan.js';

/**
 * planned: not started, because the run only planned. not-started: the run ended before it. running: the run was
 * interrupted in it.
 */
export type HopResult = 'complete' | 'failed' | 'refused' | 'rolled-back' | 'running' | 'not-started' | 'planned';

export interface HopRow {
  readonly from: string;
  readonly to: string;
  /** Why the path has this hop, and the source. */
  readonly why: string;
  readonly source: string;
  /** The values of the change of the topology that is part of the hop; empty if there is none. */
  readonly topology: Readonly<Record<string, boolean>>;
  /** Null if it could not be planned, because an earlier hop has no plan. */
  readonly strategy: PlannedStrategy | null;
  /** Null for a Docker Compose project, and without a plan. */
  readonly chart: { readonly from: string; readonly to: string } | null;
  readonly image: string | null;
  /** Whether the old version can be started again once the new one has run; null without a plan. */
  readonly rollback: 'available' | 'blocked' | null;
  /** planned: the run only planned. not-started: the run ended before it. running: the run was interrupted in it. */
  readonly result: HopResult;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** @minimum 0 */
  readonly tookSeconds: number | null;
  /**
   * Time in which at least one Deployment or service had no ready pod or container; null if the hop did not start.
   *
   * @minimum 0
   */
  readonly unavailableSeconds: number | null;
  /** Whether the data was the same after the hop; null if it was not compared. */
  readonly data: HopData | null;
  /** The plan of the hop; for a hop that did not start, from what the hop before it is expected to leave. */
  readonly plan: ReportedPlan | null;
  readonly steps: readonly ReportedStep[];
  readonly components: readonly ComponentRow[];
}

export interface HopData {
  readonly state: DataResult['state'];
  /**
   * The rows of all collections after the hop; null if they could not be counted.
   *
   * @minimum 0
   * @asType integer
   */
  readonly rows: number | null;
}

/** Empty for a run of one upgrade. */
export function readHops(events: readonly Event[]): HopRow[] {
  const hops = events.flatMap((event) => (event.type === 'path-planned' ? [event.hops] : [])).at(-1) ?? [];
  return hops.map((hop) => readHop(hop, partOf(hop, events), events));
}

/** The versions of the path, in order. */
export function versionsOf(hops: readonly HopRow[]): string[] {
  return [...new Set(hops.map(({ to }) => to))];
}

/** What the plans of later hops are made from, as one sentence. */
export function describeAhead(hops: number): string {
  return hops > 1
    ? 'Every later hop is planned from what the hop before it is expected to leave. Before it begins, its plan and all checks, among them the health of the installation and the room for its pods, are made again from what then runs.'
    : 'The hop is planned from what runs.';
}

/** The events from the start of a hop until its end, or until the end of the run. */
function partOf({ number }: PlannedHop, events: readonly Event[]): readonly Event[] {
  const start = events.findIndex((event) => event.type === 'hop-started' && event.position.number === number);
  if (start < 0) return [];
  const end = events.findIndex((event) => event.type === 'hop-completed' && event.position.number === number);
  return events.slice(start, end < 0 ? undefined : end + 1);
}

/** The installation at the start of a hop: the last observation before it, with the changes since. */
function stateBefore({ number }: PlannedHop, events: readonly Event[]): readonly Event[] {
  const start = events.findIndex((event) => event.type === 'hop-started' && event.position.number === number);
  const before = events.slice(0, Math.max(0, start));
  const last = before.findLastIndex(({ type }) => type === 'observed');
  return before.slice(Math.max(0, last)).filter(({ type }) => type === 'observed' || type === 'component-changed');
}

function readHop(planned: PlannedHop, own: readonly Event[], all: readonly Event[]): HopRow {
  const { hop } = planned;
  const carriedOut = own.flatMap((event) => (event.type === 'plan-created' ? [event.plan] : [])).at(-1);
  const found = carriedOut ?? planned.plan;
  const plan = found && reportPlan(found);
  const components = readComponentRows([...stateBefore(planned, all), ...own]);
  return {
    from: formatVersion(hop.from),
    to: formatVersion(hop.to),
    why: hop.why,
    source: hop.source,
    topology: hop.topology?.values ?? {},
    ...decisionOf(plan),
    result: resultOf(own, all),
    ...timesOf(own),
    unavailableSeconds: own.length === 0 ? null : unavailableSeconds(components),
    data: dataOf(own),
    plan,
    steps: readSteps(own),
    components,
  };
}

function decisionOf(plan: ReportedPlan | null): Pick<HopRow, 'strategy' | 'chart' | 'image' | 'rollback'> {
  if (!plan) return { strategy: null, chart: null, image: null, rollback: null };
  const { strategy, chart, image, checks } = plan;
  return { strategy, chart: chart && { from: chart.from, to: chart.to }, image, rollback: rollbackOf(checks) };
}

function rollbackOf(checks: ReportedPlan['checks']): HopRow['rollback'] {
  const found = checks.find(({ id }) => id === 'rollback');
  return found ? (found.state === 'pass' ? 'available' : 'blocked') : null;
}

function resultOf(own: readonly Event[], all: readonly Event[]): HopResult {
  const has = (type: Event['type'], events = own): boolean => events.some((event) => event.type === type);
  const outcome = all.flatMap((event) => (event.type === 'ended' ? [event.outcome] : [])).at(-1);
  if (own.length === 0) return outcome === 'planned' ? 'planned' : 'not-started';
  if (has('hop-completed')) return 'complete';
  if (has('plan-refused')) return 'refused';
  if (outcome === 'rolled-back') return 'rolled-back';
  const failed = own.some((event) => event.type === 'failed' && event.problem.code !== 'cancelled');
  return failed ? 'failed' : 'running';
}

function timesOf(own: readonly Event[]): Pick<HopRow, 'startedAt' | 'endedAt' | 'tookSeconds'> {
  const [startedAt, endedAt] = [own[0]?.at ?? null, own.at(-1)?.at ?? null];
  return { startedAt, endedAt, tookSeconds: startedAt && endedAt ? secondsBetween(startedAt, endedAt) : null };
}

function dataOf(own: readonly Event[]): HopData | null {
  const data = own.flatMap((event) => (event.type === 'data-compared' ? [event.data] : [])).at(-1);
  if (!data) return null;
  const counts = data.collections.flatMap(({ rowsAfter }) => (rowsAfter === null ? [] : [rowsAfter]));
  const isCounted = data.state !== 'not-verified' && counts.length === data.collections.length;
  return { state: data.state, rows: isCounted ? counts.reduce((sum, count) => sum + count, 0) : null };
}

/** Overlapping times count once. */
function unavailableSeconds(components: readonly ComponentRow[]): number {
  const spans = components
    .flatMap(({ spans: own }) => own.filter(({ state }) => state === 'unavailable'))
    .map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }))
    .sort((a, b) => a.from - b.from);
  let [sum, until] = [0, Number.NEGATIVE_INFINITY];
  for (const { from, to } of spans) {
    sum += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return sum / 1000;
}

export function nameOfRow({ from, to }: Pick<HopRow, 'from' | 'to'>): string {
  return `${from} → ${to}`;
}
