// What a path of several hops needs of a platform: where it starts, the options of one hop, and the observation that is
// expected after a hop, from which the next one is planned before anything is changed.
import type { PlatformName } from '../config/config.js';
import type { HopPosition, PathStart } from '../hops/hop.js';
import type { PlanInputs } from './plan-inputs.js';
import type { ConfigOf, ObservationOf, PlanOf } from './types.js';

export interface HopPlanner<P extends PlatformName> {
  /** Null if there is only one upgrade: the running version is unknown, or another program manages Milvus. */
  start(config: ConfigOf<P>, observation: ObservationOf<P>): PathStart | null;
  /** The options of one hop. */
  configFor(config: ConfigOf<P>, position: HopPosition, observation: ObservationOf<P>): ConfigOf<P>;
  /** The observation that is expected once the plan is complete. Nothing is observed or changed. */
  predict(inputs: PlanInputs<P>, plan: PlanOf<P>): Promise<ObservationOf<P>>;
  /**
   * The plan as it can be checked now, before the hops before it: with everything that they would have changed until
   * then.
   */
  checkable(plan: PlanOf<P>, earlier: readonly PlanOf<P>[]): PlanOf<P>;
}
