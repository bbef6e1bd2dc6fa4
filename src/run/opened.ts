// The run on one platform, before and after the platform is opened. Types only.
import type { PlatformName } from '../core/config/config.js';
import type { WriteProblem } from '../core/config/inputs.js';
import type { ReadFile } from '../core/config/raw-inputs.js';
import type { Emit } from '../core/model/event.js';
import type { Planner } from '../core/platforms/planner.js';
import type { ConfigOf } from '../core/platforms/types.js';
import type { DataVerifier, SaveInventory } from './data-verifier.js';
import type { Platform } from './platform.js';
import type { WriteProbe } from './write-probe.js';

export interface UpgradeTools {
  readonly readFile: ReadFile;
  readonly writeProblem?: WriteProblem;
  /** Without it, inventories of the data are not saved. */
  readonly saveInventory?: SaveInventory;
  /** `signal` ends the opening, at a cancel or at the `timeout` of the run. */
  readonly open: <P extends PlatformName>(
    platform: P,
    config: ConfigOf<P>,
    signal: AbortSignal,
  ) => Promise<Platform<P>>;
  readonly emit: Emit;
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
}

/** The run on one platform. */
export interface Run<P extends PlatformName> {
  readonly config: ConfigOf<P>;
  readonly planner: Planner<P>;
  readonly tools: UpgradeTools;
}

export interface Opened<P extends PlatformName> {
  /** Every wait ends at a cancel or at the `timeout` of the run. */
  readonly platform: Platform<P>;
  /**
   * The same without the `timeout`, for work with a time limit of its own: the steps, and the handling of a failure.
   */
  readonly unlimited: Platform<P>;
  /** Aborts at a cancel or at the `timeout` of the run. */
  readonly signal: AbortSignal;
  readonly deadline: number;
  /** Verifies the data, over all changes of the run. */
  readonly data: DataVerifier;
  /** Writes and queries, if the inputs request it. */
  readonly probe: WriteProbe;
}
