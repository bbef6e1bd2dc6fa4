// Ends a wait as soon as anything that is watched has changed, also where that was before the wait began.
import { pause } from './deadline.js';

/** Changes come in bursts; one observation serves those of this time. */
const BURST_MILLISECONDS = 50;

export class ChangeSignal {
  #wake: () => void = () => undefined;
  #hasChanged = false;

  tell(): void {
    this.#hasChanged = true;
    this.#wake();
  }

  /** What has changed until now was seen. */
  forget(): void {
    this.#hasChanged = false;
  }

  /** Resolves at the next change, or after so many milliseconds, or when the signal aborts. */
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

  /** The same, and a moment longer for what comes together with the change. */
  async nextBurst(withinMilliseconds: number, signal: AbortSignal): Promise<void> {
    await this.next(withinMilliseconds, signal);
    if (!signal.aborted) await pause(Math.min(BURST_MILLISECONDS, withinMilliseconds), signal).catch(() => undefined);
  }
}
