// Rolls back after a failure. One failed request does not end the rollback: a stopped Milvus must be started again, or
// the error reports that it is stopped.
import { endSentence, toProblem, toUpgradeError, UpgradeError, type Problem } from '../core/model/error.js';
import type { Outcome } from '../core/model/event.js';
import type { Config, PlatformName } from '../core/config/config.js';
import type { PlannedStrategy } from '../core/model/shared-plan.js';
import type { PlanOf } from '../core/platforms/types.js';
import { isLockLost, withDowntime, type Failure } from './failure.js';
import { interruptible } from './deadline.js';
import { runPlan } from './execute.js';
import type { RunTools } from './run-tools.js';
import type { RollbackDecision } from '../core/model/rollback-decision.js';

export interface Rollback<P extends PlatformName> extends Failure<P> {
  /** Observes again and decides how to roll back from there. */
  readonly again: () => Promise<RollbackDecision<PlanOf<P>>>;
}

const MAX_ATTEMPTS = 3;
const RETRY_MILLISECONDS = 5000;
/** Strategies with downtime. */
const STOPPING: ReadonlySet<PlannedStrategy> = new Set(['migrate', 'restore', 'recreate']);

/**
 * Rolls back and returns the outcome. The original error keeps its code in every event and in the error that is thrown.
 */
export async function rollBack<P extends PlatformName>(
  error: UpgradeError,
  plan: PlanOf<P>,
  rollback: Rollback<P>,
): Promise<Outcome> {
  const { run } = rollback;
  run.emit({ type: 'rollback-started', plan, reason: toProblem(error) });
  let next = plan;
  for (let attempts = 1; ; attempts += 1) {
    const second = await carryOut(next, run);
    if (!second) break;
    const following =
      attempts < MAX_ATTEMPTS && isRetried(second, rollback) ? await planAgain(second, next, rollback) : null;
    if (following === 'complete') break;
    if (!following) throw rollbackFailed(error, second, rollback);
    next = following;
  }
  await emitObservation(rollback);
  run.emit({ type: 'failed', problem: rolledBack(error, rollback.planner.describeRolledBack(plan)) });
  return 'rolled-back';
}

/**
 * The rollback has its own deadline: each step may take as long as `step-timeout` allows, even after the `timeout` of
 * the run.
 */
async function carryOut<P extends PlatformName>(plan: PlanOf<P>, run: RunTools<P>): Promise<UpgradeError | null> {
  const seconds = plan.steps.reduce((sum, step) => sum + step.timeoutSeconds, 0);
  try {
    await runPlan(plan, { ...run, deadline: run.monotonic() + seconds * 1000 });
    return null;
  } catch (error) {
    return toUpgradeError(error);
  }
}

/** A wait that timed out is not repeated. A request that failed may succeed at the next attempt. */
function isRetried<P extends PlatformName>({ code }: UpgradeError, { plan, run }: Rollback<P>): boolean {
  return (
    STOPPING.has(plan.strategy) &&
    !run.signal.aborted &&
    !['cancelled', 'lock-lost', 'run-in-progress', 'step-stalled', 'step-timed-out'].includes(code)
  );
}

/** `complete` if the last request took effect although its response was lost. */
async function planAgain<P extends PlatformName>(
  { what, why }: UpgradeError,
  last: PlanOf<P>,
  { run, again, planner }: Rollback<P>,
): Promise<PlanOf<P> | 'complete' | null> {
  run.emit({ type: 'warned', message: `Rollback failed and is retried: ${what}: ${endSentence(why)}` });
  await run.platform.waitForChange(RETRY_MILLISECONDS, run.signal);
  const rollback = await again();
  if (rollback.kind === 'available') return rollback.plan;
  const observation = await interruptible(run.platform.observe(run.signal), { signal: run.signal }).catch(() => null);
  const closingSteps = last.steps.filter(({ kind }) => kind === planner.serving || kind === 'finalize');
  return observation && closingSteps.every((step) => planner.evaluate(step, observation).state === 'complete')
    ? 'complete'
    : null;
}

/** A failed last observation does not change the outcome. */
async function emitObservation<P extends PlatformName>({ run }: Rollback<P>): Promise<void> {
  const observation = await interruptible(run.platform.observe(run.signal), { signal: run.signal }).catch(() => null);
  if (observation) run.emit({ type: 'observed', observation });
}

function rolledBack(error: UpgradeError, now: string): Problem {
  return { ...toProblem(error), remedy: `${now} Fix the cause, which the diagnostics show, and run the action again.` };
}

/**
 * Reports both errors. The first one keeps its code, unless the run was cancelled or has lost its lock in the meantime.
 */
function rollbackFailed<P extends PlatformName>(
  first: UpgradeError,
  second: UpgradeError,
  rollback: Rollback<P>,
): UpgradeError {
  const isOver = second.code === 'cancelled' || isLockLost(second);
  const error = new UpgradeError({
    code: isOver ? second.code : first.code,
    what: first.what,
    why: `${endSentence(first.why)} ${describeSecond(second, rollback.config)}`,
    remedy: isLockLost(second)
      ? second.remedy
      : 'The installation is in a mixed state: fix the cause and run the action again to resume.',
    causes: first.causes,
  });
  return isLockLost(second) ? error : withDowntime(error, rollback);
}

function describeSecond({ code, what, why }: UpgradeError, { onFailure }: Config): string {
  const input = onFailure === 'rollback' ? ' (on-failure: rollback)' : '';
  return `${code === 'cancelled' ? `The rollback${input} was cancelled` : `Rollback${input} also failed`}: ${what}: ${why}`;
}
