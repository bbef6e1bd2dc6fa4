// Every cause made real on the one-node Kubernetes, and the built dist/ running into it as the runner would. Stand-ins play Milvus. Twelve
// situations run at a time, each in a namespace of its own.
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pLimit from 'p-limit';
import { Witness, type Facts } from './cause-facts.js';
import { forgetImages, Stage } from './cause-stage.js';
import { SCENARIOS, type Scenario } from './cause-scenarios.js';
import { Action, environment, killLeftovers, lab, type Finished } from './lab.js';
import type { CauseRow } from './pages.js';
import { isRecording, normalize, readRecord, saveRecord } from './records.js';
import { Registry } from './registry.js';
import { casesOf, type Tiered } from './tier.js';

/** What is known at last has to be told within this time. */
const MOST_SECONDS = 15;
const EARLY_SECONDS = 5;
const PREFIX = 'causes-';
/** So many stages are set up at the same time, and so many plays go at once: with all of them the machine is late, and so is every clock. */
const SET_UP_AT_ONCE = 4;
const PLAYED_AT_ONCE = 12;

/** A scenario as it is played: into the check that sees it coming, or past it. */
interface Play {
  readonly scenario: Scenario;
  readonly refused: boolean;
}

/** `npm test` runs the first scenario of each cause, into the check that sees it coming and past it. */
const isAnother = ({ code }: Scenario, at: number): boolean => SCENARIOS.findIndex((scenario) => scenario.code === code) !== at;
const PLAYS: readonly (Play & Tiered)[] = SCENARIOS.flatMap((scenario, at) => [
  ...(scenario.refusedAs ? [{ scenario, refused: true, full: isAnother(scenario, at) }] : []),
  ...(scenario.refusedAs && !scenario.skips ? [] : [{ scenario, refused: false, full: isAnother(scenario, at) }]),
]);
const plays = casesOf(PLAYS, ({ scenario }) => `${scenario.code} ${scenario.done}`);

interface Played {
  readonly done: Finished;
  readonly facts: Facts;
  readonly serving: string;
  /** When the log first had each of its lines, in milliseconds. */
  readonly lines: readonly { readonly at: number; readonly text: string }[];
}

let registry: Registry;
let witness: Witness;
let running: ReadonlyMap<Play, Promise<Played>>;
const rows = new Map<Play, CauseRow>();
const stages = new Set<Stage>();

beforeAll(async () => {
  lab('node', 'up');
  lab('images', 'player');
  const charts = { chart: 'milvus/milvus', 'chart-repository': lab('charts', 'serve') };
  const env = environment('node');
  registry = await Registry.with('lab/milvus-player:v2.2.16', 'lab/milvus', 'v2.2.16');
  witness = new Witness(env.KUBECONFIG ?? '', PREFIX);
  // One GPU, for those who must wait for one another.
  const node = new Stage('default', env);
  await node.kubectl('patch', 'node/lab-node', '--subresource=status', '--type=merge', '-p', '{"status":{"capacity":{"lab.milvus/gpu":"1"}}}');
  const [settingUp, playing] = [pLimit(SET_UP_AT_ONCE), pLimit(PLAYED_AT_ONCE)];
  running = new Map(
    plays.map((play, at) => {
      const stage = new Stage(`${PREFIX}${at + 1}-${process.pid}`, env);
      stages.add(stage);
      const action = new Action(env, { release: 'my', namespace: stage.namespace, 'target-version': '2.2.16', ...charts });
      const whole = async (): Promise<Played> => {
        try {
          await settingUp(() => setUp(stage, play.scenario));
          return await act(stage, play, action);
        } finally {
          await remove(stage);
        }
      };
      return [play, playing(whole)];
    }),
  );
  // A situation that fails early is told by its own test, not by the process.
  for (const each of running.values()) each.catch(() => undefined);
}, 600_000);

afterAll(async () => {
  killLeftovers();
  witness.stop();
  registry.close();
  await Promise.all([...stages].map(remove));
  forgetImages(registry.address);
  saveRecord(
    'causes',
    plays.flatMap((play) => rows.get(play) ?? []),
  );
}, 300_000);

/** What a play leaves behind goes on crashing and being pulled: it goes before another play begins. */
async function remove(stage: Stage): Promise<void> {
  stages.delete(stage);
  await stage.remove().catch(() => undefined);
}

async function setUp(stage: Stage, { installed, before }: Scenario): Promise<void> {
  await stage.install(installed);
  await before?.(stage);
}

