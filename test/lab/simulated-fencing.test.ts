// Two runs on one release on the simulated lab: whatever happens to the first one, it writes nothing after the second
// one has acquired the lock.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FencingStage } from './fencing-stage.js';
import { environment, HELM, killLeftovers, lab, type Finished, type RunningAction } from './lab.js';
import { all, get, images, install, readyAfter, type Place } from './place.js';
import type { Proxy } from './proxy.js';

const rolling = { strategy: 'rolling' } as const;
const stages = new Map<string, FencingStage>();
const waitFor = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

const NAMES = [
  'partition',
  'partition-with-helm',
  'stop',
  'deleted',
  'foreign',
  'clock-behind',
  'clock-ahead',
  'clock-dead',
];

beforeAll(() => {
  lab('simulated', 'up', '3');
  lab('charts', 'serve');
  const env = environment('simulated');
  FencingStage.allowUsers({ env });
  for (const name of NAMES) {
    const place = { env, namespace: `fencing-${name}-helm-${HELM}`, helm: HELM } as Place;
    install(place, '2.2.12', ...readyAfter(3));
    stages.set(name, new FencingStage(place));
  }
}, 3_600_000);
afterAll(() => {
  killLeftovers();
  for (const stage of stages.values()) stage.close();
});

function stageOf(name: string): FencingStage {
  return stages.get(name)!;
}

/** The state that a run could have changed. */
const stateOf = ({ place }: FencingStage): string =>
  [
    get(
      place,
      'deployments',
      '{.metadata.name}={.metadata.generation} {.spec.template.spec.containers[0].image} {.spec.paused}',
      '-l',
      'component',
    ),
    get(place, 'secrets', '{.metadata.name}={.metadata.labels.status}', '-l', 'owner=helm'),
  ].join('\n');

interface Interruption {
  readonly moment: string | RegExp;
  readonly begin: (first: RunningAction & { readonly proxy: Proxy }, stage: FencingStage) => Promise<void> | void;
  readonly end: (first: RunningAction & { readonly proxy: Proxy }) => void;
}

const signal = (name: NodeJS.Signals) => (first: RunningAction) => void first.child.kill(name);
const pendingOf = ({ place }: FencingStage): string =>
  get(place, 'secrets', '{.metadata.name}', '-l', 'owner=helm,status=pending-upgrade');
async function freezeWhileHelmHolds({ proxy }: { readonly proxy: Proxy }, stage: FencingStage): Promise<void> {
  while (pendingOf(stage) === '') await waitFor(0.005);
  proxy.freeze();
  if (pendingOf(stage) === '') throw new Error('Helm had finished before the network was cut');
}

const INTERRUPTIONS: Readonly<Record<string, Interruption>> = {
  partition: { moment: /▶ resume\/indexnode/, begin: ({ proxy }) => proxy.freeze(), end: ({ proxy }) => proxy.thaw() },
  'partition-with-helm': { moment: /▶ helm-upgrade/, begin: freezeWhileHelmHolds, end: ({ proxy }) => proxy.thaw() },
  stop: { moment: /▶ resume\/indexnode/, begin: signal('SIGSTOP'), end: signal('SIGCONT') },
};

interface Outcome {
  readonly stage: FencingStage;
  readonly first: Finished;
  readonly second: Finished;
  /** Immediately after the second run, and after the first one has ended. */
  readonly states: readonly [string, string];
}

/** Interrupts the first run during its upgrade, lets the second one upgrade, and then resumes the first one. */
async function interrupt(name: string, { moment, begin, end }: Interruption): Promise<Outcome> {
  const stage = stageOf(name);
  const first = await stage.startFirst(rolling);
  await first.says(moment);
  await begin(first, stage);
  const second = await stage.startSecond(rolling).finished;
  const after = stateOf(stage);
  end(first);
  const ended = await first.finished;
  // Delayed packets may still arrive.
  await waitFor(5);
  return { stage, first: ended, second, states: [after, stateOf(stage)] };
}

