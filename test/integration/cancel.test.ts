// A cancel can happen at any time. Here it happens during every call that a run makes to its platform, and the call
// does not end on its own.
import { describe, expect, it } from '@jest/globals';
import type { Charts } from '../../src/core/helm/charts.js';
import { upgrade } from '../../src/run/upgrade.js';
import { toProblem, UpgradeError } from '../../src/core/model/error.js';
import { FakeCluster } from '../support/fake-cluster.js';
import { FakeProject } from '../support/fake-project.js';
import { inputs } from '../support/inputs.js';
import { opens, type AnyPlatform } from '../support/tools.js';
import type { Platform } from '../../src/run/platform.js';

type Installation = AnyPlatform & { readonly clock: number };
type Call = Exclude<keyof Platform<'helm'>, 'close' | 'sources'> | keyof Charts;

/**
 * How an interrupted call behaves: it fails with its signal, it ignores the signal, or it returns a result in spite of
 * the interruption.
 */
type Habit = 'obeys' | 'ignores' | 'swallows';

/** The same installation. At the nth call of any method the run is cancelled, and the call hangs. */
function hangingAt(
  platform: Installation,
  nth: number,
  cancel: AbortController,
  habit: Habit,
): { platform: Installation; calls: Call[] } {
  const calls: Call[] = [];
  const hang = <Result>(signal: AbortSignal | undefined, work: () => Promise<Result>): Promise<Result> => {
    const hanging = new Promise<Result>((resolve, reject) => {
      if (habit === 'swallows') signal?.addEventListener('abort', () => resolve(work()), { once: true });
      if (habit === 'obeys')
        signal?.addEventListener('abort', () => reject(new Error('the request was aborted')), { once: true });
    });
    setImmediate(() => cancel.abort());
    return hanging;
  };
  const call = <Result>(name: Call, signal: AbortSignal | undefined, work: () => Promise<Result>): Promise<Result> => {
    calls.push(name);
    return calls.length === nth ? hang(signal, work) : work();
  };
  // Every method of the platform and of its sources. The last argument is the signal.
  const wrap = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get: (_, key): unknown => {
        const value: unknown = Reflect.get(target, key, target);
        if (key === 'sources') return wrap(value as object);
        if (typeof value !== 'function' || key === 'close')
          return typeof value === 'function' ? value.bind(target) : value;
        return (...given: unknown[]) => {
          const signal = given.find((word) => word instanceof AbortSignal);
          return call(key as Call, signal, () =>
            value.apply(
              target,
              given.filter((word) => word !== signal),
            ),
          );
        };
      },
    });
  return { platform: wrap(platform), calls };
}

interface Ended {
  readonly code: string;
  readonly message: string;
  readonly seconds: number;
  readonly calls: readonly Call[];
}

async function runCancelledAt(
  platform: Installation,
  raw: ReturnType<typeof inputs>,
  nth: number,
  habit: Habit = 'obeys',
): Promise<Ended> {
  const cancel = new AbortController();
  const hanging = hangingAt(platform, nth, cancel, habit);
  const startedAt = performance.now();
  const tools = {
    readFile: () => null,
    open: opens(hanging.platform),
    emit: () => undefined,
    monotonic: () => platform.clock,
    signal: cancel.signal,
  };
  const ended = await upgrade(raw, tools).then(
    (outcome) => ({ code: outcome as string, message: '' }),
    // As in session.ts: an error from before the cancel keeps its own code.
    (error: unknown) => ({
      code: cancel.signal.aborted && error instanceof UpgradeError ? 'cancelled' : toProblem(error).code,
      message: (error as Error).message,
    }),
  );
  return { ...ended, seconds: (performance.now() - startedAt) / 1000, calls: hanging.calls };
}

const compose = (): ReturnType<typeof inputs> => inputs({ platform: 'compose', release: '', strategy: 'auto' });
const broken = (): FakeCluster => {
  const cluster = new FakeCluster('2.2.12');
  cluster.breakImage('milvusdb/milvus:v2.2.16');
  return cluster;
};

