// The story: parse, look, plan, run. Read from top to bottom it is what the action does; how each part works is in the files it names.
import { UpgradeError } from './core/errors.js';
import type { Emit, Outcome } from './core/events.js';
import type { CatalogueEntry } from './core/chart-choice.js';
import type { Goal } from './core/goal.js';
import { parseInputs, type RawInputs, type ReadFile } from './core/inputs.js';
import { componentChanges, type Observation } from './core/observation.js';
import { findRoute, planUpgrade, verificationStep, type Route } from './core/plan.js';
import type { Refusal } from './core/refusal.js';
import type { Plan, Planned } from './core/steps.js';
import type { Values } from './core/values.js';
import { judge } from './core/verdict.js';
import { formatVersion } from './core/version.js';
import { runPlan, type Platform, type RunTools } from './run.js';

/** A platform as the story needs it: with charts on offer, and a lock. */
export interface World extends Platform {
  charts(): Promise<readonly CatalogueEntry[]>;
  chartDefaults(version: string): Promise<Values>;
  /** Keeps other runs away and clears what a dead one left, before anything is changed. */
  take(): Promise<void>;
  close(): Promise<void>;
}

export interface UpgradeTools {
  readonly readFile: ReadFile;
  readonly open: (goal: Goal) => Promise<World>;
  readonly emit: Emit;
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
}

/** Does what the inputs ask for. Returns the outcome; throws UpgradeError when it cannot go on. */
export async function upgrade(raw: RawInputs, tools: UpgradeTools): Promise<Outcome> {
  tools.emit({ type: 'chapter-began', chapter: 'inputs' });
  const parsed = parseInputs(raw, tools.readFile);
  if (!parsed.ok) throw badInputs(parsed.problems);
  const { goal } = parsed;
  tools.emit({ type: 'chapter-began', chapter: 'look' });
  const world = telling(await tools.open(goal), tools.emit);
  try {
    return await withWorld(goal, world, tools);
  } finally {
    await world.close();
  }
}

async function withWorld(goal: Goal, world: World, tools: UpgradeTools): Promise<Outcome> {
  const deadline = tools.monotonic() + goal.timeoutSeconds * 1000;
  const seen = await world.observe();
  if (!seen.release) throw releaseNotFound(goal);
  tools.emit({ type: 'looked', seen });
  if (goal.operation === 'verify') return verify(goal, seen);

  tools.emit({ type: 'chapter-began', chapter: 'plan' });
  const offer = new Offer(world);
  const draft = await draw(goal, seen, offer);
  if (draft.refusals.length > 0 || !draft.plan) return refuse(draft, tools.emit);
  if (goal.operation === 'plan') return tell(draft.plan, 'planned', tools.emit);
  if (draft.plan.strategy === 'migrate') return refuse({ plan: draft.plan, refusals: [notCarriedOut(draft.plan)] }, tools.emit);
  if (draft.plan.strategy === 'nothing') return tell(draft.plan, 'unchanged', tools.emit);

  await world.take();
  // The first look was without the lock: what counts is what is there now.
  const { plan, refusals } = await draw(goal, await world.observe(), offer);
  if (refusals.length > 0 || !plan) return refuse({ plan, refusals }, tools.emit);
  tools.emit({ type: 'plan-made', plan });
  tools.emit({ type: 'chapter-began', chapter: 'run' });
  await runPlan(plan, { platform: world, emit: tools.emit, monotonic: tools.monotonic, signal: tools.signal, deadline } satisfies RunTools);
  tools.emit({ type: 'looked', seen: await world.observe() });
  return 'succeeded';
}

/** What the chart source offers; each question is asked once, however often a plan is drawn. */
class Offer {
  readonly #world: World;
  readonly #defaults = new Map<string, Promise<Values>>();
  #charts: Promise<readonly CatalogueEntry[]> | null = null;
  constructor(world: World) {
    this.#world = world;
  }
  charts(): Promise<readonly CatalogueEntry[]> {
    this.#charts ??= this.#world.charts();
    return this.#charts;
  }
  defaults(version: string): Promise<Values> {
    const asked = this.#defaults.get(version) ?? this.#world.chartDefaults(version);
    this.#defaults.set(version, asked);
    return asked;
  }
}

