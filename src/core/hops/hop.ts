// The types of a path of several upgrades. Data only.
import type { CheckResult } from '../model/check-result.js';
import type { Topology } from '../model/shared-observation.js';
import type { Plan } from '../model/step.js';
import type { Version } from '../model/version.js';

/** A documented change of the topology that a later hop needs, with the values that make it. */
export interface TopologyChange {
  /** By dotted path. */
  readonly values: Readonly<Record<string, boolean>>;
  readonly why: string;
  readonly source: string;
}

/** One upgrade of a path. `from` and `to` are equal if it only changes the topology, or completes an upgrade. */
export interface PathHop {
  readonly from: Version;
  readonly to: Version;
  /** Why the path stops at `to`. */
  readonly why: string;
  readonly source: string;
  /** The change of the topology that is part of this hop; null if there is none. */
  readonly topology: TopologyChange | null;
}

/** The state of an installation at the start of a path. */
export interface PathStart {
  readonly from: Version;
  /** The target of an upgrade that an earlier run has begun and not completed; null if there is none. */
  readonly unfinished: Version | null;
  readonly topology: Topology;
  /** The roles that run. */
  readonly roles: readonly string[];
  /** Whether an upgrade can change the topology. */
  readonly canChangeTopology: boolean;
}

/** The hops of a run, in order; empty if the requested version runs. */
export interface Path {
  readonly hops: readonly PathHop[];
  /** A failed check of the inputs of the path. */
  readonly failedChecks: readonly CheckResult[];
}

/** The position of a hop among those of this run. */
export interface HopPosition {
  readonly hop: PathHop;
  /**
   * Starts at 1.
   *
   * @asType integer
   */
  readonly number: number;
  /** @asType integer */
  readonly of: number;
}

/** A hop with its plan; null if it cannot be planned because an earlier hop has no plan. */
export interface PlannedHop extends HopPosition {
  readonly plan: Plan | null;
}
