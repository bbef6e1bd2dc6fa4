// Whether a failed upgrade can be rolled back, and what that is decided from. The same for every platform.
import type { Plan } from './step.js';
import type { Config } from '../config/config.js';
import type { Observation } from './observation.js';
import type { ErrorCode } from './error.js';

/**
 * `not-needed`: nothing of the upgrade has reached the cluster. `blocked`: the cluster was changed, and a rollback is
 * not safe or not possible.
 */
export type RollbackDecision =
  | { readonly kind: 'not-needed' }
  | { readonly kind: 'blocked'; readonly reason: string }
  /**
   * `available`: a rollback is safe and possible. `isAutomatic`: the rollback is automatic, whatever `on-failure` is.
   */
  | { readonly kind: 'available'; readonly revision: number; readonly plan: Plan; readonly isAutomatic?: boolean };

/** A failed upgrade. `before` is the last observation before its first step, `observation` the newest one. */
export interface FailedUpgrade {
  readonly config: Config;
  readonly plan: Plan;
  readonly before: Observation;
  readonly observation: Observation;
  /** Error code of the failure; absent if nothing has failed. */
  readonly code?: ErrorCode;
}

/** True if the failure was a wait that did not end: another wait would not end either. */
export function isWaitOver({ code }: Pick<FailedUpgrade, 'code'>): boolean {
  return code === 'step-stalled' || code === 'step-timed-out';
}
