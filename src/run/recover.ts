// Handles a failure: saves the diagnostics, then keeps the installation unchanged or rolls it back. From the request to
// stop Milvus until Milvus serves again, every failure leads to a rollback, whatever its code. The only exceptions are
// a cancel and a lost lock.
import { endSentence, toProblem, toUpgradeError, UpgradeError } from '../core/model/error.js';
import type { Config, PlatformName } from '../core/config/config.js';
import type { ObservationOf, PlanOf } from '../core/platforms/types.js';
import type { Outcome } from '../core/model/event.js';
import { interruptible } from './deadline.js';
import { isLockLost, withDowntime, type Failure } from './failure.js';
import { rollBack } from './rollback.js';
import { runPlan } from './execute.js';
import type { RollbackDecision } from '../core/model/rollback-decision.js';

/** How long to wait for a change before a retry. */
const RETRY_MILLISECONDS = 5000;

/**
 * Returns the outcome after a rollback, and throws the error otherwise. The remedy of the error explains how to roll
 * back and whether Milvus is stopped.
 */
export async function recover<P extends PlatformName>(thrown: unknown, failure: Failure<P>): Promise<Outcome> {
  const { config } = failure;
  const error = toUpgradeError(thrown);
  if (isCancel(error, failure)) throw withDowntime(error, failure);
  // Another run may own the installation now: any change here could undo its work.
  if (isLockLost(error)) throw error;
  await saveEvidence(failure);
  const rollback = await decideAgain(error, failure);
  if (failure.run.signal.aborted) throw cancelledBefore(error, failure);
  if (rollback.kind === 'available' && (rollback.isAutomatic || config.onFailure === 'rollback'))
    return rollBack(error, rollback.plan, { ...failure, again: () => decideAgain(error, failure) });
  const left = rollback.kind === 'not-needed' ? await undoPreparations(failure) : '';
  throw withDowntime(withRemedy(error, rollback, failure, left), failure);
}

function isCancel<P extends PlatformName>({ code }: UpgradeError, { run }: Failure<P>): boolean {
  return code === 'cancelled' || run.signal.aborted;
}

function cancelledBefore<P extends PlatformName>(error: UpgradeError, failure: Failure<P>): UpgradeError {
  const { what, why, remedy, causes } = error;
  const both = {
    code: 'cancelled',
    what,
    why: `${endSentence(why)} Then the run was cancelled before a rollback`,
    remedy,
    causes,
  } as const;
  return withDowntime(new UpgradeError(both, { cause: error }), failure);
}

/** Diagnostics that cannot be saved must not keep Milvus stopped. */
async function saveEvidence<P extends PlatformName>({ platform, run }: Failure<P>): Promise<void> {
  try {
    const evidence = await platform.saveEvidence();
    if (evidence) run.emit({ type: 'evidence-saved', ...evidence });
  } catch (error) {
    run.emit({ type: 'warned', message: `The diagnostics could not be saved: ${toProblem(error).why}` });
  }
}

/** A failed observation must not hide why the upgrade failed. */
async function decideAgain<P extends PlatformName>(
  error: UpgradeError,
  failure: Failure<P>,
): Promise<RollbackDecision<PlanOf<P>>> {
  const { config, plan, before, planner } = failure;
  try {
    return planner.decideRollback({ config, plan, before, observation: await observeAgain(failure), code: error.code });
  } catch (second) {
    return { kind: 'blocked', reason: `the installation could not be observed: ${toProblem(second).why}` };
  }
}

/**
 * The cause of the failure may also make observations fail for a time: they are retried for as long as `step-timeout`
 * allows.
 */
async function observeAgain<P extends PlatformName>({ config, run }: Failure<P>): Promise<ObservationOf<P>> {
  const until = run.monotonic() + config.stepTimeoutSeconds * 1000;
  for (;;) {
    try {
      return await interruptible(run.platform.observe(run.signal), {
        signal: run.signal,
        waitingFor: 'the state of the installation',
      });
    } catch (thrown) {
      const error = toUpgradeError(thrown);
      if (run.signal.aborted || isLockLost(error) || run.monotonic() >= until) throw error;
      await run.platform.waitForChange(RETRY_MILLISECONDS, run.signal);
    }
  }
}

/** For an upgrade that changed nothing else: undoes its preparations. If that fails, returns what the user must do. */
async function undoPreparations<P extends PlatformName>({
  plan,
  planner,
  run,
  trail,
  config,
}: Failure<P>): Promise<string> {
  const steps = planner.undoSteps(plan);
  const seconds = steps.reduce((sum, step) => sum + step.timeoutSeconds, 0);
  try {
    await runPlan({ steps }, { ...run, deadline: run.monotonic() + seconds * 1000 });
    return '';
  } catch (error) {
    return planner.describeLeft(config, trail.state().observation?.components ?? [], toProblem(error).why);
  }
}

/** Returns the same error; its remedy also explains how to roll back, or why not to. */
function withRemedy<P extends PlatformName>(
  error: UpgradeError,
  rollback: RollbackDecision<PlanOf<P>>,
  { config }: Failure<P>,
  left: string,
): UpgradeError {
  const words = rollback.kind === 'not-needed' ? left : describeRollback(rollback, config);
  const { code, what, why, causes } = error;
  return words === ''
    ? error
    : new UpgradeError({ code, what, why, remedy: `${endSentence(error.remedy)} ${words}`, causes }, { cause: error });
}

function describeRollback(rollback: Exclude<RollbackDecision, { kind: 'not-needed' }>, { onFailure }: Config): string {
  if (rollback.kind === 'available') return `To roll back instead: ${rollback.instruction}`;
  return `${onFailure === 'rollback' ? 'It was not rolled back' : 'Do not roll back'}: ${rollback.reason}`;
}
