// The interpreter: makes each step of a plan true, in order. It must never learn what Milvus, Helm or Kubernetes are, never decide what to do
// (that is plan.ts), and never conclude that a step is done from having acted (that is verdict.ts).
import { causeKey, causeOfError, describeCauses, type Cause } from './core/causes.js';
import { UpgradeError } from './core/errors.js';
import type { Emit } from './core/events.js';
import type { Observation } from './core/observation.js';
import type { Plan, Step } from './core/steps.js';
import { judge, type Verdict } from './core/verdict.js';

/** A system that can be looked at and changed. */
export interface Platform {
  /** The newest state; after `apply` it is never older than what apply did. */
  observe(): Promise<Observation>;
  /** Resolves at the next change, or after so many milliseconds, or when the signal aborts. */
  changed(withinMilliseconds: number, signal: AbortSignal): Promise<void>;
  /** Asks for the step once. May be repeated without harm; returns when it is accepted. */
  apply(step: Step, signal: AbortSignal): Promise<void>;
}

export interface RunTools {
  readonly platform: Platform;
  readonly emit: Emit;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
  /** When the whole run has to end, in the milliseconds of `monotonic`. */
  readonly deadline: number;
}

/** Something is said at least this often while a step waits. */
export const HEARTBEAT_MILLISECONDS = 30_000;
/** A step that still says todo after its request was accepted is asked for again, so often in all. */
const MOST_APPLIES = 3;

/** Carries out a plan. Throws UpgradeError when a step is stuck, late or cancelled; what was changed until then is in the events. */
export async function runPlan(plan: Plan, tools: RunTools): Promise<void> {
  const told = new Map<string, boolean>();
  const left = [...plan.steps];
  for (let step = left.shift(); step; step = left.shift()) {
    const ended = await runStep(step, tools, told);
    if (ended === 'yielded') left.splice(lengthOfNextTurn(left), 0, { ...step, mayYield: false } as Step);
  }
}

/** How many steps the next Deployment has, behind which a step that yields is put. */
function lengthOfNextTurn([first, second]: readonly Step[]): number {
  return first && second && 'deployment' in first && 'deployment' in second && first.deployment === second.deployment ? 2 : 1;
}

/** `told` are the causes that were told already, and whether as certain. */
async function runStep(step: Step, tools: RunTools, told: Map<string, boolean>): Promise<'done' | 'yielded'> {
  const startedAt = tools.monotonic();
  const progress = new Progress(step, tools, startedAt);
  let applies = 0;
  for (let looks = 0; ; looks += 1) {
    const seen = await tools.platform.observe();
    const verdict = judge(step, seen);
    if (verdict.state === 'done') return finish(step, tools, startedAt, looks === 0);
    if (verdict.state === 'yielding') return yieldTurn(step, verdict.because, tools);
    if (looks === 0) tools.emit({ type: 'step-started', step });
    tellCauses(verdict, tools, told);
    stopIfOver(step, verdict, tools, { startedAt, lookedAt: seen.takenAt });
    if (verdict.state === 'todo') {
      if (applies === MOST_APPLIES) throw stuck(step, 'it was asked for three times, each time accepted, and nothing changed');
      applies += 1;
      tools.emit({ type: 'step-asked', step });
      await askFor(step, tools, seen.takenAt);
      continue;
    }
    if (verdict.state === 'moving') await progress.wait(verdict.waitingFor, verdict.lookAgainSeconds);
  }
}

/** A program that was ended by our own cancel has not failed. */
async function askFor(step: Step, { platform, signal }: RunTools, at: string): Promise<void> {
  try {
    await platform.apply(step, signal);
  } catch (error) {
    throw signal.aborted ? cancelled(step, at, error) : error;
  }
}

function yieldTurn(step: Step, because: string, { emit }: RunTools): 'yielded' {
  emit({ type: 'step-yielded', step, because });
  return 'yielded';
}

function finish(step: Step, tools: RunTools, startedAt: number, skipped: boolean): 'done' {
  tools.emit(skipped ? { type: 'step-skipped', step } : { type: 'step-done', step, tookSeconds: (tools.monotonic() - startedAt) / 1000 });
  return 'done';
}

