// The steps and the plans of all platforms.
// A new kind of step is added to the steps of its platform, evaluated in core and applied by that platform; the
// compiler reports what is missing.
import type { ComposePlan, ComposeStep } from '../compose/step.js';
import type { HelmPlan, HelmStep } from '../helm/step.js';

export type Step = HelmStep | ComposeStep;
export type Plan = HelmPlan | ComposePlan;
