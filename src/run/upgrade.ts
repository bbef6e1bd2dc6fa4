// The top level of a run: parse the inputs, observe, plan, execute. It reads from top to bottom; the imported files
// contain the details.
import { badInputs } from '../core/config/problems.js';
import type { PlatformName } from '../core/config/config.js';
import { parseInputs, type WriteProblem } from '../core/config/inputs.js';
import type { RawInputs, ReadFile } from '../core/config/raw-inputs.js';
import { toProblem, UpgradeError } from '../core/model/error.js';
import type { Emit, Outcome } from '../core/model/event.js';
import type { Planned } from '../core/model/shared-plan.js';
import type { Plan } from '../core/model/step.js';
import { formatVersion } from '../core/model/version.js';
import type { Planner } from '../core/platforms/planner.js';
import { withPlanner } from '../core/platforms/registry.js';
import type { ConfigOf, ObservationOf } from '../core/platforms/types.js';
import { abortableWith, closeInTime, reportingChanges } from './bounded-platform.js';
import { interruptible, limit } from './deadline.js';
import { draw, withChecks, type Drawing } from './draw.js';
import { runPlan } from './execute.js';
import type { Platform } from './platform.js';
import { recover } from './recover.js';
import { RunTrail } from './run-trail.js';
import type { RunTools } from './run-tools.js';

export interface UpgradeTools {
  readonly readFile: ReadFile;
  readonly writeProblem?: WriteProblem;
  /** `signal` ends the opening, at a cancel or at the `timeout` of the run. */
  readonly open: <P extends PlatformName>(
    platform: P,
    config: ConfigOf<P>,
    signal: AbortSignal,
  ) => Promise<Platform<P>>;
  readonly emit: Emit;
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
}

/** Performs the requested operation. Returns the outcome; throws UpgradeError when it fails. */
export async function upgrade(raw: RawInputs, tools: UpgradeTools): Promise<Outcome> {
  tools.emit({ type: 'phase-started', phase: 'inputs' });
  const parsed = parseInputs(raw, tools.readFile, tools.writeProblem);
  if (!parsed.ok) throw badInputs(parsed.problems);
  return withPlanner(parsed.config, (config, planner) => withPlatform({ config, planner, tools }));
}

/** The run on one platform. */
interface Run<P extends PlatformName> {
  readonly config: ConfigOf<P>;
  readonly planner: Planner<P>;
  readonly tools: UpgradeTools;
}

async function withPlatform<P extends PlatformName>(run: Run<P>): Promise<Outcome> {
  const { config, planner, tools } = run;
  tools.emit({ type: 'phase-started', phase: 'observe' });
  const deadline = tools.monotonic() + config.timeoutSeconds * 1000;
  const limits = limit(tools.signal, [{ input: 'timeout', milliseconds: config.timeoutSeconds * 1000 }]);
  const { signal } = limits;
  let platform: Platform<P> | null = null;
  try {
    const opened = interruptible(tools.open(planner.platform, config, signal), {
      signal,
      waitingFor: 'the connection',
      graceMilliseconds: 700,
    });
    platform = reportingChanges(await opened, tools.emit);
    return await operate(run, { unlimited: platform, platform: abortableWith(platform, signal), signal, deadline });
  } finally {
    limits.end();
    if (platform) await closeInTime(platform, tools);
  }
}

interface Opened<P extends PlatformName> {
  /** Every wait ends at a cancel or at the `timeout` of the run. */
  readonly platform: Platform<P>;
  /**
   * The same without the `timeout`, for work with a time limit of its own: the steps, and the handling of a failure.
   */
  readonly unlimited: Platform<P>;
  /** Aborts at a cancel or at the `timeout` of the run. */
  readonly signal: AbortSignal;
  readonly deadline: number;
}

async function operate<P extends PlatformName>(run: Run<P>, opened: Opened<P>): Promise<Outcome> {
  const { config, planner, tools } = run;
  const { platform, signal } = opened;
  const observation = await platform.observe();
  const notFound = planner.notFound(config, observation);
  if (notFound) throw notFound;
  tools.emit({ type: 'observed', observation });
  if (config.operation === 'verify') return verify(run, observation);

  tools.emit({ type: 'phase-started', phase: 'plan' });
  const drawing = { config, planner, platform, signal };
  const drawn = await draw(drawing, observation);
  const draft = await withChecks(drawn, (plan) => platform.preflight(plan), tools.emit);
  if (draft.failedChecks.length > 0 || !draft.plan) return refuse(draft, tools.emit);
  if (config.operation === 'plan') return announce(draft.plan, 'planned', tools.emit);
  if (draft.plan.strategy === 'nothing') return announce(draft.plan, 'unchanged', tools.emit);

  return applyChanges(drawing, opened, tools);
}

async function applyChanges<P extends PlatformName>(
  drawing: Drawing<P>,
  { platform, unlimited, deadline }: Opened<P>,
  { emit, monotonic, signal }: UpgradeTools,
): Promise<Outcome> {
  const { config, planner } = drawing;
  await platform.acquireLock();
  // The first observation was made without the lock, so it may be outdated.
  const before = await platform.observe();
  const drawn = await draw(drawing, before);
  const { plan, failedChecks } =
    drawn.failedChecks.length > 0 ? drawn : await withChecks(drawn, (again) => platform.probeImages(again), emit);
  if (failedChecks.length > 0 || !plan) return refuse({ plan, failedChecks }, emit);
  emit({ type: 'plan-created', plan });
  emit({ type: 'phase-started', phase: 'run' });
  const trail = new RunTrail();
  const run: RunTools<P> = trail.follow({ platform: unlimited, planner, emit, monotonic, signal, deadline });
  try {
    await runPlan(plan, run);
  } catch (error) {
    return recover(error, { config, planner, plan, before, platform: abortableWith(unlimited, signal), run, trail });
  }
  await emitLast(abortableWith(unlimited, signal), emit);
  return 'succeeded';
}

/** Every step is complete already: a failed last observation does not change the outcome. */
async function emitLast<P extends PlatformName>(platform: Platform<P>, emit: Emit): Promise<void> {
  try {
    emit({ type: 'observed', observation: await platform.observe() });
  } catch (error) {
    emit({
      type: 'warned',
      message: `The installation could not be observed after the upgrade: ${toProblem(error).why}`,
    });
  }
}

function announce(plan: Plan, outcome: 'planned' | 'unchanged', emit: Emit): Outcome {
  emit({ type: 'plan-created', plan });
  return outcome;
}

function refuse({ plan, failedChecks }: Planned<Plan>, emit: Emit): Outcome {
  emit({ type: 'plan-refused', plan, failedChecks });
  return 'refused';
}

function verify<P extends PlatformName>({ config, planner }: Run<P>, observation: ObservationOf<P>): Outcome {
  const status = planner.evaluate(planner.verification(config, observation), observation);
  if (status.state === 'complete') return 'succeeded';
  const why =
    status.state === 'in-progress'
      ? `still waiting for ${status.waitingFor}`
      : status.state === 'stalled'
        ? status.reason
        : 'the change was not applied';
  throw new UpgradeError({
    code: 'step-stalled',
    what: `${planner.nameOf(config, observation)} does not run ${formatVersion(config.target)} everywhere`,
    why,
    remedy: 'Run the action with operation: upgrade.',
  });
}