/** A cause is told when it is found, and once more when it is certain. */
function tellCauses(verdict: Verdict, { emit }: RunTools, told: Map<string, boolean>): void {
  for (const cause of standingIn(verdict)) {
    const before = told.get(causeKey(cause));
    if (before === undefined || (cause.certain && !before)) emit({ type: 'cause-found', cause });
    told.set(causeKey(cause), cause.certain || before === true);
  }
}

function standingIn(verdict: Verdict): readonly Cause[] {
  return verdict.state === 'moving' || verdict.state === 'stuck' ? (verdict.causes ?? []) : [];
}

interface Times {
  readonly startedAt: number;
  readonly lookedAt: string;
}

function stopIfOver(step: Step, verdict: Verdict, tools: RunTools, { startedAt, lookedAt }: Times): void {
  const causes = standingIn(verdict);
  if (tools.signal.aborted) throw cancelled(step, lookedAt);
  if (verdict.state === 'stuck') throw stuck(step, verdict.because, causes);
  const waitingFor = verdict.state === 'moving' ? verdict.waitingFor : 'its request to be accepted';
  const now = tools.monotonic();
  if (now > tools.deadline) throw late('The run', 'timeout', waitingFor, causes);
  if (now > startedAt + step.timeoutSeconds * 1000) throw late(step.id, 'step-timeout', waitingFor, causes);
}

/** Tells what a step waits for: at each change of it, and as a heartbeat. */
class Progress {
  #said = '';
  #saidAt = 0;
  readonly #step: Step;
  readonly #tools: RunTools;
  readonly #startedAt: number;
  constructor(step: Step, tools: RunTools, startedAt: number) {
    this.#step = step;
    this.#tools = tools;
    this.#startedAt = startedAt;
  }
  async wait(waitingFor: string, lookAgainSeconds = Number.POSITIVE_INFINITY): Promise<void> {
    const now = this.#tools.monotonic();
    if (waitingFor !== this.#said || now - this.#saidAt >= HEARTBEAT_MILLISECONDS) {
      this.#tools.emit({ type: 'step-waiting', step: this.#step, waitingFor, sinceSeconds: (now - this.#startedAt) / 1000 });
      this.#said = waitingFor;
      this.#saidAt = now;
    }
    const stepEnd = this.#startedAt + this.#step.timeoutSeconds * 1000;
    const next = Math.min(this.#saidAt + HEARTBEAT_MILLISECONDS, stepEnd, this.#tools.deadline, now + lookAgainSeconds * 1000);
    // One more than the rest, so that the next look is past the moment it waits for.
    await this.#tools.platform.changed(Math.max(1, next - now + 1), this.#tools.signal);
  }
}

function stuck(step: Step, because: string, causes: readonly Cause[] = []): UpgradeError {
  const remedy = 'What runs was left as it is. Mend the cause and run the action again: it goes on from there.';
  const hint = causes[0] ? `${causes[0].hint} ` : '';
  return new UpgradeError({ code: 'step-stuck', what: `${step.id} cannot go on`, why: because, remedy: `${hint}${remedy}`, causes });
}

function late(what: string, input: string, waitingFor: string, causes: readonly Cause[]): UpgradeError {
  const remedy = `What runs was left as it is. Run the action again to keep waiting, or raise ${input}.`;
  const why = `still waiting for ${waitingFor}${causes.length > 0 ? `. ${describeCauses(causes)}` : ''}`;
  return new UpgradeError({ code: 'step-timed-out', what: `${what} took longer than ${input} allows`, why, remedy, causes });
}

function cancelled(step: Step, at: string, error?: unknown): UpgradeError {
  const what = `The run was cancelled during ${step.id}`;
  const cause = causeOfError('CANCELLED', 'the runner asked it to end', at);
  return new UpgradeError({ code: 'cancelled', what, why: cause.evidence, remedy: cause.hint, causes: [cause] }, { cause: error });
}
