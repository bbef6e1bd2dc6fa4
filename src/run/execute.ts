// The interpreter: completes each step of a plan, in order. It must never contain knowledge of Milvus, Helm or
// Kubernetes, never decide what to do (see plan.ts), and never conclude that a step is complete because it was applied:
// only an observation can show that.
import { causeKey } from '../core/model/cause.js';
import type { PlatformName } from '../core/config/config.js';
import type { SharedPlan } from '../core/model/shared-plan.js';
import type { Step } from '../core/model/step.js';
import type { StepOf } from '../core/platforms/types.js';
import { limit } from './deadline.js';
import { causesOf, stalled, Waits } from './step-waits.js';
import type { StepPlatform } from './platform.js';
import type { RunTools } from './run-tools.js';
import type { StepStatus } from '../core/model/step-status.js';

/** While a step waits, its progress is reported at least this often. */
const HEARTBEAT_MILLISECONDS = 30_000;
/** Extra time for the last observation before a limit, which usually shows what the step is still waiting for. */
const LAST_OBSERVATION_MILLISECONDS = 1000;
/** A step that is still `pending` after its request was accepted is applied again, up to this many times in total. */
const MAX_APPLIES = 3;

/**
 * Executes a plan. Throws UpgradeError when a step is stalled, times out or is cancelled; the events show what was
 * changed until then.
 */
export async function runPlan<P extends PlatformName>(
  { steps }: Pick<SharedPlan<StepOf<P>>, 'steps'>,
  tools: RunTools<P>,
): Promise<void> {
  const reportedCauses = new Map<string, boolean>();
  const left = [...steps];
  for (let step = left.shift(); step; step = left.shift()) {
    const ended = await runStep(step, tools, reportedCauses);
    if (ended === 'deferred') moveBehindNext({ ...step, mayDefer: false }, left);
  }
}

/** A deferred step, and the other step of its Deployment, run after those of the next Deployment. */
function moveBehindNext<S extends Step>(step: S, left: S[]): void {
  const own = [step, ...left.splice(0, isSameTurn(step, left[0]) ? 1 : 0)];
  left.splice(isSameTurn(left[0], left[1]) ? 2 : 1, 0, ...own);
}

function isSameTurn(one: Step | undefined, other: Step | undefined): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    'deployment' in one &&
    'deployment' in other &&
    one.role === other.role &&
    one.deployment === other.deployment
  );
}

/** `reportedCauses` contains the causes that were reported already, and whether they were reported as certain. */
async function runStep<P extends PlatformName>(
  step: StepOf<P>,
  tools: RunTools<P>,
  reportedCauses: Map<string, boolean>,
): Promise<'complete' | 'deferred'> {
  const startedAt = tools.monotonic();
  const limits = limit(tools.signal, [
    { input: 'timeout', milliseconds: tools.deadline - startedAt + LAST_OBSERVATION_MILLISECONDS },
    { input: 'step-timeout', milliseconds: step.timeoutSeconds * 1000 + LAST_OBSERVATION_MILLISECONDS },
  ]);
  try {
    return await completeStep(step, { ...tools, signal: limits.signal }, reportedCauses, startedAt);
  } finally {
    limits.end();
  }
}

async function completeStep<P extends PlatformName>(
  step: StepOf<P>,
  tools: RunTools<P>,
  reportedCauses: Map<string, boolean>,
  startedAt: number,
): Promise<'complete' | 'deferred'> {
  const progress = new Progress(step, tools, startedAt);
  const waits = new Waits(step, tools);
  /** By the ID of what was applied. */
  const applies = new Map<string, number>();
  for (let observations = 0; ; observations += 1) {
    const observation = await waits.observe();
    const status = tools.planner.evaluate(step, observation);
    if (status.state === 'complete') return finish(step, tools, startedAt, observations === 0);
    if (status.state === 'deferred') return deferStep(step, status.reason, tools);
    if (observations === 0) tools.emit({ type: 'step-started', step });
    reportCauses(status, tools, reportedCauses);
    waits.stopIfOver(status, { startedAt, observedAt: observation.takenAt });
    if (status.state === 'pending') {
      const applied = (status.first ?? step) as StepOf<P>;
      const times = (applies.get(applied.id) ?? 0) + 1;
      if (times > MAX_APPLIES)
        throw stalled(applied, 'it was applied three times, each request was accepted, and nothing changed');
      applies.set(applied.id, times);
      tools.emit({ type: 'step-applied', step: applied });
      await waits.apply(applied);
      continue;
    }
    if (status.state === 'in-progress') await waits.forChange(progress.wait(status.waitingFor, status.recheckSeconds));
  }
}

type Reporter = Pick<RunTools<PlatformName>, 'emit' | 'monotonic'>;

function deferStep(step: Step, reason: string, { emit }: Reporter): 'deferred' {
  emit({ type: 'step-deferred', step, reason });
  return 'deferred';
}

function finish(step: Step, tools: Reporter, startedAt: number, skipped: boolean): 'complete' {
  tools.emit(
    skipped
      ? { type: 'step-skipped', step }
      : { type: 'step-completed', step, tookSeconds: (tools.monotonic() - startedAt) / 1000 },
  );
  return 'complete';
}

/** Reports a cause when it is found, and a second time when it is certain. */
function reportCauses(status: StepStatus, { emit }: Reporter, reportedCauses: Map<string, boolean>): void {
  for (const cause of causesOf(status)) {
    const before = reportedCauses.get(causeKey(cause));
    if (before === undefined || (cause.certain && !before)) emit({ type: 'cause-found', cause });
    reportedCauses.set(causeKey(cause), cause.certain || before === true);
  }
}

interface ProgressTools extends Reporter {
  readonly platform: Pick<StepPlatform<PlatformName>, 'waitForChange'>;
  readonly signal: AbortSignal;
  readonly deadline: number;
}

/** Reports what a step waits for: at each change, and as a heartbeat. */
class Progress {
  #lastReported = '';
  #lastReportedAt = 0;
  readonly #step: Step;
  readonly #tools: ProgressTools;
  readonly #startedAt: number;
  constructor(step: Step, tools: ProgressTools, startedAt: number) {
    this.#step = step;
    this.#tools = tools;
    this.#startedAt = startedAt;
  }
  async wait(waitingFor: string, recheckSeconds = Number.POSITIVE_INFINITY): Promise<void> {
    const now = this.#tools.monotonic();
    if (waitingFor !== this.#lastReported || now - this.#lastReportedAt >= HEARTBEAT_MILLISECONDS) {
      this.#tools.emit({
        type: 'step-waiting',
        step: this.#step,
        waitingFor,
        sinceSeconds: (now - this.#startedAt) / 1000,
      });
      this.#lastReported = waitingFor;
      this.#lastReportedAt = now;
    }
    const stepEnd = this.#startedAt + this.#step.timeoutSeconds * 1000;
    const next = Math.min(
      this.#lastReportedAt + HEARTBEAT_MILLISECONDS,
      stepEnd,
      this.#tools.deadline,
      now + recheckSeconds * 1000,
    );
    // One millisecond more, so that the next observation is after that moment.
    await this.#tools.platform.waitForChange(Math.max(1, next - now + 1), this.#tools.signal);
  }
}
