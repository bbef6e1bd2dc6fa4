// Level-triggered change signal: a change before `next()` resolves it immediately.
import { pause } from './deadline.js';

/** Changes arrive in bursts; one observation covers all changes within this time. */
const BURST_MILLISECONDS = 50;

export class ChangeSignal {
  #wake: () => void = () => undefined;
  #hasChanged = false;

  notify(): void {
    this.#hasChanged = true;
    this.#wake();
  }

  /** Marks every change until now as observed. */
  reset(): void {
    this.#hasChanged = false;
  }

  /** Resolves at the next change, after this many milliseconds, or when the signal aborts. */
  async next(withinMilliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#hasChanged || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, withinMilliseconds);
      signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
    });
  }

  /** The same, plus a short delay for the other changes of the same burst. */
  async nextBurst(withinMilliseconds: number, signal: AbortSignal): Promise<void> {
    await this.next(withinMilliseconds, signal);
    if (!signal.aborted) await pause(Math.min(BURST_MILLISECONDS, withinMilliseconds), signal).catch(() => undefined);
  }
}
