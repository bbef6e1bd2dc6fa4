// The status of a step: where it stands in one observation.
import type { RevokeSessionsStep } from '../rolling/step.js';
import type { Cause } from './cause.js';

export type StepStatus =
  /** `first` is another step that is applied instead; the status is evaluated again afterwards. */
  | { readonly state: 'pending'; readonly first?: RevokeSessionsStep }
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
