// Our lock: a Lease with holder and expiry, renewed while we run, so that two runs at once end with one refused that names the other.
import { V1MicroTime, type V1Lease } from '@kubernetes/client-node';
import { causeOfError } from '../core/causes.js';
import { UpgradeError } from '../core/errors.js';
import type { Emit } from '../core/events.js';
import { apiError, isStatus, type Cluster } from './cluster.js';

/** A renewal may be lost and one be late before another run may take the lock. */
const DURATION_SECONDS = 75;
const RENEW_MILLISECONDS = 30_000;
/** How often a lock that is waited for is looked at. */
const WAIT_MILLISECONDS = 5_000;
/** Clocks of two runners differ by less than this. */
const CLOCK_SKEW_MILLISECONDS = 60_000;

export interface LeaseOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly release: string;
  readonly holder: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

export interface HeldLease {
  /** Throws run-in-progress when another run holds the lock by now. */
  assertHeld(): void;
  release(): Promise<void>;
}

/** Takes the lock. A live holder is refused by name; one that no longer renews is waited out, at most its expiry. */
export async function acquireLease(options: LeaseOptions): Promise<HeldLease> {
  for (;;) {
    const found = await read(options);
    const taken = await take(options, found);
    if (taken) return new Held(options, taken);
    if (found) await waitOut(options, found);
  }
}

async function read({ cluster, namespace, release }: LeaseOptions): Promise<V1Lease | null> {
  try {
    return await cluster.coordination.readNamespacedLease({ name: nameOf(release), namespace });
  } catch (error) {
    if (isStatus(error, 404)) return null;
    throw apiError(error, 'get leases.coordination.k8s.io', cluster.server);
  }
}

/** The API server lets only one of two runs that try at once through: the create fails for the second, or its resourceVersion is old. */
async function take(options: LeaseOptions, found: V1Lease | null): Promise<V1Lease | null> {
  const { cluster, namespace, release, holder } = options;
  if (found && !isFree(found)) return null;
  const now = new V1MicroTime();
  const spec = { holderIdentity: holder, leaseDurationSeconds: DURATION_SECONDS, acquireTime: now, renewTime: now };
  try {
    if (!found) return await cluster.coordination.createNamespacedLease({ namespace, body: { metadata: { name: nameOf(release) }, spec } });
    return await cluster.coordination.replaceNamespacedLease({ name: nameOf(release), namespace, body: { ...found, spec } });
  } catch (error) {
    if (isStatus(error, 409)) return null;
    throw apiError(error, `${found ? 'update' : 'create'} leases.coordination.k8s.io`, cluster.server);
  }
}

function isFree(lease: V1Lease): boolean {
  const expiry = renewedAt(lease) + durationOf(lease) * 1000;
  return holderOf(lease) === '' || Date.now() > expiry + CLOCK_SKEW_MILLISECONDS;
}

function holderOf({ spec }: V1Lease): string {
  return spec?.holderIdentity ?? '';
}

function durationOf({ spec }: V1Lease): number {
  return spec?.leaseDurationSeconds ?? DURATION_SECONDS;
}

/** Not our clock but the lock's standing still says that its holder is gone; a renewal says that it lives. */
async function waitOut(options: LeaseOptions, found: V1Lease): Promise<void> {
  const holder = holderOf(found);
  const until = Date.now() + durationOf(found) * 1000;
  options.emit({ type: 'noted', message: `the lock of this release is held by ${holder}; waiting until it renews it or ${new Date(until).toISOString()}` });
  while (Date.now() < until) {
    await pause(options.signal);
    const now = await read(options);
    if (!now || holderOf(now) !== holder) return;
    if (renewedAt(now) !== renewedAt(found)) throw inProgress(holder);
  }
  options.emit({ type: 'noted', message: `${holder} did not renew the lock: taking it over` });
  await expire(options, found);
}

async function pause(signal: AbortSignal): Promise<void> {
  if (signal.aborted)
    throw new UpgradeError({
      code: 'cancelled',
      what: 'The run was cancelled',
      why: 'it still waited for the lock',
      remedy: 'Nothing was changed.',
      causes: [causeOfError('CANCELLED', 'it still waited for the lock', new Date().toISOString())],
    });
  await new Promise((resolve) => setTimeout(resolve, WAIT_MILLISECONDS));
}

/** Frees the lock of a run that is gone, unless somebody was faster. */
async function expire({ cluster, namespace, release }: LeaseOptions, found: V1Lease): Promise<void> {
  const body = { ...found, spec: { ...found.spec, holderIdentity: '' } };
  await cluster.coordination.replaceNamespacedLease({ name: nameOf(release), namespace, body }).catch((error: unknown) => {
    if (!isStatus(error, 409)) throw apiError(error, 'update leases.coordination.k8s.io', cluster.server);
  });
}

function inProgress(holder: string): UpgradeError {
  return new UpgradeError({
    code: 'run-in-progress',
    what: 'Another run is upgrading this release',
    why: `${holder} holds the lock and keeps renewing it`,
    remedy: 'Wait until it has ended, or cancel it, and run again.',
  });
}

function nameOf(release: string): string {
  return `milvus-upgrade-${release}`;
}

function renewedAt({ spec }: V1Lease): number {
  return spec?.renewTime ? new Date(spec.renewTime).getTime() : 0;
}

class Held implements HeldLease {
  readonly #options: LeaseOptions;
  readonly #timer: NodeJS.Timeout;
  #lease: V1Lease;
  #lostTo = '';
  #renewing: Promise<void> = Promise.resolve();
  constructor(options: LeaseOptions, lease: V1Lease) {
    this.#options = options;
    this.#lease = lease;
    this.#timer = setInterval(() => {
      this.#renewing = this.#renew();
    }, RENEW_MILLISECONDS);
  }

  assertHeld(): void {
    if (this.#lostTo) throw inProgress(this.#lostTo);
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    if (!this.#lostTo) await expire(this.#options, this.#lease);
  }

  async #renew(): Promise<void> {
    const { cluster, namespace, release, emit, holder } = this.#options;
    const body = { ...this.#lease, spec: { ...this.#lease.spec, renewTime: new V1MicroTime() } };
    try {
      this.#lease = await cluster.coordination.replaceNamespacedLease({ name: nameOf(release), namespace, body });
    } catch (error) {
      const now = isStatus(error, 409) ? await read(this.#options).catch(() => null) : null;
      if (now && holderOf(now) !== holder) this.#lostTo = holderOf(now) || 'nobody';
      else if (now) this.#lease = now;
      else emit({ type: 'warned', message: `the lock could not be renewed, trying again: ${(error as Error).message.split('\n')[0]}` });
    }
  }
}
