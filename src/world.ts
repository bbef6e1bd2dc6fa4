// The world as the story uses it: it reports which components changed, ends every wait with a signal, and is closed within a bounded time.
import { componentChanges } from './core/component.js';
import type { Emit } from './core/events.js';
import { jobChanges } from './core/migration/told.js';
import type { Observation } from './core/observation.js';
import { interruptible } from './deadline.js';
import type { World } from './upgrade.js';

/** What cleans up after itself, such as a probe of an image, has this long after a cancel. */
const MAX_END_MILLISECONDS = 700;
/** Releasing the lock takes one request. After a cancel the runner kills the process within seconds. */
const CLOSE_MILLISECONDS = 15_000;
const CLOSE_AFTER_CANCEL_MILLISECONDS = 500;

/** The same world; each look also tells which components have changed since the one before. */
export function telling(world: World, emit: Emit): World {
  let before: Observation | null = null;
  const observe = async (signal?: AbortSignal): Promise<Observation> => {
    const seen = await world.observe(signal);
    for (const component of before ? componentChanges(before, seen) : []) emit({ type: 'component-changed', component });
    for (const job of before ? jobChanges(before, seen) : []) emit({ type: 'job-changed', job });
    before = seen;
    return seen;
  };
  return { ...callsOf(world), observe };
}

/** The same world; a call that has no signal of its own ends with this one, and the error says what was waited for. A call that ignores its signal is abandoned. */
export function endingWith(world: World, signal: AbortSignal): World {
  const within = <Result>(waitingFor: string, call: Promise<Result>, own = signal): Promise<Result> =>
    interruptible(call, { signal: own, waitingFor, graceMilliseconds: MAX_END_MILLISECONDS });
  return {
    observe: (own = signal) => within('the state of the installation', world.observe(own), own),
    changed: (milliseconds, own) => world.changed(milliseconds, own),
    apply: (step, own) => world.apply(step, own),
    charts: (own = signal) => within('the charts on offer', world.charts(own), own),
    chartDefaults: (version, own = signal) => within(`the default values of chart ${version}`, world.chartDefaults(version, own), own),
    preflight: (plan, own = signal) => within('the checks before the upgrade', world.preflight(plan, own), own),
    rehearse: (plan, own = signal) => within('the image probe', world.rehearse(plan, own), own),
    saveEvidence: (own = signal) => within('the evidence', world.saveEvidence(own), own),
    take: (own = signal) => within('the lock', world.take(own), own),
    close: () => world.close(),
  };
}

/** Closes the world. A lock that is not released in time expires. */
export async function closeInTime(world: World, { emit, signal }: { readonly emit: Emit; readonly signal: AbortSignal }): Promise<void> {
  const milliseconds = signal.aborted ? CLOSE_AFTER_CANCEL_MILLISECONDS : CLOSE_MILLISECONDS;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, milliseconds, 'late')));
  const ended = await Promise.race([world.close(), late]);
  clearTimeout(timer);
  if (ended === 'late') emit({ type: 'warned', message: `the lock was not released within ${milliseconds / 1000} s; it expires on its own` });
}

function callsOf(world: World): World {
  return {
    observe: (signal) => world.observe(signal),
    changed: (milliseconds, signal) => world.changed(milliseconds, signal),
    apply: (step, signal) => world.apply(step, signal),
    charts: (signal) => world.charts(signal),
    chartDefaults: (version, signal) => world.chartDefaults(version, signal),
    preflight: (plan, signal) => world.preflight(plan, signal),
    rehearse: (plan, signal) => world.rehearse(plan, signal),
    saveEvidence: (signal) => world.saveEvidence(signal),
    take: (signal) => world.take(signal),
    close: () => world.close(),
  };
}
