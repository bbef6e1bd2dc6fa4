// The story: parse, look, plan, run. Read from top to bottom it is what the action does; how each part works is in the files it names.
import { toProblem, UpgradeError } from './core/errors.js';
import type { Emit, Outcome } from './core/events.js';
import type { Evidence } from './core/evidence.js';
import type { CatalogueEntry } from './core/chart-choice.js';
import type { Preflight } from './core/preflight.js';
import { badInputs, releaseNotFound, versionUnknown } from './core/problems.js';
import type { Config } from './core/goal.js';
import { parseInputs, type RawInputs, type ReadFile, type WriteProblem } from './core/inputs.js';
import { findProjectRoute, planProjectUpgrade, projectVerification } from './core/compose/plan.js';
import { planProjectBack } from './core/compose/way-back.js';
import type { ProjectObservation } from './core/compose/seen.js';
import { planMigrationBack } from './core/migration/way-back.js';
import type { Observation } from './core/observation.js';
import { findRoute, planUpgrade, verificationStep, type Route } from './core/plan.js';
import type { Plan, Planned, PlannedStrategy } from './core/steps.js';
import type { Values } from './core/values.js';
import { evaluate } from './core/verdict.js';
import { formatVersion } from './core/version.js';
import { interruptible, limit } from './deadline.js';
import { Offer } from './offer.js';
import { recover } from './recover.js';
import { RunTrail } from './run-trail.js';
import { runPlan, type StepPlatform, type RunTools } from './run.js';
import { closeInTime, abortableWith, reportingChanges } from './world.js';

/** A platform as the story needs it: with charts on offer, and a lock. Each call ends with the signal it is given, or else with the run. */
export interface Platform extends StepPlatform {
  charts(signal?: AbortSignal): Promise<readonly CatalogueEntry[]>;
  chartDefaults(version: string, signal?: AbortSignal): Promise<Values>;
  /** Asks everything that can be asked before a change. Changes nothing. */
  preflight(plan: Plan, signal?: AbortSignal): Promise<Preflight>;
  /** Pulls and starts the target image where it will run, in pods that are removed again. Called with the lock held, before the first change. */
  probeImages(plan: Plan, signal?: AbortSignal): Promise<Preflight>;
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
  readonly open: (config: Config, signal: AbortSignal) => Promise<Platform>;
  readonly emit: Emit;
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
}

/** Does what the inputs ask for. Returns the outcome; throws UpgradeError when it cannot go on. */
export async function upgrade(raw: RawInputs, tools: UpgradeTools): Promise<Outcome> {
  tools.emit({ type: 'phase-started', phase: 'inputs' });
  const parsed = parseInputs(raw, tools.readFile, tools.writeProblem);
  if (!parsed.ok) throw badInputs(parsed.problems);
  const { config } = parsed;
  tools.emit({ type: 'phase-started', phase: 'observe' });
  const deadline = tools.monotonic() + config.timeoutSeconds * 1000;
  const limits = limit(tools.signal, [{ input: 'timeout', milliseconds: config.timeoutSeconds * 1000 }]);
  let platform: Platform | null = null;
  try {
    const opened = interruptible(tools.open(config, limits.signal), { signal: limits.signal, waitingFor: 'the connection', graceMilliseconds: 700 });
    platform = reportingChanges(await opened, tools.emit);
    return await withPlatform(config, { whole: platform, platform: abortableWith(platform, limits.signal), deadline }, tools);
  } finally {
    limits.end();
    if (platform) await closeInTime(platform, tools);
  }
}

interface Opened {
  /** Every wait of it ends with the run, by a cancel or by its `timeout`. */
  readonly platform: Platform;
  /** The same without the `timeout`, for what each have their own: the steps, and what follows a failure. */
  readonly whole: Platform;
  readonly deadline: number;
}

async function withPlatform(config: Config, { platform, whole, deadline }: Opened, tools: UpgradeTools): Promise<Outcome> {
  const observation = await platform.observe();
  if (!observation.release && !observation.project && !(config.operation === 'verify' && observation.components.length > 0))
    throw releaseNotFound(config, observation.withoutRelease);
  tools.emit({ type: 'observed', observation });
  if (config.operation === 'verify') return verify(config, observation);

  tools.emit({ type: 'phase-started', phase: 'plan' });
  const offer = new Offer(platform);
  const draft = await checked(await draw(config, observation, offer), (plan) => platform.preflight(plan), tools.emit);
  if (draft.failedChecks.length > 0 || !draft.plan) return refuse(draft, tools.emit);
  if (config.operation === 'plan') return tell(draft.plan, 'planned', tools.emit);
  if (draft.plan.strategy === 'nothing') return tell(draft.plan, 'unchanged', tools.emit);

  return carryOut(config, { platform, whole, offer, deadline, tools });
}

