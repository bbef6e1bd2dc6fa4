// Handles a failure: saves the diagnostics, then keeps the installation unchanged or rolls it back. From the request to
// stop Milvus until Milvus serves again, every failure leads to a rollback, whatever its code. The only exceptions are
// a cancel and a lost lock.
import { endSentence, toProblem, toUpgradeError, UpgradeError } from '../core/model/error.js';
import type { Outcome } from '../core/model/event.js';
import { isPaused } from '../core/model/component.js';
import { runningVersion, type Observation } from '../core/model/observation.js';
import { formatVersion } from '../core/model/version.js';
import { decideRollback } from '../core/helm/rollback.js';
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
export async function recover(thrown: unknown, failure: Failure): Promise<Outcome> {
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
  const left = rollback.kind === 'not-needed' ? await resumePaused(failure) : '';
  throw withDowntime(withRemedy(error, rollback, failure, left), failure);
}

function isCancel({ code }: UpgradeError, { run }: Failure): boolean {
  return code === 'cancelled' || run.signal.aborted;
}

function cancelledBefore(error: UpgradeError, failure: Failure): UpgradeError {
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
async function saveEvidence({ platform, run }: Failure): Promise<void> {
  try {
    const evidence = await platform.saveEvidence();
    if (evidence) run.emit({ type: 'evidence-saved', ...evidence });
  } catch (error) {
    run.emit({ type: 'warned', message: `The diagnostics could not be saved: ${toProblem(error).why}` });
  }
}

/** A failed observation must not hide why the upgrade failed. */
async function decideAgain(error: UpgradeError, failure: Failure): Promise<RollbackDecision> {
  const { config, plan, before } = failure;
  try {
    return decideRollback({ config, plan, before, observation: await observeAgain(failure), code: error.code });
  } catch (second) {
    return { kind: 'blocked', reason: `the installation could not be observed: ${toProblem(second).why}` };
  }
}

/**
 * The cause of the failure may also make observations fail for a time: they are retried for as long as `step-timeout`
 * allows.
 */
async function observeAgain({ config, run }: Failure): Promise<Observation> {
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

/**
 * For an upgrade that has changed nothing else: resumes the Deployments that it has paused. If that fails, returns what
 * the user has to do.
 */
async function resumePaused({ plan, run, trail, config }: Failure): Promise<string> {
  const steps = plan.steps.filter(({ kind }) => kind === 'restore-settings');
  const seconds = steps.reduce((sum, step) => sum + step.timeoutSeconds, 0);
  try {
    await runPlan({ ...plan, steps }, { ...run, deadline: run.monotonic() + seconds * 1000 });
    return '';
  } catch (error) {
    const paused = trail.state().observation?.components.filter(isPaused) ?? [];
    const commands = paused.map(
      ({ deployment }) => `kubectl --namespace ${config.namespace} rollout resume deployment/${deployment}`,
    );
    const names = paused.map(({ deployment }) => deployment).join(', ');
    return paused.length === 0
      ? ''
      : `Still paused, because resuming also failed (${toProblem(error).why}): ${names}. Run the action again to resume them, or run: ${commands.join('; ')}`;
  }
}

/** Returns the same error; its remedy also explains how to roll back, or why not to. */
function withRemedy(error: UpgradeError, rollback: RollbackDecision, failure: Failure, left: string): UpgradeError {
  const words = rollback.kind === 'not-needed' ? left : describeRollback(rollback, failure);
  const { code, what, why, causes } = error;
  return words === ''
    ? error
    : new UpgradeError({ code, what, why, remedy: `${endSentence(error.remedy)} ${words}`, causes }, { cause: error });
}

function describeRollback(rollback: Exclude<RollbackDecision, { kind: 'not-needed' }>, failure: Failure): string {
  if (rollback.kind === 'available') return `To roll back instead: ${commandBack(rollback.revision, failure)}`;
  return `${failure.config.onFailure === 'rollback' ? 'It was not rolled back' : 'Do not roll back'}: ${rollback.reason}`;
}

/**
 * `helm rollback` does not resume what a rolling upgrade has paused, and Helm 4 refuses to overwrite the strategy of a
 * Deployment that was resumed.
 */
function commandBack(revision: number, { config, plan, before }: Failure): string {
  const version = runningVersion(before);
  if (before.project) return 'run the action with operation: rollback';
  // `helm rollback` would start the old version with the metadata of the new one.
  if (plan.strategy === 'migrate')
    return 'run the action with operation: rollback, which also restores the metadata; data written to the new version is lost';
  return plan.strategy === 'rolling' && version
    ? `run the action with target-version: ${formatVersion(version)}, which also resumes the paused Deployments`
    : `helm rollback ${config.release} ${revision} --namespace ${config.namespace}`;
}
