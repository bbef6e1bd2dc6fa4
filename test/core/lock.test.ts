import { describe, expect, it } from '@jest/globals';
import {
  evaluateTakeover,
  LEASE_SECONDS,
  lockLost,
  MARGIN_SECONDS,
  millisecondsSince,
  needsLock,
  observeLease,
  remainingMilliseconds,
  RENEW_SECONDS,
  whyLost,
  type LeaseRecord,
  type ObservedLease,
} from '../../src/core/lock.js';

const at = (monotonic: number, wall = monotonic): { monotonic: number; wall: number } => ({ monotonic, wall });
const record = (over: Partial<LeaseRecord> = {}): LeaseRecord => ({
  uid: 'u1',
  resourceVersion: '5',
  holder: 'run-1',
  renewTime: '2026-01-15T03:00:00.000Z',
  durationSeconds: LEASE_SECONDS,
  ...over,
});

/** What a waiting run decides after it has read these records at these milliseconds. */
function decide(...reads: readonly (readonly [number, LeaseRecord])[]): string {
  let observed: ObservedLease | null = null;
  for (const [monotonic, read] of reads) observed = observeLease(observed, read, monotonic);
  return evaluateTakeover(observed!, reads.at(-1)![0]).state;
}

describe('whether this run may still write', () => {
  it('allows writes until the margin before the lease ends, and no longer', () => {
    const last = (LEASE_SECONDS - MARGIN_SECONDS) * 1000;
    expect(remainingMilliseconds(at(1000), at(1000))).toBe(last);
    expect(remainingMilliseconds(at(1000), at(1000 + last - 1))).toBe(1);
    expect(remainingMilliseconds(at(1000), at(1000 + last))).toBe(0);
  });

  it('survives one renewal that is lost', () => {
    expect(remainingMilliseconds(at(0), at(RENEW_SECONDS * 1000 + 5000))).toBeGreaterThan(0);
  });

  it.each([
    ['a process that was stopped, on both clocks', at(60_000, 60_000)],
    ['a suspended machine, on whose monotonic clock no time has passed', at(1, 60_000)],
    ['a wall clock that was set back meanwhile', at(60_000, -3_600_000)],
  ])('notices %s', (_, now) => {
    expect(remainingMilliseconds(at(0), now)).toBeLessThan(0);
  });

  it('asks for a renewal, and for nothing worse, after the wall clock was set forward', () => {
    expect(millisecondsSince(at(0, 0), at(5, 200_000))).toBe(200_000);
    expect(millisecondsSince(at(0, 0), at(5, -200_000))).toBe(5);
  });
});

describe('whether a lock may be taken over', () => {
  it('allows it at once when the lock was released', () => {
    expect(decide([0, record({ holder: '' })])).toBe('free');
  });

  it.each([
    ['200 s ago by the clock of its holder', '2026-01-15T02:56:40.000Z'],
    ['200 s in the future', '2026-01-15T03:03:20.000Z'],
    ['in 1970', '1970-01-01T00:00:00.000Z'],
    ['at no time at all', ''],
  ])('waits a full lease on its own clock for a lock that was renewed %s', (_, renewTime) => {
    const found = record({ renewTime });
    expect(decide([0, found])).toBe('waiting');
    expect(decide([0, found], [LEASE_SECONDS * 1000 - 1, found])).toBe('waiting');
    expect(decide([0, found], [LEASE_SECONDS * 1000, found])).toBe('expired');
  });

  it('refuses as soon as one renewal is seen, however late', () => {
    expect(decide([0, record()], [10_000, record({ renewTime: 'later' })])).toBe('renewed');
    expect(decide([0, record()], [3_600_000, record({ renewTime: 'earlier than before' })])).toBe('renewed');
    expect(decide([0, record()], [10_000, record({ holder: 'run-3' })])).toBe('renewed');
  });

  it('does not take a new version of the object without a renewal for a sign of life', () => {
    expect(decide([0, record()], [30_000, record({ resourceVersion: '6' })])).toBe('expired');
  });

  it.each([Number.NaN, -1, 0, 1, 0.5, Number.NEGATIVE_INFINITY])('waits its own lease for a duration of %s', (durationSeconds) => {
    const found = record({ durationSeconds });
    expect(decide([0, found], [LEASE_SECONDS * 1000 - 1, found])).toBe('waiting');
    expect(decide([0, found], [LEASE_SECONDS * 1000, found])).toBe('expired');
  });

  it('waits as long as an older version of this program has it', () => {
    const found = record({ durationSeconds: 75 });
    expect(decide([0, found], [74_999, found])).toBe('waiting');
    expect(decide([0, found], [75_000, found])).toBe('expired');
  });

  it.each([301, 2 ** 31 - 1, Number.POSITIVE_INFINITY])('does not wait for a lease of %s s, and does not take it either', (durationSeconds) => {
    const found = record({ durationSeconds });
    expect(decide([0, found], [10 ** 9, found])).toBe('too-long');
  });
});

