// Cancellation and deadlines as one AbortSignal. Everything that waits listens to it, and the reason of the signal is
// what ended the wait.
import { setMaxListeners } from 'node:events';
import { causeOfError } from '../core/model/cause.js';
import { UpgradeError } from '../core/model/error.js';

/** The inputs that limit how long a run waits. */
export type LimitInput = 'timeout' | 'step-timeout';

export interface Limit {
  readonly input: LimitInput;
  /** From now on. */
  readonly milliseconds: number;
}

/** The time limit of an input was exceeded. The caller adds what it was waiting for. */
export class TimeLimitError extends UpgradeError {
  readonly input: LimitInput;
  constructor(input: LimitInput) {
    const remedy = `Run the action again to keep waiting, or raise ${input}.`;
    super({
      code: 'step-timed-out',
      what: `It took longer than ${input} allows`,
      why: 'a request or a program did not finish',
      remedy,
    });
    this.input = input;
  }
}

/** A signal that never aborts. */
export const NO_LIMIT: AbortSignal = new AbortController().signal;

export interface Limited {
  /** Aborts with the parent signal, or when the first limit is reached. */
  readonly signal: AbortSignal;
  /** Clears the timers. Call it when nothing waits any longer. */
  end(): void;
}

/** A longer delay overflows a timer of Node.js, which then fires immediately. */
const MAX_TIMER_MILLISECONDS = 2 ** 31 - 1;

/** A child signal of `parent` that also aborts at each of the limits. */
export function limit(parent: AbortSignal, limits: readonly Limit[]): Limited {
  const controller = new AbortController();
  const parentEnded = (): void => controller.abort(parent.reason);
  // Every active request and program adds a listener.
  for (const signal of [parent, controller.signal]) setMaxListeners(0, signal);
  parent.addEventListener('abort', parentEnded, { once: true });
  if (parent.aborted) parentEnded();
  const timers = limits
    .filter(({ milliseconds }) => milliseconds <= MAX_TIMER_MILLISECONDS)
    .map(({ input, milliseconds }) =>
      setTimeout(() => controller.abort(new TimeLimitError(input)), Math.max(0, milliseconds)),
    );
  const end = (): void => {
    timers.forEach(clearTimeout);
    parent.removeEventListener('abort', parentEnded);
  };
  return { signal: controller.signal, end };
}

/** The error for an aborted signal. A signal whose reason is not a TimeLimitError was a cancellation. */
export function interruptionOf(signal: AbortSignal, waitingFor = ''): UpgradeError {
  if (signal.reason instanceof TimeLimitError)
    return waitingFor === '' ? signal.reason : tooLong(signal.reason.input, waitingFor);
  const evidence = `the run was interrupted${waitingFor === '' ? '' : ` while it was waiting for ${waitingFor}`}`;
  const cause = causeOfError('CANCELLED', evidence, new Date().toISOString());
  return new UpgradeError({
    code: 'cancelled',
    what: 'The run was cancelled',
    why: cause.evidence,
    remedy: cause.hint,
    causes: [cause],
  });
}

function tooLong(input: LimitInput, waitingFor: string): UpgradeError {
  const what = `The run took longer than ${input} allows`;
  const remedy = `The installation was left in its current state. Run the action again to keep waiting, or raise ${input}.`;
  return new UpgradeError({ code: 'step-timed-out', what, why: `still waiting for ${waitingFor}`, remedy });
}

export interface Waiting {
  readonly signal: AbortSignal;
  /** Such as "the lock of the release", for the error. */
  readonly waitingFor?: string;
  /** How long the work may take to finish after the signal aborts; after that it is abandoned. */
  readonly graceMilliseconds?: number;
}

/**
 * Returns the result of the work, or throws the interruption if the signal aborts first. Work that ignores the signal
 * is abandoned.
 */
export async function interruptible<Result>(
  work: Promise<Result>,
  { signal, waitingFor, graceMilliseconds = 0 }: Waiting,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  let stop: () => void = () => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    const abandon = (): void => reject(interruptionOf(signal, waitingFor));
    stop = (): void => {
      if (graceMilliseconds === 0) abandon();
      else timer = setTimeout(abandon, graceMilliseconds);
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    const result = await Promise.race([work, interrupted]);
    // Work that succeeds after the signal may have treated interrupted requests as answers.
    if (!signal.aborted) return result;
    throw interruptionOf(signal, waitingFor);
  } catch (error) {
    // A failure of the work after the signal is a result of the signal.
    throw signal.aborted ? interruptionOf(signal, waitingFor) : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** Resolves after this many milliseconds; throws the interruption if the signal aborts first. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await interruptible(new Promise((resolve) => (timer = setTimeout(resolve, milliseconds))), { signal });
  } finally {
    clearTimeout(timer);
  }
}
