// The status of the steps after the last rollout: removed Deployments are pruned, changed settings are restored. Pure.
import { describeComponent, type Component } from '../model/component.js';
import type { HelmObservation } from '../helm/observation.js';
import type { StepStatus } from '../model/step-status.js';
import type { PruneStep, RestoreSettingsStep } from './step.js';
import { holds } from '../model/values.js';

export function evaluatePrune({ role, deployment }: PruneStep, { components }: HelmObservation): StepStatus {
  if (components.some((component) => component.deployment === deployment)) return { state: 'pending' };
  const left = components.find((component) => component.deployment === '' && component.role === role);
  return left ? { state: 'in-progress', waitingFor: describeComponent(left) } : { state: 'complete' };
}

export function evaluateRestoreSettings(_step: RestoreSettingsStep, observation: HelmObservation): StepStatus {
  // A rolling upgrade that was completed at once may have left proxy pods that no Service selects.
  const leaving = observation.components
    .flatMap((component) => component.pods ?? [])
    .some((pod) => pod.leavingSince && !pod.terminating);
  if (leaving || observation.components.some((component) => component.pauseRecord)) return { state: 'pending' };
  const drifted = observation.components.filter((component) => driftOf(component, observation) !== '');
  if (drifted.length === 0) return { state: 'complete' };
  const described = drifted
    .map((component) => `${component.deployment}: ${driftOf(component, observation)}`)
    .join('; ');
  return { state: 'stalled', reason: `the running Deployments differ from the release: ${described}` };
}

/**
 * How a Deployment differs from the manifest of the release in the fields that a rolling upgrade changes; empty if it
 * does not.
 */
function driftOf({ deployment, settings, paused }: Component, { release }: HelmObservation): string {
  const strategy = release?.latest.strategies?.[deployment];
  if (paused) return 'it is paused';
  if (!strategy || !settings || holds(settings.strategy, strategy)) return '';
  return `its strategy is ${JSON.stringify(settings.strategy)}, not ${JSON.stringify(strategy)}`;
}
