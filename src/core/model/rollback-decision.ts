// Whether a failed upgrade can be rolled back, and what that is decided from. The same for every platform.
import type { PlatformName } from '../config/config.js';
import type { ConfigOf, ObservationOf, PlanOf } from '../platforms/types.js';
import type { Plan } from './step.js';
import type { ErrorCode } from './error.js';

/**
 * `not-needed`: nothing of the upgrade has reached the installation. `blocked`: the installation was changed, and a
 * rollback is not safe or not possible.
 */
export type NoRollback = { readonly kind: 'not-needed' } | { readonly kind: 'blocked'; readonly reason: string };

/** A rollback is safe and possible. */
export interface AvailableRollback<P extends Plan = Plan> {
  readonly kind: 'available';
  readonly plan: P;
  /** The rollback is automatic, whatever `on-failure` is. */
  readonly isAutomatic: boolean;
  /** How a user rolls back, as the end of a sentence. */
  readonly instruction: string;
}

export type RollbackDecision<P extends Plan = Plan> = NoRollback | AvailableRollback<P>;

/** A failed upgrade. `before` is the last observation before its first step, `observation` the newest one. */
export interface FailedUpgrade<P extends PlatformName> {
  readonly config: ConfigOf<P>;
  readonly plan: PlanOf<P>;
  readonly before: ObservationOf<P>;
  readonly observation: ObservationOf<P>;
  /** Error code of the failure; absent if nothing has failed. */
  readonly code?: ErrorCode;
}

/** True if the failure was a wait that did not end: another wait would not end either. */
export function isWaitOver({ code }: { readonly code?: ErrorCode }): boolean {
  return code === 'step-stalled' || code === 'step-timed-out';
}
