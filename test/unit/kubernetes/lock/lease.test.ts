import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { EventDraft } from '../../../../src/core/model/event.js';
import { acquireLease } from '../../../../src/kubernetes/lock/lease.js';
import type { HeldLease } from '../../../../src/kubernetes/lock/held-lease.js';
import { FakeLease } from '../../../support/fake-lease.js';

let server: FakeLease;
let messages: string[];
let cancel: AbortController;
let locks: HeldLease[];
let woken: number;
beforeEach(() => {
  jest.useFakeTimers();
  server = new FakeLease();
  messages = [];
  cancel = new AbortController();
  locks = [];
  woken = 0;
});
afterEach(async () => {
  server.network = 'up';
  await Promise.all(locks.map((lock) => lock.release()));
  jest.useRealTimers();
});

async function acquire(holder: string, signal = cancel.signal): Promise<HeldLease> {
  const emit = (draft: EventDraft): void => void messages.push('message' in draft ? String(draft.message) : draft.type);
  const lock = await acquireLease({
    cluster: server.cluster(),
    namespace: 'milvus',
    release: 'my',
    holder,
    emit,
    signal,
    onLost: () => (woken += 1),
  });
  locks.push(lock);
  return lock;
}

const pass = (seconds: number): Promise<void> => jest.advanceTimersByTimeAsync(seconds * 1000);
/** Advances the clocks while the process is stopped: no timer fires. */
const stopFor = (seconds: number): void => jest.setSystemTime(Date.now() + seconds * 1000);
const lost = (why: RegExp): unknown => expect.objectContaining({ code: 'lock-lost', why: expect.stringMatching(why) });
/** Whether the lock is proven, within the time that a write waits for it. */
async function proof(lock: HeldLease): Promise<unknown> {
  const proven = lock.prove().then(
    () => 'valid',
    (error: unknown) => error,
  );
  await pass(60);
  return proven;
}

