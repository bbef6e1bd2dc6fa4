// The interpreter: makes each step of a plan true, in order. It must never learn what Milvus, Helm or Kubernetes are, never decide what to do
// (that is plan.ts), and never conclude that a step is done from having acted (that is verdict.ts).
import { causeKey } from './core/causes.js';
import type { Emit } from './core/events.js';
import type { Observation } from './core/observation.js';
import type { Plan, Step } from './core/steps.js';
import { judge, type Verdict } from './core/verdict.js';
import { limit } from './deadline.js';
import { standingIn, stuck, Waits } from './step-waits.js';

/** A system that can be looked at and changed. */
export interface Platform {
  /** The newest state; after `apply` it is never older than what apply did. Ends with the signal. */
  observe(signal?: AbortSignal): Promise<Observation>;
  /** Resolves at the next change, or after so many milliseconds, or when the signal aborts. */
  changed(withinMilliseconds: number, signal: AbortSignal): Promise<void>;
  /** Asks for the step once. May be repeated without harm; returns when it is accepted. Ends with the signal, but for a program that must not be torn. */
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
/** The last observation before a limit has this long; it usually says what is still waited for. */
const LAST_LOOK_MILLISECONDS = 1000;
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
  const limits = limit(tools.signal, [
    { input: 'timeout', milliseconds: tools.deadline - startedAt + LAST_LOOK_MILLISECONDS },
    { input: 'step-timeout', milliseconds: step.timeoutSeconds * 1000 + LAST_LOOK_MILLISECONDS },
  ]);
  try {
    return await completeStep(step, { ...tools, signal: limits.signal }, told, startedAt);
  } finally {
    limits.end();
  }
}

async function completeStep(step: Step, tools: RunTools, told: Map<string, boolean>, startedAt: number): Promise<'done' | 'yielded'> {
  const progress = new Progress(step, tools, startedAt);
  const waits = new Waits(step, tools);
  let applies = 0;
  for (let looks = 0; ; looks += 1) {
    const seen = await waits.observe();
    const verdict = judge(step, seen);
    if (verdict.state === 'done') return finish(step, tools, startedAt, looks === 0);
    if (verdict.state === 'yielding') return yieldTurn(step, verdict.because, tools);
    if (looks === 0) tools.emit({ type: 'step-started', step });
    tellCauses(verdict, tools, told);
    waits.stopIfOver(verdict, { startedAt, lookedAt: seen.takenAt });
    if (verdict.state === 'todo') {
      if (applies === MOST_APPLIES) throw stuck(step, 'it was asked for three times, each time accepted, and nothing changed');
      applies += 1;
      tools.emit({ type: 'step-asked', step });
      await waits.apply();
      continue;
    }
    if (verdict.state === 'moving') await waits.forChange(progress.wait(verdict.waitingFor, verdict.lookAgainSeconds));
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
