// Every cause made real on the one-node Kubernetes, and the built dist/ running into it as the runner would. Stand-ins play Milvus. All situations are
// played at once, each in a namespace of its own; CAUSES_TABLE=path writes what was measured as a table, see docs/causes-on-a-node.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Witness, type Facts } from './cause-facts.js';
import { forgetImages, Stage } from './cause-stage.js';
import { SCENARIOS, type Scenario } from './cause-scenarios.js';
import { renderPage, type Row } from './cause-table.js';
import { Action, environment, killLeftovers, lab, type Finished } from './lab.js';
import { Registry } from './registry.js';

/** What is known at last has to be told within this time. */
const MOST_SECONDS = 15;
const EARLY_SECONDS = 5;
const PREFIX = 'causes-';
/** So many stages are set up at the same time. */
const AT_ONCE = 4;
/** For finding out what happens without the checks before an upgrade: LAB_SKIP_CHECKS="quota references". */
const SKIPS = process.env.LAB_SKIP_CHECKS ?? '';
const wanted = new RegExp(process.env.LAB_CAUSES ?? '.');
const scenarios = SCENARIOS.filter((each) => wanted.test(`${each.code} ${each.done}`));

interface Played {
  readonly done: Finished;
  readonly facts: Facts;
  readonly serving: string;
  /** When the log first had each of its lines, in milliseconds. */
  readonly lines: readonly { readonly at: number; readonly text: string }[];
}

let registry: Registry;
let witness: Witness;
let plays: ReadonlyMap<Scenario, Promise<Played>>;
const rows = new Map<Scenario, Row>();
const stages: Stage[] = [];

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
  const turns = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  plays = new Map(
    scenarios.map((scenario, at) => {
      const stage = new Stage(`${PREFIX}${at + 1}-${process.pid}`, env);
      stages.push(stage);
      const ready = (turns[at % AT_ONCE] ?? Promise.resolve()).then(() => setUp(stage, scenario));
      turns[at % AT_ONCE] = ready.catch(() => undefined);
      return [
        scenario,
        ready.then(() => act(stage, scenario, new Action(env, { release: 'my', namespace: stage.namespace, 'target-version': '2.2.16', ...charts }))),
      ];
    }),
  );
  // A situation that fails early is told by its own test, not by the process.
  for (const each of plays.values()) each.catch(() => undefined);
}, 600_000);

afterAll(async () => {
  killLeftovers();
  witness.stop();
  registry.close();
  await Promise.all(stages.map((stage) => stage.remove().catch(() => undefined)));
  forgetImages(registry.address);
  if (process.env.CAUSES_TABLE) writeFileSync(process.env.CAUSES_TABLE, renderPage(scenarios.map((each) => [each, rows.get(each)])));
}, 300_000);

async function setUp(stage: Stage, { installed, before }: Scenario): Promise<void> {
  await stage.install(installed);
  await before?.(stage);
}

async function act(stage: Stage, scenario: Scenario, action: Action): Promise<Played> {
  const running = action.start({ 'skip-checks': SKIPS, ...scenario.inputs?.(stage, registry) });
  const lines: { at: number; text: string }[] = [];
  running.child.stdout?.on('data', (text: string) => lines.push(...text.split('\n').map((each) => ({ at: Date.now(), text: each }))));
  const cancel = (signal: 'SIGINT' | 'SIGTERM'): void => {
    witness.mark(stage.namespace, 'cancelled');
    running.child.kill(signal);
  };
  void scenario.during?.(stage, running, { registry, cancel });
  const done = await running.finished;
  mkdirSync('.lab/causes', { recursive: true });
  writeFileSync(`.lab/causes/${stage.namespace.split('-')[1]}-${scenario.code}.log`, done.log);
  return { done, facts: witness.facts(stage.namespace), serving: scenario.serves ? await stage.serving(scenario.serves) : '', lines };
}

/** The line that names the cause: the one that calls it certain where that is known, the refusal where a check was faster. */
function lineOf({ code, known }: Scenario, { lines, done }: Played): { at: number; text: string } {
  const names = [`${known === 'certain' ? '✗' : '?'} ${code}`, code, ...(done.report?.refusals.map((each) => ` ${each.code}: `) ?? [])];
  return names.map((name) => lines.find(({ text }) => text.includes(name))).find((each) => each !== undefined) ?? { at: 0, text: '' };
}

const plain = (line: string): string => line.replace(/^::error[^:]*::/, '').replace(/^[\d:]{8} +/, '');

/** A check before the upgrade knew it already: nothing was changed. */
function expectRefused({ refusedAs = [] }: Scenario, { done }: Played): void {
  const codes = done.report?.refusals.map((each) => each.code) ?? [];
  expect(refusedAs).toEqual(expect.arrayContaining(codes));
  expect(codes).not.toEqual([]);
  expect(done.outputs.changed).toBe('false');
}

function expectEnd({ code, outcome }: Scenario, { done }: Played): void {
  expect(done.outputs.outcome).toBe(outcome);
  expect(done.exitCode).toBe(outcome === 'succeeded' ? 0 : 1);
  if (outcome !== 'succeeded') expect(done.report?.problem?.causes?.[0]?.code).toBe(code);
}

describe('on a real node', () => {
  it.each(scenarios.map((each) => [each.code, each.done, each] as const))(
    'tells %s: %s',
    async (code, _, scenario) => {
      const played = await plays.get(scenario)!;
      const { done, facts, serving } = played;
      const line = lineOf(scenario, played);
      const certainAt = scenario.certainAt?.(facts) ?? null;
      const seconds = certainAt === null ? null : (line.at - certainAt) / 1000;
      rows.set(scenario, { told: plain(line.text), seconds, outcome: done.outputs.outcome ?? '' });
      if (scenario.serves) expect(serving).toBe('1');
      if (done.outputs.outcome === 'refused') return expectRefused(scenario, played);
      const causes = done.report?.causes.filter((each) => each.code === code) ?? [];
      const cause = causes.find((each) => each.certain) ?? causes[0];
      if (!cause) throw new Error(`${code} was not told:\n${done.log}`);
      expect(cause.certain).toBe(scenario.known === 'certain');
      expect(cause.evidence).not.toBe('');
      expect(done.log).toContain(cause.hint);
      expectEnd(scenario, played);
      if (scenario.known === 'told') return;
      // The test looks once a second, and the machine may be busy: a little early is not too early.
      expect(seconds).toBeGreaterThan(-EARLY_SECONDS);
      expect(seconds).toBeLessThanOrEqual(MOST_SECONDS);
    },
    600_000,
  );
});