const STORIES: readonly (readonly [string, () => Installation, ReturnType<typeof inputs>])[] = [
  ['an upgrade with Helm', () => new FakeCluster('2.2.12'), inputs()],
  ['a rolling upgrade', () => new FakeCluster('2.2.12'), inputs({ strategy: 'rolling' })],
  ['an upgrade that fails and is rolled back', broken, inputs({ 'on-failure': 'rollback', 'step-timeout': '60s' })],
  ['a project', () => new FakeProject('2.2.12'), compose()],
  ['a migration of a project', () => new FakeProject('2.1.4'), compose()],
];

describe.each(STORIES)('a cancel of %s', (_, begin, raw) => {
  it('during any call ends the run as cancelled within 2 s', async () => {
    const whole = await runCancelledAt(begin(), raw, Number.POSITIVE_INFINITY);
    expect(whole.calls.length).toBeGreaterThan(5);
    for (let nth = 1; nth <= whole.calls.length; nth += 1) {
      const ended = await runCancelledAt(begin(), raw, nth);
      // All steps are complete before the last observation, so a cancel during it does not change the outcome.
      const expected = {
        call: `${nth}: ${whole.calls[nth - 1] ?? ''}`,
        code: nth === whole.calls.length ? whole.code : 'cancelled',
      };
      expect({ call: `${nth}: ${ended.calls[nth - 1] ?? ''}`, code: ended.code }).toEqual(expected);
      expect(ended.seconds).toBeLessThan(2);
      // One more observation, which ends immediately, is allowed; nothing is requested.
      expect(ended.calls.slice(nth).filter((name) => name !== 'observe')).toEqual([]);
      expect(ended.calls.length).toBeLessThanOrEqual(nth + 1);
    }
  });
});

describe('a platform that ignores the cancel', () => {
  it.each<Call>(['observe', 'acquireLock', 'waitForChange'])(
    'does not delay the end of the run in %s',
    async (name) => {
      const whole = await runCancelledAt(new FakeCluster('2.2.12'), inputs(), Number.POSITIVE_INFINITY);
      const ended = await runCancelledAt(new FakeCluster('2.2.12'), inputs(), whole.calls.indexOf(name) + 1, 'ignores');
      expect(ended.code).toBe('cancelled');
      expect(ended.seconds).toBeLessThan(2);
    },
  );
});

describe('a call that returns a result after the cancel', () => {
  it('is ignored, and no other call follows', async () => {
    const whole = await runCancelledAt(new FakeCluster('2.2.12'), inputs(), Number.POSITIVE_INFINITY);
    for (const nth of whole.calls.map((_, at) => at + 1)) {
      const ended = await runCancelledAt(new FakeCluster('2.2.12'), inputs(), nth, 'swallows');
      expect([ended.code, ended.calls.length]).toEqual([nth === whole.calls.length ? 'succeeded' : 'cancelled', nth]);
    }
  });
});

describe('a wait without a following observation', () => {
  it('ends at step-timeout with an error that names the input', async () => {
    const cluster = new FakeCluster('2.2.12');
    const whole = await runCancelledAt(new FakeCluster('2.2.12'), inputs(), Number.POSITIVE_INFINITY);
    const never = { abort: () => undefined } as unknown as AbortController;
    const hanging = hangingAt(cluster, whole.calls.indexOf('waitForChange') + 2, never, 'obeys');
    const tools = {
      readFile: () => null,
      open: opens(hanging.platform),
      emit: () => undefined,
      monotonic: () => cluster.clock,
    };
    const failure = await upgrade(inputs({ 'step-timeout': '1s' }), {
      ...tools,
      signal: new AbortController().signal,
    }).catch(toProblem);
    expect(failure).toMatchObject({
      code: 'step-timed-out',
      what: expect.stringMatching(/took longer than step-timeout allows/),
    });
  });

  it('ends at timeout before the first step, and the error names what the run was waiting for', async () => {
    const cluster = new FakeCluster('2.2.12');
    const never = { abort: () => undefined } as unknown as AbortController;
    const { platform } = hangingAt(cluster, 1, never, 'obeys');
    const tools = {
      readFile: () => null,
      open: () => Promise.resolve(platform),
      emit: () => undefined,
      monotonic: () => cluster.clock,
    };
    const failure = await upgrade(inputs({ timeout: '1s', 'step-timeout': '1s' }), {
      ...tools,
      signal: new AbortController().signal,
    }).catch(toProblem);
    expect(failure).toMatchObject({
      code: 'step-timed-out',
      what: 'The run took longer than timeout allows',
      why: 'still waiting for the state of the installation',
    });
  });
});
