// The story: parse, look, plan, run. Read from top to bottom it is what the action does; how each part works is in the files it names.
import { toProblem, UpgradeError } from './core/errors.js';
import type { Emit, Outcome } from './core/events.js';
import type { Evidence } from './core/evidence.js';
import type { CatalogueEntry } from './core/chart-choice.js';
import type { Preflight } from './core/preflight.js';
import { badInputs, releaseNotFound, versionUnknown } from './core/problems.js';
import type { Goal } from './core/goal.js';
import { parseInputs, type RawInputs, type ReadFile, type WriteProblem } from './core/inputs.js';
import { findProjectRoute, planProjectUpgrade, projectVerification } from './core/compose/plan.js';
import { planProjectBack } from './core/compose/way-back.js';
import type { ProjectSeen } from './core/compose/seen.js';
import { planMigrationBack } from './core/migration/way-back.js';
import type { Observation } from './core/observation.js';
import { findRoute, planUpgrade, verificationStep, type Route } from './core/plan.js';
import type { Plan, Planned, PlannedStrategy } from './core/steps.js';
import type { Values } from './core/values.js';
import { judge } from './core/verdict.js';
import { formatVersion } from './core/version.js';
import { interruptible, limit } from './deadline.js';
import { Offer } from './offer.js';
import { recover } from './recover.js';
import { RunTrail } from './run-trail.js';
import { runPlan, type Platform, type RunTools } from './run.js';
import { closeInTime, endingWith, telling } from './world.js';