describe('the lock of a release', () => {
  it('is renewed while it is held, and released for the next run at once', async () => {
    const lock = await acquire('run-1');
    await pass(300);
    expect(server.writes.length).toBeGreaterThan(25);
    await expect(lock.prove()).resolves.toBeInstanceOf(AbortSignal);
    await lock.release();
    expect(server.holder).toBe('');
    await acquire('run-2');
    expect(server.holder).toBe('run-2');
    expect(messages).toEqual([]);
  });

  it('refuses a second run while the first one renews it, names the first run, and logs the wait', async () => {
    await acquire('acme.vectors.42');
    const second = acquire('run-2').catch((error: unknown) => error);
    await pass(12);
    expect(await second).toMatchObject({
      code: 'run-in-progress',
      why: 'acme.vectors.42 holds the lock and keeps renewing it',
    });
    expect(messages).toEqual([
      expect.stringMatching(/^the lock of release my is held by acme.vectors.42: waiting up to 30 s /),
    ]);
  });

  it.each([
    ['far behind', -200],
    ['far ahead', 200],
  ])('is not taken from an active run whose clock is %s', async (_, seconds) => {
    server.write({
      holderIdentity: 'run-1',
      leaseDurationSeconds: 30,
      renewTime: new Date(Date.now() + seconds * 1000) as never,
    });
    const second = acquire('run-2').catch((error: unknown) => error);
    await pass(20);
    server.write({
      holderIdentity: 'run-1',
      leaseDurationSeconds: 30,
      renewTime: new Date(Date.now() + seconds * 1000) as never,
    });
    await pass(15);
    expect(await second).toMatchObject({ code: 'run-in-progress' });
    expect(server.holder).toBe('run-1');
  });

  it('is taken over from a dead run after one lease, and not before', async () => {
    server.write({
      holderIdentity: 'run-1',
      leaseDurationSeconds: 30,
      renewTime: new Date(0) as never,
      leaseTransitions: 3,
    });
    const second = acquire('run-2');
    await pass(29);
    expect(server.holder).toBe('run-1');
    await pass(2);
    await second;
    expect(server.lease?.spec).toMatchObject({ holderIdentity: 'run-2', leaseTransitions: 4 });
    expect(messages).toContain('run-1 has not renewed the lock for 30 s: taking it over');
  });

  it('is acquired by only one of two runs that take it over concurrently', async () => {
    server.write({ holderIdentity: 'run-1', leaseDurationSeconds: 30 });
    const both = Promise.allSettled([acquire('run-2'), acquire('run-3')]);
    await pass(60);
    expect((await both).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it.each([3600, 2 ** 31 - 1])(
    'refuses immediately, with a remedy, when a foreign lease has a duration of %s s',
    async (leaseDurationSeconds) => {
      server.write({ holderIdentity: 'other-tool', leaseDurationSeconds });
      await expect(acquire('run-2')).rejects.toMatchObject({
        code: 'run-in-progress',
        remedy: expect.stringContaining('delete the Lease milvus-upgrade-my'),
      });
    },
  );

  it('stops waiting at once after a cancellation', async () => {
    server.write({ holderIdentity: 'run-1', leaseDurationSeconds: 30 });
    const second = acquire('run-2').catch((error: unknown) => error);
    await pass(1);
    cancel.abort();
    expect(await second).toMatchObject({ code: 'cancelled' });
    expect(server.holder).toBe('run-1');
  });
});

describe('the release of a lock', () => {
  /** Releases the lock and returns the failure, if any; simulated time passes meanwhile. */
  async function releaseFor(lock: HeldLease, seconds: number): Promise<unknown> {
    const released = lock.release().then(
      () => null,
      (error: unknown) => error,
    );
    await pass(seconds);
    return released;
  }

  it.each([1, 2, 3])('is repeated when the API server answers %s requests with 503', async (requests) => {
    const lock = await acquire('run-1');
    server.unavailable = requests;
    expect(await releaseFor(lock, 2)).toBeNull();
    expect(server.holder).toBe('');
  });

  it('is repeated when one request is not answered', async () => {
    const lock = await acquire('run-1');
    server.network = 'down';
    const released = lock.release();
    await pass(2);
    server.network = 'up';
    await pass(4);
    await released;
    expect(server.holder).toBe('');
  });

  it('succeeds when it was accepted without an answer', async () => {
    const lock = await acquire('run-1');
    server.network = 'deaf';
    expect(await releaseFor(lock, 8)).toBeNull();
    expect(server.writes.map(({ holder }) => holder)).toEqual(['run-1', '']);
  });

  it('ends after ten seconds with the reason when no request is answered', async () => {
    const lock = await acquire('run-1');
    server.network = 'down';
    expect(await releaseFor(lock, 11)).toMatchObject({ why: expect.stringContaining('no answer within 5 s') });
  });

  it('ends after one second when the run was cancelled', async () => {
    const lock = await acquire('run-1');
    cancel.abort();
    server.network = 'down';
    expect(await releaseFor(lock, 1.1)).toMatchObject({ why: expect.stringContaining('no answer within 0.5 s') });
  });

  it('is not repeated without the permission', async () => {
    const lock = await acquire('run-1');
    server.network = 'refused';
    expect(await releaseFor(lock, 1)).toMatchObject({ code: 'access-denied' });
    expect(server.refusals).toBe(1);
  });
});

describe('a lock is lost, and nothing is written, when its Lease', () => {
  it.each([
    ['was deleted', () => server.delete(), /deleted/],
    [
      'was taken by another run',
      () => server.write({ holderIdentity: 'run-2', leaseDurationSeconds: 30 }),
      /^run-2 holds it now/,
    ],
    ['was taken and released by another run', () => server.write({ holderIdentity: '' }), /released/],
    ['was annotated manually', () => server.write(server.lease!.spec!), /another process changed/],
    [
      'was deleted and created again for the same holder',
      () => (server.delete(), server.write({ holderIdentity: 'run-1' })),
      /created again/,
    ],
  ])('%s', async (_, happens, why) => {
    const lock = await acquire('run-1');
    await pass(12);
    happens();
    const before = server.writes.length;
    await pass(11);
    expect(() => lock.assertNotLost()).toThrow(lost(why) as Error);
    expect(woken).toBeGreaterThan(0);
    expect(await proof(lock)).toEqual(lost(why));
    await lock.release();
    await pass(120);
    expect(server.writes).toHaveLength(before);
  });
});

describe('before a write', () => {
  it('the lock needs no request while the last renewal is recent', async () => {
    const lock = await acquire('run-1');
    const before = server.writes.length;
    await lock.prove();
    expect(server.writes).toHaveLength(before);
  });

  it('the lock is renewed after the process was stopped, and the write proceeds if no other run has acquired the lock', async () => {
    const lock = await acquire('run-1');
    stopFor(600);
    const before = server.writes.length;
    await lock.prove();
    expect(server.writes.length).toBe(before + 1);
  });

  it('the other run is detected after the process was stopped, before any timer has fired', async () => {
    const lock = await acquire('run-1');
    stopFor(600);
    server.write({ holderIdentity: 'run-2', leaseDurationSeconds: 30 });
    await expect(lock.prove()).rejects.toEqual(lost(/run-2 holds it now/));
  });

  it('the lock waits for an API server that is down for some seconds, and the write proceeds', async () => {
    const lock = await acquire('run-1');
    server.network = 'down';
    await pass(25);
    const proven = lock.prove();
    await pass(10);
    server.network = 'up';
    await pass(10);
    await expect(proven).resolves.toBeInstanceOf(AbortSignal);
  });

  it('the lock is lost permanently when no renewal succeeds, also after the network recovers', async () => {
    const lock = await acquire('run-1');
    server.network = 'down';
    await pass(25);
    expect(await proof(lock)).toEqual(lost(/could not be renewed: .*no answer within 5 s/));
    server.network = 'up';
    expect(await proof(lock)).toEqual(lost(/could not be renewed/));
    expect(server.writes).toHaveLength(1);
  });

  it('the error names the reason when the permission to renew was revoked', async () => {
    const lock = await acquire('run-1');
    server.network = 'refused';
    await pass(25);
    expect(await proof(lock)).toEqual(lost(/leases is forbidden/));
  });

  it('the run recognizes its own renewals whose responses were lost', async () => {
    const lock = await acquire('run-1');
    server.network = 'deaf';
    await pass(21);
    server.network = 'up';
    expect(await proof(lock)).toBe('valid');
    expect(new Set(server.writes.map((write) => write.holder))).toEqual(new Set(['run-1']));
  });

  it('the lock does not wait for a renewal after a cancellation', async () => {
    const lock = await acquire('run-1');
    server.network = 'down';
    await pass(25);
    cancel.abort();
    await expect(Promise.race([lock.prove(), pass(2)])).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a program that writes', () => {
  /** Runs until its signal, as Helm does. */
  const helm = (signal: AbortSignal): Promise<string> =>
    new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(new Error('helm was ended')), { once: true }),
    );
  const settled = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

  it('is ended before its lock can be taken over, and the loss is reported', async () => {
    const lock = await acquire('run-1');
    let endedAfter = Number.POSITIVE_INFINITY;
    const startedAt = performance.now();
    const work = settled(
      lock.during(cancel.signal, (signal) => helm(signal).finally(() => (endedAfter = performance.now() - startedAt))),
    );
    server.network = 'down';
    await pass(22);
    // The rest of the lease is reserved for the end of the program.
    expect(endedAfter).toBeLessThanOrEqual(20_100);
    server.network = 'up';
    server.write({ holderIdentity: 'run-2', leaseDurationSeconds: 30 });
    await pass(15);
    expect(await work).toEqual(lost(/run-2 holds it now/));
  });

  it('fails normally if the run still holds the lock, so that the run can roll back', async () => {
    const lock = await acquire('run-1');
    const work = settled(lock.during(cancel.signal, helm));
    server.network = 'down';
    await pass(22);
    server.network = 'up';
    await pass(15);
    expect(await work).toMatchObject({
      code: 'command-failed',
      why: expect.stringContaining('could not be renewed in time'),
    });
    expect(await proof(lock)).toBe('valid');
  });

  it('has its result rejected when another run acquired the lock while it ran', async () => {
    const lock = await acquire('run-1');
    const work = lock.during(cancel.signal, () => {
      server.write({ holderIdentity: 'run-2', leaseDurationSeconds: 30 });
      return Promise.resolve('done');
    });
    await expect(work).rejects.toEqual(lost(/run-2 holds it now/));
  });

  it('has no time limit while the lock is renewed', async () => {
    const lock = await acquire('run-1');
    const work = lock.during(cancel.signal, () => new Promise((resolve) => setTimeout(resolve, 600_000, 'done')));
    await pass(601);
    await expect(work).resolves.toBe('done');
  });

  it('is ended by a cancellation, without another renewal', async () => {
    const lock = await acquire('run-1');
    const work = settled(lock.during(cancel.signal, helm));
    await pass(1);
    const before = server.writes.length;
    cancel.abort();
    expect(await work).toMatchObject({ message: 'helm was ended' });
    expect(server.writes).toHaveLength(before);
  });

  it('is not started without a lock', async () => {
    const lock = await acquire('run-1');
    server.delete();
    await pass(11);
    let begun = false;
    await expect(lock.during(cancel.signal, () => ((begun = true), Promise.resolve()))).rejects.toMatchObject({
      code: 'lock-lost',
    });
    expect(begun).toBe(false);
  });
});
