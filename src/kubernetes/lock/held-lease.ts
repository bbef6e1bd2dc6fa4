// The lock while this run holds it: renewed in the background, proven before each write, and lost permanently as soon
// as the Lease has another holder or version.
import type { V1Lease } from '@kubernetes/client-node';
import { toProblem, type UpgradeError } from '../../core/model/error.js';
import type { Emit } from '../../core/model/event.js';
import { lockLost, remainingMilliseconds, RENEW_SECONDS, whyLost, type Instant } from '../../core/model/lock.js';
import { recordOf, settledWithin, timeNow, timeOf, type LeaseClient, type LeaseClientOptions } from './lease-client.js';
import { LeaseExpiry, now } from './lease-expiry.js';
import { cancelledWhile, interrupted } from './lock-errors.js';
import { releaseWithinLimit } from './lease-release.js';

/** The delay after a failed renewal. */
const RETRY_MILLISECONDS = 2_000;
/** A write that first needs a renewal waits at most this long for it. */
const PROOF_MILLISECONDS = 30_000;

export interface LeaseOptions extends LeaseClientOptions {
  /** Unique to this run. */
  readonly holder: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Called when the lock is lost, so that a waiting run can end. */
  readonly onLost?: () => void;
}

interface Acquired {
  readonly client: LeaseClient;
  readonly lease: V1Lease;
  /** When the request that acquired it was sent. */
  readonly sent: Instant;
}

export class HeldLease {
  readonly #options: LeaseOptions;
  readonly #client: LeaseClient;
  #lease: V1Lease;
  #renewed: Instant;
  /** Renewals without an answer, and the time at which each was sent. */
  readonly #unanswered = new Map<string, Instant>();
  #renewing: Promise<void> | null = null;
  #lost: UpgradeError | null = null;
  #failure = '';
  readonly #listeners = new Set<(milliseconds: number) => void>();
  #isReleased = false;
  readonly #expiry: LeaseExpiry;
  #renewTimer: NodeJS.Timeout | undefined;

  constructor(options: LeaseOptions, { client, lease, sent }: Acquired) {
    this.#options = options;
    this.#client = client;
    this.#lease = lease;
    this.#renewed = sent;
    this.#expiry = new LeaseExpiry(sent);
    this.#schedule(RENEW_SECONDS * 1000);
  }

  /** When the last accepted renewal was sent. */
  get renewed(): Instant {
    return this.#renewed;
  }

  /** Throws `lock-lost` once the lock is known to be lost. */
  assertNotLost(): void {
    if (this.#lost) throw this.#lost;
  }

  /**
   * Returns when the lock is valid, after a renewal if the last one is too old. The returned signal is aborted when the
   * lock is no longer valid. Throws `lock-lost`; after that, every later call throws as well.
   */
  async prove(): Promise<AbortSignal> {
    const until = performance.now() + PROOF_MILLISECONDS;
    for (;;) {
      this.assertNotLost();
      if (!this.#isReleased && remainingMilliseconds(this.#renewed, now()) > 0) return this.#expiry.signal;
      if (this.#options.signal.aborted)
        throw cancelledWhile('the lock had to be renewed before the next write', 'Nothing more was written.');
      if (this.#isReleased || performance.now() > until)
        this.#lose(`it could not be renewed: ${this.#failure || 'it was released'}`);
      else await this.#renewOrPause();
    }
  }

  /**
   * Runs a program that writes. It is ended when the lock is no longer valid, and the lock is proven by a renewal
   * before its result is used.
   */
  async during<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const expired = await this.prove();
    const [result] = await Promise.allSettled([work(AbortSignal.any([signal, expired]))]);
    // After a cancellation, nothing more is decided or written.
    if (!signal.aborted) await this.#renew();
    if (!signal.aborted) await this.prove();
    if (result.status === 'fulfilled') return result.value;
    throw expired.aborted && !signal.aborted ? interrupted(result.reason) : result.reason;
  }

  /**
   * Calls the listener now and after each renewal with the remaining milliseconds; returns a function that stops this.
   */
  onRenewed(listener: (milliseconds: number) => void): () => void {
    this.#listeners.add(listener);
    listener(remainingMilliseconds(this.#renewed, now()));
    return () => void this.#listeners.delete(listener);
  }

  /** Frees the lock for the next run, unless it is lost. */
  async release(): Promise<void> {
    this.#isReleased = true;
    clearTimeout(this.#renewTimer);
    this.#expiry.stop();
    if (this.#lost) return;
    await releaseWithinLimit(this.#options.signal, async (milliseconds) => {
      const free = (): Promise<V1Lease | null> =>
        this.#client.replace(this.#lease, { holderIdentity: '' }, milliseconds);
      if (this.#renewing) await settledWithin(milliseconds, this.#renewing);
      if (await free()) return true;
      // One of this run's renewals, or this release, may have been accepted without an answer.
      await this.#readAgain(milliseconds);
      return this.#isLost() || (await free()) !== null;
    });
  }

  async #renewOrPause(): Promise<void> {
    await this.#renew();
    if (this.#isLost() || remainingMilliseconds(this.#renewed, now()) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS / 2));
  }

  /** A method, since the field changes while something is awaited. */
  #isLost(): boolean {
    return this.#lost !== null;
  }

  #schedule(milliseconds: number): void {
    clearTimeout(this.#renewTimer);
    if (this.#lost || this.#isReleased) return;
    this.#renewTimer = setTimeout(() => void this.#renew(), milliseconds);
  }

  /** One renewal at a time; schedules the next one. Never throws. */
  #renew(): Promise<void> {
    if (this.#lost || this.#isReleased) return Promise.resolve();
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = null;
      this.#schedule(this.#failure === '' ? RENEW_SECONDS * 1000 : RETRY_MILLISECONDS);
    });
    return this.#renewing;
  }

  async #renewOnce(): Promise<void> {
    const [sent, renewTime] = [now(), timeNow()];
    this.#unanswered.set(timeOf(renewTime), sent);
    try {
      const renewed = await this.#client.replace(this.#lease, { renewTime });
      if (renewed) this.#accept(renewed, sent);
      else await this.#readAgain();
    } catch (error) {
      const failure = toProblem(error).why;
      if (this.#failure === '')
        this.#options.emit({
          type: 'warned',
          message: `the lock could not be renewed, retrying: ${failure.split('\n', 1).join('')}`,
        });
      this.#failure = failure;
    }
  }

  #accept(lease: V1Lease, sent: Instant): void {
    this.#lease = lease;
    this.#renewed = sent;
    this.#unanswered.clear();
    this.#failure = '';
    this.#expiry.renew(sent);
    for (const listener of this.#listeners) listener(remainingMilliseconds(sent, now()));
  }

  /** The Lease has changed since the last answered renewal of this run. */
  async #readAgain(milliseconds?: number): Promise<void> {
    const found = await this.#client.read(milliseconds);
    const record = found && recordOf(found);
    const { uid, resourceVersion } = recordOf(this.#lease);
    const why = whyLost(record, {
      uid,
      resourceVersion,
      holder: this.#options.holder,
      unanswered: [...this.#unanswered.keys()],
    });
    if (why !== null || !found || !record) return this.#lose(why ?? '');
    this.#accept(found, this.#unanswered.get(record.renewTime) ?? this.#renewed);
  }

  #lose(why: string): void {
    const { release, namespace, onLost } = this.#options;
    this.#lost ??= lockLost(`release ${release} in namespace ${namespace}`, why);
    clearTimeout(this.#renewTimer);
    this.#expiry.end(this.#lost);
    onLost?.();
  }
}
