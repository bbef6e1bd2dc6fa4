import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RevisionClock } from '../../../../src/kubernetes/lock/pending-release.js';
import type { Release } from '../../../../src/core/helm/observation.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const release = (status: string, updatedAt: string): Release =>
  ({ latest: { revision: 2, status, updatedAt } }) as unknown as Release;
const pass = (seconds: number): Promise<void> => jest.advanceTimersByTimeAsync(seconds * 1000);

describe('the time limit of Helm operations', () => {
  it.each([
    ['an hour behind', -3_600_000],
    ['an hour ahead', 3_600_000],
  ])('is counted from the first observation, not by the clock of the other runner, which is %s', async (_, offset) => {
    const clock = new RevisionClock();
    const pending = release('pending-upgrade', new Date(Date.now() + offset).toISOString());
    clock.see(pending);
    expect(clock.millisecondsUnchanged()).toBe(0);
    await pass(44);
    expect(clock.see(pending)).toBe(pending);
    expect(clock.millisecondsUnchanged()).toBe(44_000);
  });

  it('starts again when the revision changes', async () => {
    const clock = new RevisionClock();
    clock.see(release('pending-upgrade', 'a'));
    await pass(44);
    clock.see(release('pending-rollback', 'a'));
    expect(clock.millisecondsUnchanged()).toBe(0);
  });
});
