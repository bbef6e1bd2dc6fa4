// What the execution of a plan works with: the platform, the readers of its events, its clock and its limits.
import type { PlatformName } from '../core/config/config.js';
import type { Planner } from '../core/platforms/planner.js';
import type { StepPlatform } from './platform.js';
import type { Emit } from '../core/model/event.js';

export interface RunTools<P extends PlatformName> {
  readonly platform: StepPlatform<P>;
  /** Evaluates the steps, and knows which of them stop Milvus. */
  readonly planner: Pick<Planner<P>, 'evaluate' | 'stopping' | 'serving'>;
  readonly emit: Emit;
  /** Monotonic clock, in milliseconds. */
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
  /** When the whole run has to end, as a time of `monotonic`. */
  readonly deadline: number;
}