describe('a Lease that has another resourceVersion than our last renewal', () => {
  const own = { uid: 'u1', resourceVersion: '4', holder: 'run-1', unanswered: ['2026-01-15T03:00:00.000Z'] };
  it.each([
    ['was deleted', null, /deleted/],
    ['was deleted and created again', record({ uid: 'u2' }), /created again/],
    ['was released', record({ holder: '' }), /released it/],
    ['has another holder', record({ holder: 'run-2' }), /^run-2 holds it now$/],
    ['was changed by another hand', record({ renewTime: 'never sent' }), /another process changed/],
  ])('is lost when it %s', (_, found, why) => {
    expect(whyLost(found, own)).toMatch(why);
  });

  it('is still ours when a renewal was accepted whose answer was lost', () => {
    expect(whyLost(record(), own)).toBeNull();
    expect(whyLost(record({ resourceVersion: '4', renewTime: 'confirmed' }), own)).toBeNull();
  });

  it('is quoted in part when somebody has written a book into it', () => {
    const why = whyLost(record({ holder: 'x'.repeat(1_000_000) }), own) ?? '';
    expect(why.length).toBeLessThan(200);
    expect(lockLost('release my', why)).toMatchObject({ code: 'lock-lost' });
  });
});

describe('requests that need the lock', () => {
  const namespace = 'https://10.0.0.1:6443/api/v1/namespaces/milvus';
  it.each([
    ['PATCH', `${namespace}/pods/p`],
    ['PATCH', 'https://10.0.0.1/apis/apps/v1/namespaces/milvus/deployments/d?fieldManager=milvus-upgrade'],
    ['PUT', `${namespace}/secrets/sh.helm.release.v1.my.v2`],
    ['POST', `${namespace}/pods`],
    ['POST', `${namespace}/pods?dryRun=`],
    ['DELETE', `${namespace}/configmaps/c`],
    ['DELETE', `${namespace}/leases/l`],
    ['POST', `${namespace}/configmaps?name=/apis/authorization.k8s.io/`],
  ])('are %s %s', (method, url) => {
    expect(needsLock(method, url)).toBe(true);
  });

  it.each([
    ['GET', `${namespace}/pods?watch=true`],
    ['POST', `${namespace}/pods?dryRun=All`],
    ['POST', 'https://10.0.0.1/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
    ['POST', 'https://rancher.example.com/k8s/clusters/c-1/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
    ['POST', 'https://10.0.0.1/apis/coordination.k8s.io/v1/namespaces/milvus/leases'],
    ['PUT', 'https://10.0.0.1/apis/coordination.k8s.io/v1/namespaces/milvus/leases/milvus-upgrade-my'],
  ])('are not %s %s', (method, url) => {
    expect(needsLock(method, url)).toBe(false);
  });
});