async function draw(goal: Goal, seen: Observation, offer: Offer): Promise<Planned> {
  const route = findRoute(goal, seen, await offer.charts());
  if (!route) throw versionUnknown(goal, seen);
  return planUpgrade(goal, seen, route, await defaultsOf(route, offer));
}

/** Without a chart there is nothing to pin against; the refusal of the chart is told instead. */
function defaultsOf(route: Route, offer: Offer): Promise<Values> {
  return route.chart ? offer.defaults(route.chart.version) : Promise.resolve(route.installed.computedValues.reveal());
}

function tell(plan: Plan, outcome: 'planned' | 'unchanged', emit: Emit): Outcome {
  emit({ type: 'plan-made', plan });
  return outcome;
}

function refuse({ plan, refusals }: Planned, emit: Emit): Outcome {
  emit({ type: 'plan-refused', plan, refusals });
  return 'refused';
}

/** Planned and shown, but not done by this version of the action. */
function notCarriedOut({ hops }: Plan): Refusal {
  return {
    code: 'not-carried-out',
    because: 'the way leads through a migration of the metadata, which this version of the action plans but does not carry out',
    remedy: 'Migrate by the guide that the plan names, then run the action again. operation: plan shows the way.',
    source: hops[0]?.source ?? '',
    waivable: false,
  };
}

function verify(goal: Goal, seen: Observation): Outcome {
  const verdict = judge(verificationStep(goal, seen), seen);
  if (verdict.state === 'done') return 'succeeded';
  const why = verdict.state === 'moving' ? `not yet: ${verdict.waitingFor}` : verdict.state === 'stuck' ? verdict.because : 'it was not asked for';
  throw new UpgradeError({
    code: 'step-stuck',
    what: `${goal.release} does not run ${formatVersion(goal.target)} everywhere`,
    why,
    remedy: 'Run with operation: upgrade to get there.',
  });
}

/** The same world; each look also tells which components have changed since the one before. */
function telling(world: World, emit: Emit): World {
  let before: Observation | null = null;
  const observe = async (): Promise<Observation> => {
    const seen = await world.observe();
    for (const component of before ? componentChanges(before, seen) : []) emit({ type: 'component-changed', component });
    before = seen;
    return seen;
  };
  return {
    observe,
    changed: (within, signal) => world.changed(within, signal),
    apply: (step, signal) => world.apply(step, signal),
    charts: () => world.charts(),
    chartDefaults: (version) => world.chartDefaults(version),
    take: () => world.take(),
    close: () => world.close(),
  };
}

function badInputs(problems: readonly string[]): UpgradeError {
  return new UpgradeError({
    code: 'input-invalid',
    what: problems.length === 1 ? 'One input cannot be used' : `${problems.length} inputs cannot be used`,
    why: problems.join('; '),
    remedy: 'Nothing was touched. Every input is described in action.yml.',
  });
}

function releaseNotFound(goal: Goal): UpgradeError {
  return new UpgradeError({
    code: 'release-not-found',
    what: `There is no Helm release ${goal.release} in namespace ${goal.namespace}`,
    why: 'no Secret of Helm with this name was found there',
    remedy: 'Look with `helm list --all-namespaces` and correct release, namespace, kubeconfig or context.',
  });
}

function versionUnknown(goal: Goal, seen: Observation): UpgradeError {
  const images = [...new Set(seen.components.flatMap((each) => each.podImages))];
  return new UpgradeError({
    code: 'release-not-found',
    what: `Nothing says which Milvus version ${goal.release} runs`,
    why: images.length > 0 ? `the tags of its images tell none: ${images.join(', ')}` : 'the release has no Milvus Deployment',
    remedy: images.length > 0 ? 'Set source-version.' : 'Check that the release is one of the Milvus chart.',
  });
}
