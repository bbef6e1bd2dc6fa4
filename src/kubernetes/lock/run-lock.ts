// The lock of this run, from before it is acquired until after it is released: the platform and the connection check it
// before they write.
import { toProblem } from '../../core/model/error.js';
import type { Cluster } from '../client/cluster.js';
import type { HeldLease, LeaseOptions } from './held-lease.js';
import { acquireUntil } from './acquire-until.js';
import type { Helm } from '../helm/helm.js';
import { NO_LOCK } from './write-fence.js';

export interface RunLockOptions extends LeaseOptions {
  readonly cluster: Cluster;
  readonly helm: Helm;
}

export class RunLock {
  readonly #options: RunLockOptions;
  #lease: HeldLease | null = null;
  constructor(options: RunLockOptions) {
    this.#options = options;
  }

  /** From now on requests that change something are sent, as long as the lock is valid. */
  async acquire(signal: AbortSignal): Promise<void> {
    const lease = await acquireUntil(signal, this.#options);
    const { cluster, helm } = this.#options;
    this.#lease = lease;
    cluster.config.fence = lease;
    helm.remaining = (listener) => lease.onRenewed(listener);
  }

  /** When the last renewal was sent, on the clock of `performance.now()`. */
  renewedAt(): number {
    return this.#lease?.renewed.monotonic ?? Number.POSITIVE_INFINITY;
  }

  /** Throws `lock-lost` once the lock is known to be lost; not before it is acquired. */
  assertNotLost(): void {
    this.#lease?.assertNotLost();
  }

  /** Throws if the lock is not held, or no longer held. */
  prove(): Promise<AbortSignal> {
    return (this.#lease ?? NO_LOCK).prove();
  }

  /**
   * Performs several writes. A reaction to a failure, such as a rollback, requires the lock: if the lock is lost,
   * `lock-lost` is thrown instead.
   */
  async whileProven(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    await this.prove();
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) await this.prove();
      throw error;
    }
  }

  /** Runs a program that writes: see HeldLease. */
  async during<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    await this.prove();
    return this.#lease ? this.#lease.during(signal, work) : work(signal);
  }

  /** Never throws: it runs at the end of every run. */
  async release(): Promise<void> {
    const { cluster, helm, emit } = this.#options;
    await this.#lease?.release().catch((error: unknown) =>
      emit({
        type: 'warned',
        message: `the lock could not be released, it expires automatically: ${toProblem(error).why}`,
      }),
    );
    this.#lease = null;
    cluster.config.fence = NO_LOCK;
    helm.remaining = null;
  }
}
