// What the execution of a plan works with: the platform, the readers of its events, its clock and its limits.
import type { StepPlatform } from './platform.js';
import type { Emit } from '../core/model/event.js';

export interface RunTools {
  readonly platform: StepPlatform;
  readonly emit: Emit;
  /** Monotonic clock, in milliseconds. */
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
  /** When the whole run has to end, as a time of `monotonic`. */
  readonly deadline: number;
}