/** A platform as the story needs it: with charts on offer, and a lock. Each call ends with the signal it is given, or else with the run. */
export interface World extends Platform {
  charts(signal?: AbortSignal): Promise<readonly CatalogueEntry[]>;
  chartDefaults(version: string, signal?: AbortSignal): Promise<Values>;
  /** Asks everything that can be asked before a change. Changes nothing. */
  preflight(plan: Plan, signal?: AbortSignal): Promise<Preflight>;
  /** Pulls and starts the target image where it will run, in pods that are removed again. Called with the lock held, before the first change. */
  rehearse(plan: Plan, signal?: AbortSignal): Promise<Preflight>;
  /** Saves what tells why it failed; null when there is nothing. */
  saveEvidence(signal?: AbortSignal): Promise<Evidence | null>;
  /** Keeps other runs away and clears what a dead one left, before anything is changed. */
  take(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface UpgradeTools {
  readonly readFile: ReadFile;
  readonly writeProblem?: WriteProblem;
  /** `signal` ends the opening, by a cancel or by the time that the run has. */
  readonly open: (goal: Goal, signal: AbortSignal) => Promise<World>;
  readonly emit: Emit;
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
}

/** Does what the inputs ask for. Returns the outcome; throws UpgradeError when it cannot go on. */
export async function upgrade(raw: RawInputs, tools: UpgradeTools): Promise<Outcome> {
  tools.emit({ type: 'chapter-began', chapter: 'inputs' });
  const parsed = parseInputs(raw, tools.readFile, tools.writeProblem);
  if (!parsed.ok) throw badInputs(parsed.problems);
  const { goal } = parsed;
  tools.emit({ type: 'chapter-began', chapter: 'look' });
  const deadline = tools.monotonic() + goal.timeoutSeconds * 1000;
  const limits = limit(tools.signal, [{ input: 'timeout', milliseconds: goal.timeoutSeconds * 1000 }]);
  let world: World | null = null;
  try {
    const opened = interruptible(tools.open(goal, limits.signal), { signal: limits.signal, waitingFor: 'the connection', graceMilliseconds: 700 });
    world = telling(await opened, tools.emit);
    return await withWorld(goal, { whole: world, world: endingWith(world, limits.signal), deadline }, tools);
  } finally {
    limits.end();
    if (world) await closeInTime(world, tools);
  }
}

interface Opened {
  /** Every wait of it ends with the run, by a cancel or by its `timeout`. */
  readonly world: World;
  /** The same without the `timeout`, for what each have their own: the steps, and what follows a failure. */
  readonly whole: World;
  readonly deadline: number;
}

async function withWorld(goal: Goal, { world, whole, deadline }: Opened, tools: UpgradeTools): Promise<Outcome> {
  const seen = await world.observe();
  if (!seen.release && !seen.project && !(goal.operation === 'verify' && seen.components.length > 0)) throw releaseNotFound(goal, seen.withoutRelease);
  tools.emit({ type: 'looked', seen });
  if (goal.operation === 'verify') return verify(goal, seen);

  tools.emit({ type: 'chapter-began', chapter: 'plan' });
  const offer = new Offer(world);
  const draft = await checked(await draw(goal, seen, offer), (plan) => world.preflight(plan), tools.emit);
  if (draft.refusals.length > 0 || !draft.plan) return refuse(draft, tools.emit);
  if (goal.operation === 'plan') return tell(draft.plan, 'planned', tools.emit);
  if (draft.plan.strategy === 'nothing') return tell(draft.plan, 'unchanged', tools.emit);

  return carryOut(goal, { world, whole, offer, deadline, tools });
}

interface Journey extends Opened {
  readonly offer: Offer;
  readonly tools: UpgradeTools;
}

async function carryOut(goal: Goal, { world, whole, offer, deadline, tools }: Journey): Promise<Outcome> {
  const { emit, monotonic, signal } = tools;
  await world.take();
  // The first look was without the lock: what counts is what is there now.
  const before = await world.observe();
  const drawn = await draw(goal, before, offer);
  const { plan, refusals } = drawn.refusals.length > 0 ? drawn : await checked(drawn, (again) => world.rehearse(again), emit);
  if (refusals.length > 0 || !plan) return refuse({ plan, refusals }, emit);
  emit({ type: 'plan-made', plan });
  emit({ type: 'chapter-began', chapter: 'run' });
  const trail = new RunTrail();
  const run: RunTools = trail.follow({ platform: whole, emit, monotonic, signal, deadline });
  try {
    await runPlan(plan, run);
  } catch (error) {
    return recover(error, { goal, plan, before, world: endingWith(whole, signal), run, trail });
  }
  await emitLast(endingWith(whole, signal), emit);
  return 'succeeded';
}

/** Every step was seen to be complete: that one more observation fails does not make it untrue. */
async function emitLast(world: World, emit: Emit): Promise<void> {
  try {
    emit({ type: 'looked', seen: await world.observe() });
  } catch (error) {
    emit({ type: 'warned', message: `The installation could not be observed once more: ${toProblem(error).why}` });
  }
}

const ASKED_ABOUT: ReadonlySet<PlannedStrategy> = new Set(['helm-upgrade', 'rolling', 'migrate', 'restore', 'recreate']);

/** A plan with the answers of the cluster to it. A plan that a rule refuses is asked about as well, so that every reason is told at once. */
async function checked(drawn: Planned, ask: (plan: Plan) => Promise<Preflight>, emit: Emit): Promise<Planned> {
  if (!drawn.plan || !ASKED_ABOUT.has(drawn.plan.strategy)) return drawn;
  const { checks, refusals, changes } = await ask(drawn.plan);
  emit({ type: 'checked', checks, changes });
  return { plan: drawn.plan, refusals: [...drawn.refusals, ...refusals] };
}

async function draw(goal: Goal, seen: Observation, offer: Offer): Promise<Planned> {
  if (seen.project) return drawProject(goal, seen, seen.project);
  if (goal.operation === 'rollback') return planMigrationBack(goal, seen);
  const route = findRoute(goal, seen, await offer.charts());
  if (!route) throw versionUnknown(goal, seen);
  return planUpgrade(goal, seen, route, await defaultsOf(route, offer));
}

function drawProject(goal: Goal, seen: Observation, project: ProjectSeen): Planned {
  if (goal.operation === 'rollback') return planProjectBack(goal, seen, project);
  const route = findProjectRoute(goal, seen, project);
  if (!route) throw versionUnknown(goal, seen);
  return planProjectUpgrade(goal, seen, project, route);
}

/** Without a chart there is nothing to pin against; the refusal of the chart is told instead. */
function defaultsOf(route: Route, offer: Offer): Promise<Values> {
  return route.chart ? offer.defaults(route.chart.version) : Promise.resolve(route.installed.computedValues.reveal());
}

function tell(plan: Plan, outcome: 'planned' | 'unchanged', emit: Emit): Outcome {
  emit({ type: 'plan-made', plan });
  return outcome;
}

function refuse({ plan, refusals }: Planned, emit: Emit): Outcome {
  emit({ type: 'plan-refused', plan, refusals });
  return 'refused';
}

function verify(goal: Goal, seen: Observation): Outcome {
  const verdict = judge(seen.project ? projectVerification(goal, seen.project) : verificationStep(goal, seen), seen);
  if (verdict.state === 'done') return 'succeeded';
  const why = verdict.state === 'moving' ? `not yet: ${verdict.waitingFor}` : verdict.state === 'stuck' ? verdict.because : 'it was not asked for';
  throw new UpgradeError({
    code: 'step-stuck',
    what: `${seen.project?.name ?? goal.release} does not run ${formatVersion(goal.target)} everywhere`,
    why,
    remedy: 'Run with operation: upgrade to get there.',
  });
}
