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
} from '../../../../src/core/model/lock.js';

const at = (monotonic: number, wall = monotonic): { monotonic: number; wall: number } => ({ monotonic, wall });
const record = (over: Partial<LeaseRecord> = {}): LeaseRecord => ({
  uid: 'u1',
  resourceVersion: '5',
  holder: 'run-1',
  renewTime: '2026-01-15T03:00:00.000Z',
  durationSeconds: LEASE_SECONDS,
  ...over,
});

/** The decision of a waiting run after it has read these records at these milliseconds. */
function decide(...reads: readonly (readonly [number, LeaseRecord])[]): string {
  let observed: ObservedLease | null = null;
  for (const [monotonic, read] of reads) observed = observeLease(observed, read, monotonic);
  return evaluateTakeover(observed!, reads.at(-1)![0]).state;
}

describe('the write permission of a run', () => {
  it('is valid until the margin before the end of the lease', () => {
    const last = (LEASE_SECONDS - MARGIN_SECONDS) * 1000;
    expect(remainingMilliseconds(at(1000), at(1000))).toBe(last);
    expect(remainingMilliseconds(at(1000), at(1000 + last - 1))).toBe(1);
    expect(remainingMilliseconds(at(1000), at(1000 + last))).toBe(0);
  });

  it('remains after one lost renewal', () => {
    expect(remainingMilliseconds(at(0), at(RENEW_SECONDS * 1000 + 5000))).toBeGreaterThan(0);
  });

  it.each([
    ['the process was stopped, according to both clocks', at(60_000, 60_000)],
    ['the machine was suspended, so that the monotonic clock did not advance', at(1, 60_000)],
    ['the wall clock was set back meanwhile', at(60_000, -3_600_000)],
  ])('ends if %s', (_, now) => {
    expect(remainingMilliseconds(at(0), now)).toBeLessThan(0);
  });

  it('only requires a renewal after the wall clock was set forward', () => {
    expect(millisecondsSince(at(0, 0), at(5, 200_000))).toBe(200_000);
    expect(millisecondsSince(at(0, 0), at(5, -200_000))).toBe(5);
  });
});

describe('the takeover of a lock', () => {
  it('is possible at once if the lock was released', () => {
    expect(decide([0, record({ holder: '' })])).toBe('free');
  });

  it.each([
    ['200 s ago by the clock of its holder', '2026-01-15T02:56:40.000Z'],
    ['200 s in the future', '2026-01-15T03:03:20.000Z'],
    ['in 1970', '1970-01-01T00:00:00.000Z'],
    ['at an unknown time', ''],
  ])('waits a full lease duration on the local clock for a lock that was renewed %s', (_, renewTime) => {
    const found = record({ renewTime });
    expect(decide([0, found])).toBe('waiting');
    expect(decide([0, found], [LEASE_SECONDS * 1000 - 1, found])).toBe('waiting');
    expect(decide([0, found], [LEASE_SECONDS * 1000, found])).toBe('expired');
  });

  it('is refused after any observed renewal, however late', () => {
    expect(decide([0, record()], [10_000, record({ renewTime: 'later' })])).toBe('renewed');
    expect(decide([0, record()], [3_600_000, record({ renewTime: 'earlier than before' })])).toBe('renewed');
    expect(decide([0, record()], [10_000, record({ holder: 'run-3' })])).toBe('renewed');
  });

  it('does not count a new object version without a renewal as a renewal', () => {
    expect(decide([0, record()], [30_000, record({ resourceVersion: '6' })])).toBe('expired');
  });

  it.each([Number.NaN, -1, 0, 1, 0.5, Number.NEGATIVE_INFINITY])(
    'waits the lease duration of this action for a duration of %s',
    (durationSeconds) => {
      const found = record({ durationSeconds });
      expect(decide([0, found], [LEASE_SECONDS * 1000 - 1, found])).toBe('waiting');
      expect(decide([0, found], [LEASE_SECONDS * 1000, found])).toBe('expired');
    },
  );

  it('waits for the lease duration of an older version of this program', () => {
    const found = record({ durationSeconds: 75 });
    expect(decide([0, found], [74_999, found])).toBe('waiting');
    expect(decide([0, found], [75_000, found])).toBe('expired');
  });

  it.each([301, 2 ** 31 - 1, Number.POSITIVE_INFINITY])(
    'neither waits for a lease of %s s nor acquires it',
    (durationSeconds) => {
      const found = record({ durationSeconds });
      expect(decide([0, found], [10 ** 9, found])).toBe('too-long');
    },
  );
});

describe('a Lease with a different resourceVersion than the last renewal of this run', () => {
  const own = { uid: 'u1', resourceVersion: '4', holder: 'run-1', unanswered: ['2026-01-15T03:00:00.000Z'] };
  it.each([
    ['was deleted', null, /deleted/],
    ['was deleted and created again', record({ uid: 'u2' }), /created again/],
    ['was released', record({ holder: '' }), /released it/],
    ['has another holder', record({ holder: 'run-2' }), /^run-2 holds it now$/],
    ['was changed by another process', record({ renewTime: 'never sent' }), /another process changed/],
  ])('is lost if it %s', (_, found, why) => {
    expect(whyLost(found, own)).toMatch(why);
  });

  it('is still held if a renewal was accepted but its response was lost', () => {
    expect(whyLost(record(), own)).toBeNull();
    expect(whyLost(record({ resourceVersion: '4', renewTime: 'confirmed' }), own)).toBeNull();
  });

  it('is shortened in messages if its holder is very long', () => {
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