async function act(stage: Stage, { scenario, refused }: Play, action: Action): Promise<Played> {
  witness.forget(stage.namespace);
  const running = action.start({ 'skip-checks': refused ? '' : (scenario.skips ?? ''), ...scenario.inputs?.(stage, registry) });
  const lines: { at: number; text: string }[] = [];
  running.child.stdout?.on('data', (text: string) => lines.push(...text.split('\n').map((each) => ({ at: Date.now(), text: each }))));
  const cancel = (signal: 'SIGINT' | 'SIGTERM'): void => {
    witness.mark(stage.namespace, 'cancelled');
    running.child.kill(signal);
  };
  // Where it ends before its time, the test of its end says so.
  if (!refused) void scenario.during?.(stage, running, { registry, cancel }).catch(() => undefined);
  const done = await running.finished;
  mkdirSync('.lab/causes', { recursive: true });
  writeFileSync(`.lab/causes/${stage.namespace.split('-')[1]}-${scenario.code}.log`, done.log);
  return { done, facts: await witness.facts(stage.namespace), serving: scenario.serves ? await stage.serving(scenario.serves) : '', lines };
}

/** The line that names the cause: the one that calls it certain where that is known, the refusal where a check was faster. */
function lineOf({ code, known }: Scenario, { lines, done }: Played): { at: number; text: string } {
  const names = [`${known === 'certain' ? '✗' : '?'} ${code}`, code, ...(done.report?.failedChecks.map((each) => ` ${each.code}: `) ?? [])];
  return names.map((name) => lines.find(({ text }) => text.includes(name))).find((each) => each !== undefined) ?? { at: 0, text: '' };
}

const plain = (line: string): string => line.replace(/^::error[^:]*::/, '').replace(/^[\d:]{8} +/, '');

function expectEnd({ code, outcome }: Scenario, done: Finished): void {
  expect(done.outputs.outcome).toBe(outcome);
  expect(done.exitCode).toBe(outcome === 'succeeded' ? 0 : 1);
  if (outcome !== 'succeeded') expect(done.report?.problem?.causes?.[0]?.code).toBe(code);
}

/** The page says how it ends; times and counts differ from run to run. */
function expectRecorded({ code, done, outcome }: CauseRow): void {
  if (isRecording) return;
  const recorded = readRecord<CauseRow>('causes').filter((row) => row.code === code && row.done === done);
  expect(recorded.map((row) => row.outcome)).toContain(outcome);
}

/** Waits for the end of a play, and keeps what the page tells of it. */
async function endOf(play: Play): Promise<Played & { seconds: number | null }> {
  const played = await running.get(play)!;
  const line = lineOf(play.scenario, played);
  const certainAt = play.refused ? null : (play.scenario.certainAt?.(played.facts) ?? null);
  const seconds = certainAt === null ? null : (line.at - certainAt) / 1000;
  const { code, done, known } = play.scenario;
  const row = { code, done, outcome: played.done.outputs.outcome ?? '', seconds, certain: known === 'certain', line: normalize(plain(line.text)) };
  rows.set(play, row);
  expectRecorded(row);
  return { ...played, seconds };
}

const named = (refused: boolean): (readonly [string, string, Play])[] =>
  plays.filter((each) => each.refused === refused).map((each) => [each.scenario.code, each.scenario.done, each]);

describe('on a real node', () => {
  it.each(named(false))(
    'tells %s: %s',
    async (code, _, play) => {
      const { scenario } = play;
      const { done, serving, seconds } = await endOf(play);
      if (scenario.serves) expect(serving).toBe('1');
      const causes = done.report?.causes.filter((each) => each.code === code) ?? [];
      const cause = causes.find((each) => each.certain) ?? causes[0];
      if (!cause) throw new Error(`${code} was not told:\n${done.log}`);
      expect(cause.certain).toBe(scenario.known === 'certain');
      expect(cause.evidence).not.toBe('');
      expect(done.log).toContain(cause.hint);
      expectEnd(scenario, done);
      if (scenario.known === 'told') return;
      // The test looks once a second, and the machine may be busy: a little early is not too early.
      expect(seconds).toBeGreaterThan(-EARLY_SECONDS);
      expect(seconds).toBeLessThanOrEqual(MOST_SECONDS);
    },
    600_000,
  );

  it.each(named(true))(
    'sees %s coming and changes nothing: %s',
    async (_code, _, play) => {
      const { done, serving } = await endOf(play);
      if (done.exitCode !== 1) throw new Error(done.log);
      expect(done.report?.failedChecks.map((each) => each.code)).toEqual([play.scenario.refusedAs]);
      expect(done.outputs).toMatchObject({ outcome: 'refused', changed: 'false' });
      if (play.scenario.serves) expect(serving).toBe('1');
    },
    600_000,
  );
});
