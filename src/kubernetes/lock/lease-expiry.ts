// The time until a held Lease expires, as a signal that is aborted when the lock is no longer valid.
import { remainingMilliseconds, type Instant } from '../../core/model/lock.js';

export function now(): Instant {
  return { monotonic: performance.now(), wall: Date.now() };
}

export class LeaseExpiry {
  #renewed: Instant;
  #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** `renewed` is the time at which the last accepted renewal was sent. */
  constructor(renewed: Instant) {
    this.#renewed = renewed;
    this.#watch();
  }

  /** Aborted when the lock is no longer valid. A renewal after that creates another signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  renew(renewed: Instant): void {
    if (this.#isStopped) return;
    this.#renewed = renewed;
    if (this.#controller.signal.aborted) this.#controller = new AbortController();
    this.#watch();
  }

  /** The lock is lost: aborts the signal. */
  end(reason: Error): void {
    this.stop();
    this.#controller.abort(reason);
  }

  /** Stops permanently: the signal is no longer aborted when the time is over, and a later renewal is ignored. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    const left = remainingMilliseconds(this.#renewed, now());
    if (left <= 0) this.#controller.abort(new Error('the lock could not be renewed in time'));
    // One more, since a timer can fire slightly early.
    else this.#timer = setTimeout(() => this.#watch(), left + 1);
  }
}
