// The types of each platform in one table, so that a function for any platform takes its config, its observation, its
// steps and its plan from the same row.
import type { ComposeObservation } from '../compose/observation.js';
import type { ComposePlan, ComposeStep } from '../compose/step.js';
import type { ComposeConfig, HelmConfig, PlatformName } from '../config/config.js';
import type { Charts } from '../helm/charts.js';
import type { HelmObservation } from '../helm/observation.js';
import type { HelmPlan, HelmStep } from '../helm/step.js';
import type { Planned, SharedPlan } from '../model/shared-plan.js';

/** `sources` is what a plan needs beside the observation, and what the platform reads only when it is needed. */
interface PlatformTypes {
  readonly helm: {
    readonly config: HelmConfig;
    readonly observation: HelmObservation;
    readonly step: HelmStep;
    readonly plan: HelmPlan;
    readonly sources: Charts;
  };
  readonly compose: {
    readonly config: ComposeConfig;
    readonly observation: ComposeObservation;
    readonly step: ComposeStep;
    readonly plan: ComposePlan;
    readonly sources: Readonly<Record<never, never>>;
  };
}

export type ConfigOf<P extends PlatformName> = PlatformTypes[P]['config'];
export type ObservationOf<P extends PlatformName> = PlatformTypes[P]['observation'];
export type StepOf<P extends PlatformName> = PlatformTypes[P]['step'];
export type SourcesOf<P extends PlatformName> = PlatformTypes[P]['sources'];
export type PlanOf<P extends PlatformName> = SharedPlan<StepOf<P>> & PlatformTypes[P]['plan'];
export type PlannedOf<P extends PlatformName> = Planned<PlanOf<P>>;
