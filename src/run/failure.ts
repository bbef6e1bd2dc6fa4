// A failure during the execution of a plan. Every such error reports whether Milvus is stopped, and how to start it
// again.
import { describeDowntime, downtimeOf } from '../core/status/downtime.js';
import { endSentence, UpgradeError } from '../core/model/error.js';
import type { PlatformName } from '../core/config/config.js';
import type { Planner } from '../core/platforms/planner.js';
import type { ConfigOf, ObservationOf, PlanOf } from '../core/platforms/types.js';
import { formatVersion } from '../core/model/version.js';
import type { RunTrail } from './run-trail.js';
import type { Platform } from './platform.js';
import type { RunTools } from './run-tools.js';

export interface Failure<P extends PlatformName> {
  readonly config: ConfigOf<P>;
  readonly planner: Planner<P>;
  readonly plan: PlanOf<P>;
  /** The observation from which the plan was made. */
  readonly before: ObservationOf<P>;
  readonly platform: Platform<P>;
  readonly run: RunTools<P>;
  readonly trail: RunTrail;
}

export function isLockLost({ code }: UpgradeError): boolean {
  return code === 'lock-lost' || code === 'run-in-progress';
}

/**
 * Returns the same error; its remedy also reports that Milvus is stopped, and how to start it again. After a cancel
 * there is no time to start it.
 */
export function withDowntime<P extends PlatformName>(
  error: UpgradeError,
  { config, plan, trail }: Failure<P>,
): UpgradeError {
  const { code, what, why, causes } = error;
  const words = describeDowntime(
    downtimeOf(trail.state()),
    config,
    formatVersion(config.operation === 'rollback' ? plan.to : plan.from),
  );
  return words === ''
    ? error
    : new UpgradeError({ code, what, why, remedy: `${endSentence(error.remedy)} ${words}`, causes }, { cause: error });
}