describe('a run that loses its lock while another one upgrades', () => {
  let outcomes: Readonly<Record<string, Outcome>>;
  beforeAll(async () => {
    const done = await Promise.all(
      Object.entries(INTERRUPTIONS).map(async ([name, how]) => [name, await interrupt(name, how)] as const),
    );
    outcomes = Object.fromEntries(done);
  }, 900_000);

  it.each(Object.keys(INTERRUPTIONS))('(%s) lets the second run succeed and undoes nothing of it', (name) => {
    const { stage, second, states } = outcomes[name]!;
    if (second.outputs.outcome !== 'succeeded') throw new Error(second.log);
    expect(images(stage.place)).toEqual(all('v2.2.16'));
    expect(states[1]).toBe(states[0]);
  });

  it.each(Object.keys(INTERRUPTIONS))('(%s) fails, and its rollback does not begin', (name) => {
    const { first } = outcomes[name]!;
    expect(first.exitCode).toBe(1);
    expect(first.outputs.outcome).toBe('failed');
    // Without a connection, a run may end because of that before it detects the lost lock.
    expect(name === 'stop' ? ['lock-lost'] : ['lock-lost', 'cluster-unreachable']).toContain(
      first.report?.problem?.code,
    );
  });

  it.each(Object.keys(INTERRUPTIONS))(
    '(%s) writes nothing from the moment at which the second run holds the lock',
    (name) => {
      const { stage } = outcomes[name]!;
      const acquired = stage.acquiredAt('second-run');
      expect(acquired).not.toBe('');
      expect(stage.writesOf('second-run').length).toBeGreaterThan(5);
      expect(stage.writesOf('first-run').length).toBeGreaterThan(0);
      expect(stage.writesOf('first-run').filter(({ at }) => at > acquired)).toEqual([]);
    },
  );
});

interface Stopped {
  readonly stage: FencingStage;
  readonly first: Finished;
  readonly lease: unknown;
  readonly changedAt: number;
}

/** Changes the Lease of a run during its upgrade, and nothing else. */
async function changeLease(name: string, change: (stage: FencingStage) => void): Promise<Stopped> {
  const stage = stageOf(name);
  const first = await stage.startFirst(rolling);
  await first.says(/▶ resume\/indexnode/);
  change(stage);
  const changedAt = Date.now();
  const ended = await first.finished;
  return { stage, first: ended, lease: stage.lease(), changedAt };
}

/**
 * A renewal is due within 10 s and detects the change. Until then the last renewal is valid, and no other run could
 * have acquired the lock.
 */
const lateWrites = ({ stage, changedAt }: Stopped): readonly unknown[] =>
  stage.writesOf('first-run').filter(({ at }) => Date.parse(at) > changedAt + 20_000);

describe('a run whose Lease is changed by another process', () => {
  let deleted: Stopped;
  let foreign: Stopped;
  beforeAll(async () => {
    [deleted, foreign] = await Promise.all([
      changeLease('deleted', (stage) => stage.deleteLease()),
      changeLease('foreign', (stage) => stage.patchLease({ holderIdentity: 'somebody-else' })),
    ]);
  }, 300_000);

  it('stops when it is deleted, and does not create another one; the next run resumes', async () => {
    expect(deleted.first.report?.problem).toMatchObject({
      code: 'lock-lost',
      why: expect.stringContaining('its Lease was deleted'),
    });
    expect(deleted.lease).toBeNull();
    expect(lateWrites(deleted)).toEqual([]);
    const second = await deleted.stage.startSecond(rolling).finished;
    expect(second.outputs.outcome).toBe('succeeded');
    expect(images(deleted.stage.place)).toEqual(all('v2.2.16'));
  }, 300_000);

  it('stops when another holder is written to it, and leaves that holder unchanged', () => {
    expect(foreign.first.report?.problem).toMatchObject({
      code: 'lock-lost',
      why: expect.stringContaining('somebody-else holds it now'),
    });
    expect(foreign.lease).toMatchObject({ spec: { holderIdentity: 'somebody-else' } });
    expect(lateWrites(foreign)).toEqual([]);
  });
});

describe('a wrong clock', () => {
  const offset = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString().replace('Z', '000Z');

  it('does not make a live run lose its lock, whether the clock is behind or ahead', async () => {
    await Promise.all(
      [['clock-behind', -200] as const, ['clock-ahead', 200] as const].map(async ([name, seconds]) => {
        const stage = stageOf(name);
        stage.createLease(offset(seconds));
        const second = stage.startSecond(rolling);
        await second.says('the lock of release my is held by other-run');
        const timer = setInterval(() => stage.patchLease({ renewTime: offset(seconds) }), 8_000);
        const ended = await second.finished.finally(() => clearInterval(timer));
        expect(ended.report?.problem).toMatchObject({
          code: 'run-in-progress',
          why: 'other-run holds the lock and keeps renewing it',
        });
        expect(stage.writesOf('second-run')).toEqual([]);
      }),
    );
  }, 300_000);

  it('does not extend the lock of a dead run, whose clock was an hour ahead, beyond one lease', async () => {
    const stage = stageOf('clock-dead');
    stage.createLease(offset(3600));
    const startedAt = Date.now();
    const second = await stage.startSecond().finished;
    expect(second.outputs.outcome).toBe('succeeded');
    const waited = Date.parse(stage.acquiredAt('second-run')) - startedAt;
    expect(waited).toBeGreaterThan(30_000);
    expect(waited).toBeLessThan(90_000);
  }, 300_000);
});
