// Carries a rollback out after a failure. One request that fails does not end it: a database that is stopped must be started, or the error says that it is not.
import { endSentence, toProblem, toUpgradeError, UpgradeError, type Problem } from './core/errors.js';
import type { Outcome } from './core/events.js';
import type { Config } from './core/goal.js';
import type { Plan, PlannedStrategy } from './core/steps.js';
import { evaluate } from './core/verdict.js';
import type { RollbackDecision } from './core/way-back.js';
import { isLockLost, withDowntime, type Failure } from './failure.js';
import { interruptible } from './deadline.js';
import { runPlan, type RunTools } from './run.js';

export interface Rollback extends Failure {
  /** The way back from what is observed now. */
  readonly again: () => Promise<RollbackDecision>;
}

const MAX_ATTEMPTS = 3;
const RETRY_MILLISECONDS = 5000;
/** Strategies that stop Milvus for a time. */
const STOPPING: ReadonlySet<PlannedStrategy> = new Set(['migrate', 'restore', 'recreate']);

/** Rolls back and returns the outcome; the error that led here keeps its code in every event and in what is thrown. */
export async function rollBack(error: UpgradeError, plan: Plan, rollback: Rollback): Promise<Outcome> {
  const { run } = rollback;
  run.emit({ type: 'rollback-started', plan, reason: toProblem(error) });
  let next = plan;
  for (let attempts = 1; ; attempts += 1) {
    const second = await carryOut(next, run);
    if (!second) break;
    const following = attempts < MAX_ATTEMPTS && isRetried(second, rollback) ? await planAgain(second, next, rollback) : null;
    if (following === 'complete') break;
    if (!following) throw rollbackFailed(error, second, rollback);
    next = following;
  }
  await emitObservation(rollback);
  run.emit({ type: 'failed', problem: rolledBack(error, plan) });
  return 'rolled-back';
}

/** The rollback has its own time: each step as long as `step-timeout` allows, even when the time of the run is up. */
async function carryOut(plan: Plan, run: RunTools): Promise<UpgradeError | null> {
  const seconds = plan.steps.reduce((sum, step) => sum + step.timeoutSeconds, 0);
  try {
    await runPlan(plan, { ...run, deadline: run.monotonic() + seconds * 1000 });
    return null;
  } catch (error) {
    return toUpgradeError(error);
  }
}

/** What was waited for in vain once is not waited for again; a request that failed may pass the next time. */
function isRetried({ code }: UpgradeError, { plan, run }: Rollback): boolean {
  return STOPPING.has(plan.strategy) && !run.signal.aborted && !['cancelled', 'lock-lost', 'run-in-progress', 'step-stalled', 'step-timed-out'].includes(code);
}

/** `complete` where the last request arrived although its answer did not. */
async function planAgain({ what, why }: UpgradeError, last: Plan, { run, again }: Rollback): Promise<Plan | 'complete' | null> {
  run.emit({ type: 'warned', message: `The rollback failed and is tried again: ${what}: ${endSentence(why)}` });
  await run.platform.changed(RETRY_MILLISECONDS, run.signal);
  const rollback = await again();
  if (rollback.kind === 'available') return rollback.plan;
  const observation = await interruptible(run.platform.observe(run.signal), { signal: run.signal }).catch(() => null);
  const ends = last.steps.filter(({ kind }) => ['wait-ready', 'wait-healthy', 'finalize'].includes(kind));
  return observation && ends.every((step) => evaluate(step, observation).state === 'complete') ? 'complete' : null;
}

/** That the last observation fails does not undo what is done. */
async function emitObservation({ run }: Rollback): Promise<void> {
  const observation = await interruptible(run.platform.observe(run.signal), { signal: run.signal }).catch(() => null);
  if (observation) run.emit({ type: 'observed', observation });
}

function rolledBack(error: UpgradeError, { image, chart }: Plan): Problem {
  const now = chart ? `The release was rolled back and runs ${image} with chart ${chart.to} again.` : `The old files are back, and ${image} runs again.`;
  return { ...toProblem(error), remedy: `${now} Fix the cause, which the evidence shows, and run the action again.` };
}

/** Both are reported. The first one keeps its code, unless the run was cancelled or has lost its lock meanwhile. */
function rollbackFailed(first: UpgradeError, second: UpgradeError, rollback: Rollback): UpgradeError {
  const isOver = second.code === 'cancelled' || isLockLost(second);
  const error = new UpgradeError({
    code: isOver ? second.code : first.code,
    what: first.what,
    why: `${endSentence(first.why)} ${describeSecond(second, rollback.config)}`,
    remedy: isLockLost(second) ? second.remedy : 'The installation is in a mixed state: fix the cause and run the action again to resume.',
    causes: first.causes,
  });
  return isLockLost(second) ? error : withDowntime(error, rollback);
}

function describeSecond({ code, what, why }: UpgradeError, { onFailure }: Config): string {
  const input = onFailure === 'rollback' ? ' (on-failure: rollback)' : '';
  return `${code === 'cancelled' ? `The rollback${input} was cancelled` : `Rollback${input} also failed`}: ${what}: ${why}`;
}
