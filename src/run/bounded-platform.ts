// Wraps a platform for a run: reports which components changed, ends every wait with a signal, and closes the platform
// within a bounded time.
import { componentChanges } from '../core/model/component.js';
import type { Emit } from '../core/model/event.js';
import { jobChanges } from '../core/migration/job-changes.js';
import type { PlatformName } from '../core/config/config.js';
import type { ObservationOf } from '../core/platforms/types.js';
import { interruptible } from './deadline.js';
import type { Platform } from './platform.js';

/**
 * How long a call may clean up after a cancel, for example an image probe. After that it is abandoned; its work
 * continues until the process exits.
 */
export const MAX_END_MILLISECONDS = 700;
/** The release of the lock takes one request. After a cancel the runner kills the process within seconds. */
const CLOSE_MILLISECONDS = 15_000;
const CLOSE_AFTER_CANCEL_MILLISECONDS = 500;

/** Returns the same platform; each observation also reports which components have changed since the last one. */
export function reportingChanges<P extends PlatformName>(platform: Platform<P>, emit: Emit): Platform<P> {
  let before: ObservationOf<P> | null = null;
  const observe = async (signal?: AbortSignal): Promise<ObservationOf<P>> => {
    const observation = await platform.observe(signal);
    for (const component of before ? componentChanges(before, observation) : [])
      emit({ type: 'component-changed', component });
    for (const job of before ? jobChanges(before, observation) : []) emit({ type: 'job-changed', job });
    before = observation;
    return observation;
  };
  return { ...callsOf(platform), observe };
}

/**
 * Returns the same platform. A call without a signal of its own ends with this one; the error names what it was waiting
 * for. A call that ignores its signal is abandoned.
 */
export function abortableWith<P extends PlatformName>(platform: Platform<P>, signal: AbortSignal): Platform<P> {
  const within = <Result>(waitingFor: string, call: Promise<Result>, own = signal): Promise<Result> =>
    interruptible(call, { signal: own, waitingFor, graceMilliseconds: MAX_END_MILLISECONDS });
  return {
    sources: platform.sources,
    observe: (own = signal) => within('the state of the installation', platform.observe(own), own),
    waitForChange: (milliseconds, own) => platform.waitForChange(milliseconds, own),
    apply: (step, own) => platform.apply(step, own),
    preflight: (plan, own = signal) => within('the checks before the upgrade', platform.preflight(plan, own), own),
    probeImages: (plan, own = signal) => within('the image probe', platform.probeImages(plan, own), own),
    saveEvidence: (own = signal) => within('the diagnostics', platform.saveEvidence(own), own),
    acquireLock: (own = signal) => within('the lock', platform.acquireLock(own), own),
    dialMilvus: (port, own) => platform.dialMilvus(port, own),
    close: () => platform.close(),
  };
}

/** Closes the platform. A lock that is not released in time expires. */
export async function closeInTime(
  platform: { close(): Promise<void> },
  { emit, signal }: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<void> {
  const milliseconds = signal.aborted ? CLOSE_AFTER_CANCEL_MILLISECONDS : CLOSE_MILLISECONDS;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, milliseconds, 'late')));
  const ended = await Promise.race([platform.close(), late]);
  clearTimeout(timer);
  if (ended === 'late')
    emit({
      type: 'warned',
      message: `the lock was not released within ${milliseconds / 1000} s; it ends automatically after this process`,
    });
}

function callsOf<P extends PlatformName>(platform: Platform<P>): Platform<P> {
  return {
    sources: platform.sources,
    observe: (signal) => platform.observe(signal),
    waitForChange: (milliseconds, signal) => platform.waitForChange(milliseconds, signal),
    apply: (step, signal) => platform.apply(step, signal),
    preflight: (plan, signal) => platform.preflight(plan, signal),
    probeImages: (plan, signal) => platform.probeImages(plan, signal),
    saveEvidence: (signal) => platform.saveEvidence(signal),
    acquireLock: (signal) => platform.acquireLock(signal),
    dialMilvus: (port, signal) => platform.dialMilvus(port, signal),
    close: () => platform.close(),
  };
}
