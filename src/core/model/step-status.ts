// The status of a step: where it stands in one observation.
import type { Cause } from './cause.js';

export type StepStatus =
  | { readonly state: 'pending' }
  | {
      readonly state: 'in-progress';
      readonly waitingFor: string;
      readonly causes?: readonly Cause[];
      readonly recheckSeconds?: number;
    }
  | { readonly state: 'complete' }
  /** The step may depend on the next step, which runs first. */
  | { readonly state: 'deferred'; readonly reason: string }
  /** `causes` is absent if none was found; `reason` begins with the first one. */
  | { readonly state: 'stalled'; readonly reason: string; readonly causes?: readonly Cause[] };
