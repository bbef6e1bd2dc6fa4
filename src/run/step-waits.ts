// The waits of one step. Each wait ends at a cancel and at the time limits of the run and of the step; the error names
// which of them it was.
import { causeOfError, describeCauses, type Cause } from '../core/model/cause.js';
import { UpgradeError } from '../core/model/error.js';
import type { PlatformName } from '../core/config/config.js';
import type { ObservationOf, StepOf } from '../core/platforms/types.js';
import type { Step } from '../core/model/step.js';
import { MAX_END_MILLISECONDS } from './bounded-platform.js';
import { interruptible, TimeLimitError, type LimitInput } from './deadline.js';
import type { RunTools } from './run-tools.js';
import type { StepStatus } from '../core/model/step-status.js';

/** A program that must not be interrupted, such as Helm, has 7 s to exit (runner/process.ts). */
const MAX_APPLY_END_MILLISECONDS = 8000;

export interface Times {
  readonly startedAt: number;
  readonly observedAt: string;
}

/** Waits for the platform on behalf of one step, and reports what a cancel or a limit has interrupted. */
export class Waits<P extends PlatformName> {
  readonly #step: StepOf<P>;
  readonly #tools: RunTools<P>;
  #at = '';
  #causes: readonly Cause[] = [];
  #waitingFor = 'the first observation';
  constructor(step: StepOf<P>, tools: RunTools<P>) {
    this.#step = step;
    this.#tools = tools;
  }

  observe(): Promise<ObservationOf<P>> {
    return this.#await((signal) => this.#tools.platform.observe(signal), MAX_END_MILLISECONDS);
  }

  /** A program that this run has terminated did not fail. */
  apply(step: StepOf<P>): Promise<void> {
    return this.#await((signal) => this.#tools.platform.apply(step, signal), MAX_APPLY_END_MILLISECONDS);
  }

  /** An interruption is reported after the next observation. */
  async forChange(change: Promise<void>): Promise<void> {
    await this.#await(() => change, 0);
  }

  stopIfOver(status: StepStatus, { startedAt, observedAt }: Times): void {
    const { signal, monotonic, deadline } = this.#tools;
    this.#at = observedAt;
    this.#causes = causesOf(status);
    this.#waitingFor = status.state === 'in-progress' ? status.waitingFor : 'its request to be accepted';
    if (signal.aborted) throw this.#interruption();
    if (status.state === 'stalled') throw stalled(this.#step, status.reason, this.#causes);
    const now = monotonic();
    if (now > deadline) throw this.#late('timeout');
    if (now > startedAt + this.#step.timeoutSeconds * 1000) throw this.#late('step-timeout');
  }

  async #await<Result>(work: (signal: AbortSignal) => Promise<Result>, graceMilliseconds: number): Promise<Result> {
    const { signal } = this.#tools;
    try {
      return await interruptible(work(signal), { signal, graceMilliseconds });
    } catch (error) {
      throw signal.aborted ? this.#interruption(error) : error;
    }
  }

  #interruption(error?: unknown): UpgradeError {
    const { reason } = this.#tools.signal as { readonly reason: unknown };
    return reason instanceof TimeLimitError
      ? this.#late(reason.input)
      : cancelled(this.#step, this.#at || new Date().toISOString(), error);
  }

  #late(input: LimitInput): UpgradeError {
    return late(input === 'timeout' ? 'The run' : this.#step.id, input, this.#waitingFor, this.#causes);
  }
}

export function causesOf(status: StepStatus): readonly Cause[] {
  return status.state === 'in-progress' || status.state === 'stalled' ? (status.causes ?? []) : [];
}

export function stalled(step: Step, reason: string, causes: readonly Cause[] = []): UpgradeError {
  const remedy =
    'The installation was left in its current state. Fix the cause and run the action again: it resumes from there.';
  const hint = causes[0] ? `${causes[0].hint} ` : '';
  return new UpgradeError({
    code: 'step-stalled',
    what: `${step.id} cannot continue`,
    why: reason,
    remedy: `${hint}${remedy}`,
    causes,
  });
}

function late(what: string, input: LimitInput, waitingFor: string, causes: readonly Cause[]): UpgradeError {
  const remedy = `The installation was left in its current state. Run the action again to keep waiting, or raise ${input}.`;
  const why = `still waiting for ${waitingFor}${causes.length > 0 ? `. ${describeCauses(causes)}` : ''}`;
  return new UpgradeError({
    code: 'step-timed-out',
    what: `${what} took longer than ${input} allows`,
    why,
    remedy,
    causes,
  });
}

function cancelled(step: Step, at: string, error?: unknown): UpgradeError {
  const what = `The run was cancelled during ${step.id}`;
  const cause = causeOfError('CANCELLED', 'the run was interrupted', at);
  return new UpgradeError(
    { code: 'cancelled', what, why: cause.evidence, remedy: cause.hint, causes: [cause] },
    { cause: error },
  );
}
