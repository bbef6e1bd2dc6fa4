// Makes a plan: passes what the planner requests to it, and adds the checks of the platform.
import type { PlatformName } from '../core/config/config.js';
import type { Emit } from '../core/model/event.js';
import type { Preflight } from '../core/model/preflight.js';
import type { Planned } from '../core/model/shared-plan.js';
import type { Plan } from '../core/model/step.js';
import type { Planner } from '../core/platforms/planner.js';
import type { ConfigOf, ObservationOf, PlannedOf } from '../core/platforms/types.js';
import { MAX_END_MILLISECONDS } from './bounded-platform.js';
import { interruptible } from './deadline.js';
import type { Platform } from './platform.js';

export interface Drawing<P extends PlatformName> {
  readonly config: ConfigOf<P>;
  readonly planner: Planner<P>;
  readonly platform: Pick<Platform<P>, 'sources'>;
  /** Aborts at a cancel or at the `timeout` of the run. */
  readonly signal: AbortSignal;
}

export function draw<P extends PlatformName>(
  { config, planner, platform, signal }: Drawing<P>,
  observation: ObservationOf<P>,
): Promise<PlannedOf<P>> {
  return planner.plan({
    config,
    observation,
    sources: platform.sources,
    read: (waitingFor, request) =>
      interruptible(request(signal), { signal, waitingFor, graceMilliseconds: MAX_END_MILLISECONDS }),
  });
}

/**
 * Adds the checks of the platform to a plan that changes something. They also run for a plan with failed checks, so
 * that every failed check is reported at once.
 */
export async function withChecks<P extends Plan>(
  drawn: Planned<P>,
  request: (plan: P) => Promise<Preflight>,
  emit: Emit,
): Promise<Planned<P>> {
  if (!drawn.plan || drawn.plan.strategy === 'nothing') {
    if (drawn.checks) emit({ type: 'checked', checks: drawn.checks, changes: [] });
    return drawn;
  }
  const { checks, failedChecks, changes } = await request(drawn.plan);
  emit({ type: 'checked', checks, changes });
  return { plan: drawn.plan, failedChecks: [...drawn.failedChecks, ...failedChecks] };
}
