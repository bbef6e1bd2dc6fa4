// What is done after a failure: the evidence is saved first; then everything is left as it is, or the release goes back.
import { endSentence, toProblem, UpgradeError, type ErrorCode, type Problem } from './core/errors.js';
import type { Outcome } from './core/events.js';
import type { Goal } from './core/goal.js';
import { runningVersion, type Observation } from './core/observation.js';
import type { Plan, PlannedStrategy } from './core/steps.js';
import { formatVersion } from './core/version.js';
import { findWayBack, type WayBack } from './core/way-back.js';
import { runPlan, type RunTools } from './run.js';
import type { World } from './upgrade.js';

export interface Failure {
  readonly goal: Goal;
  readonly plan: Plan;
  /** What was there when the plan was drawn. */
  readonly before: Observation;
  readonly world: World;
  readonly run: RunTools;
}

/** Ends of a step after which the release may go back. Not among them: a cancel, and a lock that another run holds by now. */
const FAILURES: ReadonlySet<ErrorCode> = new Set(['step-stuck', 'step-timed-out', 'command-failed']);

/** Ways on which Milvus is stopped for a while. */
const STOPPING: ReadonlySet<PlannedStrategy> = new Set(['migrate', 'restore', 'recreate']);

/** Returns the outcome when the release went back; throws the error otherwise, with the way back in words. */
export async function recover(error: unknown, failure: Failure): Promise<Outcome> {
  const { goal, run } = failure;
  if (!(error instanceof UpgradeError) || !FAILURES.has(error.code) || run.signal.aborted) throw ofStopped(error, failure);
  await saveEvidence(failure);
  const wayBack = await lookBack(failure);
  if (wayBack.kind === 'open' && (wayBack.unasked || goal.onFailure === 'rollback') && !isCancelled(run)) return goBack(error, wayBack.plan, failure);
  if (wayBack.kind === 'none') await letGo(failure);
  throw withWords(error, wayBack, failure);
}

/** There is no time to start Milvus again; whoever cancelled has to know that it may be stopped. */
function ofStopped(error: unknown, { plan }: Failure): unknown {
  if (!(error instanceof UpgradeError) || error.code !== 'cancelled' || !STOPPING.has(plan.strategy)) return error;
  const { code, what, why, causes } = error;
  const remedy = `${endSentence(error.remedy)} If Milvus was stopped already it stays stopped until then; operation: rollback starts the old version again.`;
  return new UpgradeError({ code, what, why, remedy, causes }, { cause: error });
}

/** Read anew each time: the signal may have come while something was awaited. */
function isCancelled({ signal }: RunTools): boolean {
  return signal.aborted;
}

async function saveEvidence({ world, run }: Failure): Promise<void> {
  const evidence = await world.saveEvidence();
  if (evidence) run.emit({ type: 'evidence-saved', ...evidence });
}

/** A look that fails must not hide why the upgrade did. */
async function lookBack({ goal, plan, before, world }: Failure): Promise<WayBack> {
  try {
    return findWayBack({ goal, plan, before, seen: await world.observe() });
  } catch (error) {
    return { kind: 'closed', because: `the release could not be looked at: ${toProblem(error).why}` };
  }
}

/** Nothing of the upgrade has reached the cluster: what a roll held for it is let go. Where that fails, the next run does it; the first error is the one to tell. */
async function letGo({ plan, run }: Failure): Promise<void> {
  const steps = plan.steps.filter(({ kind }) => kind === 'put-back');
  const seconds = steps.reduce((sum, step) => sum + step.timeoutSeconds, 0);
  await runPlan({ ...plan, steps }, { ...run, deadline: run.monotonic() + seconds * 1000 }).catch(() => undefined);
}

/** The way back has its own time: each step as long as `step-timeout` allows, even when the time of the run is up. */
async function goBack(error: UpgradeError, plan: Plan, { goal, world, run }: Failure): Promise<Outcome> {
  run.emit({ type: 'rollback-began', plan, because: toProblem(error) });
  const seconds = plan.steps.reduce((sum, step) => sum + step.timeoutSeconds, 0);
  try {
    await runPlan(plan, { ...run, deadline: run.monotonic() + seconds * 1000 });
  } catch (second) {
    throw second instanceof UpgradeError ? both(error, second, goal) : second;
  }
  run.emit({ type: 'looked', seen: await world.observe() });
  run.emit({ type: 'failed', problem: wentBack(error, plan) });
  return 'rolled-back';
}

function wentBack(error: UpgradeError, { image, chart }: Plan): Problem {
  const now = chart ? `The release was rolled back and runs ${image} with chart ${chart.to} again.` : `The old files are back, and ${image} runs again.`;
  const remedy = `${now} Mend the cause, which the evidence shows, and run the action again.`;
  return { ...toProblem(error), remedy };
}

/** Both are told; the first one keeps its code unless the run was cancelled. */
function both(first: UpgradeError, second: UpgradeError, { onFailure }: Goal): UpgradeError {
  return new UpgradeError({
    code: second.code === 'cancelled' ? 'cancelled' : first.code,
    what: first.what,
    why: `${endSentence(first.why)} Then going back${onFailure === 'rollback' ? ' (on-failure: rollback)' : ''} did not come to its end: ${second.what}: ${second.why}`,
    remedy: 'It is between two versions. Mend the cause and run the action again: it goes on from what it finds.',
    causes: first.causes,
  });
}

/** The same error; its remedy also tells the way back, or why there is none. */
function withWords(error: UpgradeError, wayBack: WayBack, failure: Failure): UpgradeError {
  if (wayBack.kind === 'none') return error;
  const words =
    wayBack.kind === 'open'
      ? `To go back instead: ${commandBack(wayBack.revision, failure)}`
      : `${failure.goal.onFailure === 'rollback' ? 'It was not rolled back' : 'Do not roll back'}: ${wayBack.because}`;
  const { code, what, why, causes } = error;
  return new UpgradeError({ code, what, why, remedy: `${endSentence(error.remedy)} ${words}`, causes }, { cause: error });
}

/** Helm knows nothing of what a roll holds, and Helm 4 refuses to write over the strategy of one that was released. */
function commandBack(revision: number, { goal, plan, before }: Failure): string {
  const version = runningVersion(before);
  if (before.project) return 'run the action with operation: rollback';
  // Helm alone would start the old version on the metadata of the new one.
  if (plan.strategy === 'migrate')
    return 'run the action with operation: rollback, which restores the metadata as well; what was written to the new version since is lost then';
  return plan.strategy === 'rolling' && version
    ? `run the action with target-version: ${formatVersion(version)}, which also lets go of what is held`
    : `helm rollback ${goal.release} ${revision} --namespace ${goal.namespace}`;
}