interface Journey extends Opened {
  readonly offer: Offer;
  readonly tools: UpgradeTools;
}

async function carryOut(config: Config, { platform, whole, offer, deadline, tools }: Journey): Promise<Outcome> {
  const { emit, monotonic, signal } = tools;
  await platform.take();
  // The first look was without the lock: what counts is what is there now.
  const before = await platform.observe();
  const drawn = await draw(config, before, offer);
  const { plan, failedChecks } = drawn.failedChecks.length > 0 ? drawn : await checked(drawn, (again) => platform.probeImages(again), emit);
  if (failedChecks.length > 0 || !plan) return refuse({ plan, failedChecks }, emit);
  emit({ type: 'plan-created', plan });
  emit({ type: 'phase-started', phase: 'run' });
  const trail = new RunTrail();
  const run: RunTools = trail.follow({ platform: whole, emit, monotonic, signal, deadline });
  try {
    await runPlan(plan, run);
  } catch (error) {
    return recover(error, { config, plan, before, platform: abortableWith(whole, signal), run, trail });
  }
  await emitLast(abortableWith(whole, signal), emit);
  return 'succeeded';
}

/** Every step was seen to be complete: that one more observation fails does not make it untrue. */
async function emitLast(platform: Platform, emit: Emit): Promise<void> {
  try {
    emit({ type: 'observed', observation: await platform.observe() });
  } catch (error) {
    emit({ type: 'warned', message: `The installation could not be observed once more: ${toProblem(error).why}` });
  }
}

const CHECKED_STRATEGIES: ReadonlySet<PlannedStrategy> = new Set(['helm-upgrade', 'rolling', 'migrate', 'restore', 'recreate']);

/** A plan with the answers of the cluster to it. A plan that a rule refuses is asked about as well, so that every reason is told at once. */
async function checked(drawn: Planned, request: (plan: Plan) => Promise<Preflight>, emit: Emit): Promise<Planned> {
  if (!drawn.plan || !CHECKED_STRATEGIES.has(drawn.plan.strategy)) return drawn;
  const { checks, failedChecks, changes } = await request(drawn.plan);
  emit({ type: 'checked', checks, changes });
  return { plan: drawn.plan, failedChecks: [...drawn.failedChecks, ...failedChecks] };
}

async function draw(config: Config, observation: Observation, offer: Offer): Promise<Planned> {
  if (observation.project) return drawProject(config, observation, observation.project);
  if (config.operation === 'rollback') return planMigrationBack(config, observation);
  const route = findRoute(config, observation, await offer.charts());
  if (!route) throw versionUnknown(config, observation);
  return planUpgrade(config, observation, route, await defaultsOf(route, offer));
}

function drawProject(config: Config, observation: Observation, project: ProjectObservation): Planned {
  if (config.operation === 'rollback') return planProjectBack(config, observation, project);
  const route = findProjectRoute(config, observation, project);
  if (!route) throw versionUnknown(config, observation);
  return planProjectUpgrade(config, observation, project, route);
}

/** Without a chart there is nothing to pin against; the refusal of the chart is told instead. */
function defaultsOf(route: Route, offer: Offer): Promise<Values> {
  return route.chart ? offer.defaults(route.chart.version) : Promise.resolve(route.installed.computedValues.reveal());
}

function tell(plan: Plan, outcome: 'planned' | 'unchanged', emit: Emit): Outcome {
  emit({ type: 'plan-created', plan });
  return outcome;
}

function refuse({ plan, failedChecks }: Planned, emit: Emit): Outcome {
  emit({ type: 'plan-refused', plan, failedChecks });
  return 'refused';
}

function verify(config: Config, observation: Observation): Outcome {
  const status = evaluate(observation.project ? projectVerification(config, observation.project) : verificationStep(config, observation), observation);
  if (status.state === 'complete') return 'succeeded';
  const why = status.state === 'in-progress' ? `not yet: ${status.waitingFor}` : status.state === 'stalled' ? status.reason : 'it was not asked for';
  throw new UpgradeError({
    code: 'step-stalled',
    what: `${observation.project?.name ?? config.release} does not run ${formatVersion(config.target)} everywhere`,
    why,
    remedy: 'Run with operation: upgrade to get there.',
  });
}
