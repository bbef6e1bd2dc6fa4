// Acquires the lock of a release, a Lease with holder and renewals: of two concurrent runs, one is refused with the
// name of the other.
import type { V1Lease } from '@kubernetes/client-node';
import { UpgradeError } from '../../core/model/error.js';
import {
  describeHolder,
  evaluateTakeover,
  LEASE_SECONDS,
  observeLease,
  type ObservedLease,
  type Takeover,
} from '../../core/model/lock.js';
import { HeldLease, type LeaseOptions } from './held-lease.js';
import { now } from './lease-expiry.js';
import { LeaseClient, recordOf, timeNow } from './lease-client.js';
import { cancelledWhile } from './lock-errors.js';

/** A renewal by an active holder is detected at most this long after it. */
const POLL_MILLISECONDS = 2_000;

/**
 * Acquires the lock. If its holder renews it, throws an error that names the holder; if not, waits until its lease has
 * expired on the clock of this process. `waiting` ends that wait; the acquired lock ends with the signal of the
 * options.
 */
export function acquireLease(options: LeaseOptions, waiting = options.signal): Promise<HeldLease> {
  return acquireWith(new LeaseClient(options), options, waiting);
}

async function acquireWith(client: LeaseClient, options: LeaseOptions, waiting: AbortSignal): Promise<HeldLease> {
  let observed: ObservedLease | null = null;
  for (;;) {
    // Each decision is based on a fresh answer: a process that was stopped during the wait has missed the renewals of
    // that time.
    const found = await client.read();
    const isFirst = observed === null;
    observed = found && observeLease(observed, recordOf(found), now().monotonic);
    const takeover: Takeover = observed ? evaluateTakeover(observed, now().monotonic) : { state: 'free' };
    const holder = describeHolder(observed?.record.holder ?? '');
    refuseTaken(takeover, holder, options.release);
    if (takeover.state === 'waiting') {
      if (isFirst) noteWait(options, holder, takeover.milliseconds);
      await pause(Math.min(POLL_MILLISECONDS, takeover.milliseconds), waiting);
      continue;
    }
    if (takeover.state === 'expired')
      options.emit({
        type: 'noted',
        message: `${holder} has not renewed the lock for ${takeover.seconds} s: taking it over`,
      });
    const sent = now();
    const lease = await take(client, found, options.holder);
    if (lease) return new HeldLease(options, { client, lease, sent });
  }
}

/** Null if another run was faster: then the create fails, or the resourceVersion is outdated. */
function take(client: LeaseClient, found: V1Lease | null, holderIdentity: string): Promise<V1Lease | null> {
  const acquireTime = timeNow();
  const spec = { holderIdentity, leaseDurationSeconds: LEASE_SECONDS, acquireTime, renewTime: acquireTime };
  if (!found) return client.create({ ...spec, leaseTransitions: 0 });
  const earlier = found.spec?.leaseTransitions;
  return client.replace(found, {
    ...spec,
    leaseTransitions: Number.isSafeInteger(earlier) ? (Number(earlier) % MAX_TRANSITIONS) + 1 : 1,
  });
}

/** The field is an int32. */
const MAX_TRANSITIONS = 2 ** 31 - 2;

function noteWait({ emit, release }: LeaseOptions, holder: string, milliseconds: number): void {
  emit({
    type: 'noted',
    message: `the lock of release ${release} is held by ${holder}: waiting up to ${Math.ceil(milliseconds / 1000)} s for a renewal`,
  });
}

function refuseTaken(takeover: Takeover, holder: string, release: string): void {
  if (takeover.state === 'renewed')
    throw inProgress(
      `${holder} holds the lock and keeps renewing it`,
      'Wait until it has ended, or cancel it, and run the action again.',
    );
  if (takeover.state === 'too-long') {
    const remedy = `Wait until it has ended. If you are sure that it is not running, delete the Lease milvus-upgrade-${release} and run the action again.`;
    throw inProgress(
      `${holder} holds the lock, and its lease duration of ${takeover.seconds} s is too long to wait for`,
      remedy,
    );
  }
}

function inProgress(why: string, remedy: string): UpgradeError {
  return new UpgradeError({ code: 'run-in-progress', what: 'Another run is upgrading this release', why, remedy });
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
  if (signal.aborted) throw cancelledWhile('it was waiting for the lock', 'Nothing was changed.');
}
