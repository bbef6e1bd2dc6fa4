// Acquires the lock of a release. The signal limits only the wait for the lock; an acquired lock stays held after the
// signal ends.
import { interruptible, NO_LIMIT } from '../../run/deadline.js';
import { withSignal } from '../client/connect.js';
import type { HeldLease, LeaseOptions } from './held-lease.js';
import { acquireLease } from './lease.js';

/**
 * Throws the interruption of the signal. A lock that is acquired after the signal ended has no owner and is released.
 */
export async function acquireUntil(signal: AbortSignal, { cluster, ...options }: LeaseOptions): Promise<HeldLease> {
  const acquiring = acquireLease({ ...options, cluster: withSignal(cluster, NO_LIMIT) }, signal);
  try {
    return await interruptible(acquiring, { signal });
  } catch (error) {
    void acquiring.then((lease) => lease.release()).catch(() => undefined);
    throw error;
  }
}
