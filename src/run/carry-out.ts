// Executes the plan of one upgrade, with the lock held, and handles its failure.
import type { PlatformName } from '../core/config/config.js';
import { toProblem, toUpgradeError } from '../core/model/error.js';
import { isSettled } from '../core/model/component.js';
import type { Emit, Outcome } from '../core/model/event.js';
import type { ObservationOf, PlanOf } from '../core/platforms/types.js';
import { formatVersion } from '../core/model/version.js';
import { refuse } from './announce.js';
import { abortableWith } from './bounded-platform.js';
import { versionOf } from './data-hooks.js';
import type { Drawing } from './draw.js';
import { runPlan } from './execute.js';
import { isLockLost } from './failure.js';
import type { Opened, UpgradeTools } from './opened.js';
import type { Platform } from './platform.js';
import { recover } from './recover.js';
import { RunTrail } from './run-trail.js';
import type { RunTools } from './run-tools.js';

/** A plan, and the observation that it was made from. */
export interface Drawn<P extends PlatformName> {
  readonly plan: PlanOf<P>;
  readonly before: ObservationOf<P>;
}

export async function carryOut<P extends PlatformName>(
  { config, planner }: Pick<Drawing<P>, 'config' | 'planner'>,
  { unlimited, deadline, data, probe }: Opened<P>,
  { emit, monotonic, signal }: UpgradeTools,
  { plan, before }: Drawn<P>,
): Promise<Outcome> {
  const version = versionOf(before);
  const isResumed = (planner.hops.start(config, before)?.unfinished ?? null) !== null;
  const failedChecks = [
    ...(await data.before(planner.nameOf(config, before), version, isResumed)),
    ...(await probe.before(version, { isReady: before.components.every(isSettled) })),
  ];
  if (failedChecks.length > 0) return refuse({ plan, failedChecks }, emit);
  emit({ type: 'plan-created', plan });
  emit({ type: 'phase-started', phase: 'run' });
  const trail = new RunTrail();
  const run: RunTools<P> = trail.follow({ platform: unlimited, planner, emit, monotonic, signal, deadline });
  try {
    await runPlan(plan, run);
  } catch (error) {
    return recover(error, { config, planner, plan, before, platform: abortableWith(unlimited, signal), run, trail });
  }
  await emitLast(abortableWith(unlimited, signal), emit);
  await data.after(formatVersion(plan.to));
  await probe.after(formatVersion(plan.to));
  return 'succeeded';
}

/** Every step is complete already: a failed last observation does not change the outcome. */
async function emitLast<P extends PlatformName>(platform: Platform<P>, emit: Emit): Promise<void> {
  try {
    emit({ type: 'observed', observation: await platform.observe() });
  } catch (error) {
    if (isLockLost(toUpgradeError(error))) throw error;
    emit({
      type: 'warned',
      message: `The installation could not be observed after the upgrade: ${toProblem(error).why}`,
    });
  }
}
