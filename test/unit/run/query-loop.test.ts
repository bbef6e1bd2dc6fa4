import { describe, expect, it } from '@jest/globals';
import { QueryLoop } from '../../../src/run/query-loop.js';

/** A clock that each query advances by its duration in milliseconds; a negative one fails. */
function loopOf(
  durations: readonly number[],
  run = new AbortController(),
): { loop: QueryLoop; allSent: Promise<void> } {
  const left = [...durations];
  let now = 0;
  let resolve: () => void = () => undefined;
  const allSent = new Promise<void>((done) => (resolve = done));
  const query = async (): Promise<void> => {
    const duration = left.shift() ?? 0;
    now += Math.abs(duration);
    if (left.length === 0) resolve();
    if (duration < 0) throw new Error(`failed after ${-duration} ms`);
  };
  const loop = new QueryLoop({ what: 'one row', query, monotonic: () => now, signal: run.signal });
  return { loop, allSent };
}

describe('the queries during a run', () => {
  it('are counted, with the longest time between two successful ones', async () => {
    const { loop, allSent } = loopOf([100, -2000, -300, 200, 100]);
    await allSent;
    expect(await loop.end()).toEqual({
      what: 'one row',
      calls: 5,
      failed: 2,
      longestGapSeconds: 2.5,
      lastFailure: 'failed after 300 ms',
    });
  });

  it('count the time until the end if none succeeds any more', async () => {
    const { loop, allSent } = loopOf([100, -5000]);
    await allSent;
    expect(await loop.end()).toMatchObject({ calls: 2, failed: 1, longestGapSeconds: 5 });
  });

  it('are not counted if the run is cancelled', async () => {
    const run = new AbortController();
    const { loop, allSent } = loopOf([100, -100], run);
    run.abort();
    await Promise.race([allSent, loop.end()]);
    expect(await loop.end()).toMatchObject({ calls: 1, failed: 0 });
  });
});
