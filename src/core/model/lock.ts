// The decisions about the lock of a release: whether this run may still write, and whether a run may acquire the lock
// of another one. Pure: callers pass the time.
import { UpgradeError } from './error.js';

/** Another run may take over the lock after it has observed no renewal for this long. */
export const LEASE_SECONDS = 30;
/** A renewal may fail twice before writes have to wait for the next one. */
export const RENEW_SECONDS = 10;
/**
 * No write begins, and no Helm process runs, in the last part of the lease: requests and processes that are in progress
 * need this time to end.
 */
export const MARGIN_SECONDS = 10;
/** A foreign lease of a longer duration is not waited for. */
const MAX_FOREIGN_SECONDS = 300;
const MAX_HOLDER_LENGTH = 100;

/**
 * A moment of this process, in milliseconds. The monotonic clock continues while a process is stopped by a signal, but
 * not while the machine is suspended; the wall clock continues in both cases, but may be set.
 */
export interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

/**
 * The larger of what both clocks show: a clock that is set forward costs one renewal, a suspended machine is noticed.
 * Never negative.
 */
export function millisecondsSince(start: Instant, now: Instant): number {
  return Math.max(0, now.monotonic - start.monotonic, now.wall - start.wall);
}

/** How long writes may still begin after a renewal whose request was sent at `renewed`. Zero or less: renew first. */
export function remainingMilliseconds(renewed: Instant, now: Instant): number {
  return (LEASE_SECONDS - MARGIN_SECONDS) * 1000 - millisecondsSince(renewed, now);
}

/** The name of the Lease that is the lock of a release. */
export function leaseName(release: string): string {
  return `milvus-upgrade-${release}`;
}

/** The content of a Lease object. Every field comes from the cluster and may contain any text. */
export interface LeaseRecord {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Empty when the lock was released. */
  readonly holder: string;
  readonly renewTime: string;
  readonly durationSeconds: number;
}

/** A Lease as this process has observed it. */
export interface ObservedLease {
  readonly record: LeaseRecord;
  /** When this process first observed this record, on its own monotonic clock. */
  readonly since: number;
  /** How often it has changed since the first observation. */
  readonly changes: number;
}

/** Only a change and the time of its observation count: the times in a Lease come from another clock. */
export function observeLease(before: ObservedLease | null, record: LeaseRecord, monotonic: number): ObservedLease {
  if (before && isSameTerm(before.record, record)) return { ...before, record };
  return { record, since: monotonic, changes: before ? before.changes + 1 : 0 };
}

function isSameTerm(record: LeaseRecord, other: LeaseRecord): boolean {
  return (
    record.uid === other.uid &&
    record.holder === other.holder &&
    record.renewTime === other.renewTime &&
    Object.is(record.durationSeconds, other.durationSeconds)
  );
}

export type Takeover =
  | { readonly state: 'free' }
  /** Its holder is alive. */
  | { readonly state: 'renewed' }
  | { readonly state: 'waiting'; readonly milliseconds: number }
  | { readonly state: 'expired'; readonly seconds: number }
  | { readonly state: 'too-long'; readonly seconds: number };

/**
 * Whether the lock may be acquired. Never compares clocks of two machines, as leader election in client-go does not.
 */
export function evaluateTakeover({ record, since, changes }: ObservedLease, monotonic: number): Takeover {
  if (record.holder === '') return { state: 'free' };
  if (changes > 0) return { state: 'renewed' };
  const seconds = waitSecondsOf(record.durationSeconds);
  if (seconds > MAX_FOREIGN_SECONDS) return { state: 'too-long', seconds };
  const milliseconds = since + seconds * 1000 - monotonic;
  return milliseconds > 0 ? { state: 'waiting', milliseconds } : { state: 'expired', seconds };
}

/**
 * Never shorter than the lease of this action: a missing, negative or invalid duration contains no information about
 * its holder.
 */
function waitSecondsOf(durationSeconds: number): number {
  return Number.isNaN(durationSeconds) ? LEASE_SECONDS : Math.max(LEASE_SECONDS, durationSeconds);
}

/** The term of this run: the object, the holder, and the renewals that it has sent. */
export interface OwnTerm {
  readonly uid: string;
  /** Of the last renewal that was answered. */
  readonly resourceVersion: string;
  readonly holder: string;
  /** Renewals without an answer: the API server may have accepted them. */
  readonly unanswered: readonly string[];
}

/** Why this run no longer holds a Lease; null if nothing has changed, or a renewal of this run explains the change. */
export function whyLost(found: LeaseRecord | null, own: OwnTerm): string | null {
  if (!found) return 'its Lease was deleted';
  if (found.uid !== own.uid) return 'its Lease was deleted and created again';
  if (found.holder === '') return 'another process released it';
  if (found.holder !== own.holder) return `${describeHolder(found.holder)} holds it now`;
  if (found.resourceVersion === own.resourceVersion) return null;
  return own.unanswered.includes(found.renewTime) ? null : 'another process changed its Lease';
}

/** A holder for a message, shortened: every user that can write Leases can write any text there. */
export function describeHolder(holder: string): string {
  return holder.length > MAX_HOLDER_LENGTH ? `${holder.slice(0, MAX_HOLDER_LENGTH)}…` : holder;
}

export function lockLost(lock: string, why: string, options?: ErrorOptions): UpgradeError {
  return new UpgradeError(
    {
      code: 'lock-lost',
      what: `The lock of ${lock} is lost`,
      why: `${why}; another run may be changing the installation, so this run writes nothing more`,
      remedy: 'Check that no other run is active, then run the action again: it resumes from the current state.',
    },
    options,
  );
}

/** For code that writes before it has acquired the lock. */
export function noLock(): UpgradeError {
  return new UpgradeError({
    code: 'bug',
    what: 'A write was requested without a lock',
    why: 'this run has not acquired the lock',
    remedy: 'Open an issue.',
  });
}

/** API groups whose POST requests change nothing. */
const REVIEWS = /^\/apis\/(authorization|authentication)\.k8s\.io\//;
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request to the API server changes something and requires the lock. `url` is absolute. */
export function needsLock(method: string, url: string): boolean {
  const { pathname, searchParams } = new URL(url);
  const isLock = /\/apis\/coordination\.k8s\.io\/v1\/namespaces\/[^/]+\/leases(\/|$)/.test(pathname);
  // Behind a proxy for several clusters, the path of the API has a prefix.
  const isReview = REVIEWS.test(pathname.slice(Math.max(0, pathname.indexOf('/apis/'))));
  return !READS.has(method.toUpperCase()) && searchParams.get('dryRun') !== 'All' && !isReview && !isLock;
}
