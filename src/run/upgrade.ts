// The top level of a run: parse the inputs, observe, plan, execute. It reads from top to bottom; the imported files
// contain the details.
import { toProblem, UpgradeError } from '../core/model/error.js';
import type { Emit, Outcome } from '../core/model/event.js';
import type { Preflight } from '../core/model/preflight.js';
import { badInputs, releaseNotFound, versionUnknown } from '../core/config/problems.js';
import type { Config } from '../core/config/config.js';
import { parseInputs, type WriteProblem } from '../core/config/inputs.js';
import { findProjectRoute, planProjectUpgrade, projectVerification } from '../core/compose/plan.js';
import { planProjectBack } from '../core/compose/rollback.js';
import type { ProjectObservation } from '../core/compose/observation.js';
import { planMigrationBack } from '../core/migration/rollback.js';
import type { Observation } from '../core/model/observation.js';
import { isOperators } from '../core/helm/operator-plan.js';
import { findRoute, planUpgrade, verificationStep } from '../core/helm/plan.js';
import type { Plan, Planned, PlannedStrategy } from '../core/model/step.js';
import type { Values } from '../core/model/values.js';
import { evaluate } from '../core/status/evaluate.js';
import { formatVersion } from '../core/model/version.js';
import { interruptible, limit } from './deadline.js';
import { Offer } from './offer.js';
import { canOnlyRead, planOnly } from './plan-only.js';
import { recover } from './recover.js';
import { RunTrail } from './run-trail.js';
import { runPlan } from './execute.js';
import { closeInTime, abortableWith, reportingChanges } from './bounded-platform.js';
import type { Platform } from './platform.js';
import type { RunTools } from './run-tools.js';
import type { RawInputs, ReadFile } from '../core/config/raw-inputs.js';
import type { Route } from '../core/helm/route.js';

export interface UpgradeTools {
  readonly readFile: ReadFile;
  readonly writeProblem?: WriteProblem;
  /** `signal` ends the opening, at a cancel or at the `timeout` of the run. */
  readonly open: (config: Config, signal: AbortSignal) => Promise<Platform>;
  readonly emit: Emit;
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
}

/** Performs the requested operation. Returns the outcome; throws UpgradeError when it fails. */
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
    const opened = interruptible(tools.open(config, limits.signal), {
      signal: limits.signal,
      waitingFor: 'the connection',
      graceMilliseconds: 700,
    });
    platform = reportingChanges(await opened, tools.emit);
    return await withPlatform(
      config,
      { unlimited: platform, platform: abortableWith(platform, limits.signal), deadline },
      tools,
    );
  } finally {
    limits.end();
    if (platform) await closeInTime(platform, tools);
  }
}

interface Opened {
  /** Every wait ends at a cancel or at the `timeout` of the run. */
  readonly platform: Platform;
  /**
   * The same without the `timeout`, for work with a time limit of its own: the steps, and the handling of a failure.
   */
  readonly unlimited: Platform;
  readonly deadline: number;
}

async function withPlatform(
  config: Config,
  { platform, unlimited, deadline }: Opened,
  tools: UpgradeTools,
): Promise<Outcome> {
  const observation = await platform.observe();
  if (!observation.release && !observation.project && !canOnlyRead(config, observation))
    throw releaseNotFound(config, observation.withoutRelease);
  tools.emit({ type: 'observed', observation });
  if (config.operation === 'verify') return verify(config, observation);

  tools.emit({ type: 'phase-started', phase: 'plan' });
  if (isOperators(observation)) return planOnly(config, observation, tools.emit);
  const offer = new Offer(platform);
  const draft = await checked(await draw(config, observation, offer), (plan) => platform.preflight(plan), tools.emit);
  if (draft.failedChecks.length > 0 || !draft.plan) return refuse(draft, tools.emit);
  if (config.operation === 'plan') return announce(draft.plan, 'planned', tools.emit);
  if (draft.plan.strategy === 'nothing') return announce(draft.plan, 'unchanged', tools.emit);

  return applyChanges(config, { platform, unlimited, offer, deadline, tools });
}

interface ChangeTools extends Opened {
  readonly offer: Offer;
  readonly tools: UpgradeTools;
}

async function applyChanges(
  config: Config,
  { platform, unlimited, offer, deadline, tools }: ChangeTools,
): Promise<Outcome> {
  const { emit, monotonic, signal } = tools;
  await platform.acquireLock();
  // The first observation was made without the lock, so it may be outdated.
  const before = await platform.observe();
  const drawn = await draw(config, before, offer);
  const { plan, failedChecks } =
    drawn.failedChecks.length > 0 ? drawn : await checked(drawn, (again) => platform.probeImages(again), emit);
  if (failedChecks.length > 0 || !plan) return refuse({ plan, failedChecks }, emit);
  emit({ type: 'plan-created', plan });
  emit({ type: 'phase-started', phase: 'run' });
  const trail = new RunTrail();
  const run: RunTools = trail.follow({ platform: unlimited, emit, monotonic, signal, deadline });
  try {
    await runPlan(plan, run);
  } catch (error) {
    return recover(error, { config, plan, before, platform: abortableWith(unlimited, signal), run, trail });
  }
  await emitLast(abortableWith(unlimited, signal), emit);
  return 'succeeded';
}

/** Every step is complete already: a failed last observation does not change the outcome. */
async function emitLast(platform: Platform, emit: Emit): Promise<void> {
  try {
    emit({ type: 'observed', observation: await platform.observe() });
  } catch (error) {
    emit({
      type: 'warned',
      message: `The installation could not be observed after the upgrade: ${toProblem(error).why}`,
    });
  }
}

const CHECKED_STRATEGIES: ReadonlySet<PlannedStrategy> = new Set([
  'helm-upgrade',
  'rolling',
  'migrate',
  'restore',
  'recreate',
]);

/**
 * Adds the checks of the platform to a plan. They also run for a plan with failed checks, so that every failed check is
 * reported at once.
 */
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

/** Without a chart there are no defaults to pin against; the failed check of the chart is reported instead. */
function defaultsOf(route: Route, offer: Offer): Promise<Values> {
  return route.chart ? offer.defaults(route.chart.version) : Promise.resolve(route.installed.computedValues.reveal());
}

function announce(plan: Plan, outcome: 'planned' | 'unchanged', emit: Emit): Outcome {
  emit({ type: 'plan-created', plan });
  return outcome;
}

function refuse({ plan, failedChecks }: Planned, emit: Emit): Outcome {
  emit({ type: 'plan-refused', plan, failedChecks });
  return 'refused';
}

function verify(config: Config, observation: Observation): Outcome {
  const status = evaluate(
    observation.project ? projectVerification(config, observation.project) : verificationStep(config, observation),
    observation,
  );
  if (status.state === 'complete') return 'succeeded';
  const why =
    status.state === 'in-progress'
      ? `still waiting for ${status.waitingFor}`
      : status.state === 'stalled'
        ? status.reason
        : 'the change was not applied';
  throw new UpgradeError({
    code: 'step-stalled',
    what: `${observation.project?.name ?? config.release} does not run ${formatVersion(config.target)} everywhere`,
    why,
    remedy: 'Run the action with operation: upgrade.',
  });
}
