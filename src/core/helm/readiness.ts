// Whether Deployments have completed their rollout to an image: every pod is new and ready, and no old one is left.
// Pure.
import { describeCauses, rankCauses, type Cause } from '../model/cause.js';
import { describeComponent, isSettled, type Component } from '../model/component.js';
import { compareVersions, parseImage } from '../model/version.js';
import type { StepStatus } from '../model/step-status.js';
import type { WaitReadyStep } from './step.js';
import type { HelmObservation } from './observation.js';

type Target = Pick<WaitReadyStep, 'image' | 'version'>;

/** `components` are those to evaluate; `missing` are Deployments that do not exist yet. */
export function evaluateReadiness(
  components: readonly Component[],
  step: Target,
  observation: HelmObservation,
  missing: readonly string[] = [],
): StepStatus {
  const unsettled = components.filter((component) => !isSettled(component) || !runs(component, step));
  const causes = causesOf(observation.causes, components, (component) => isSettled(component) && runs(component, step));
  const reported = causes.length > 0 ? { causes } : {};
  const failed = unsettled.find((component) => component.failure !== '');
  if (causes.some((cause) => cause.certain)) return { state: 'stalled', reason: describeCauses(causes), causes };
  if (failed)
    return { state: 'stalled', reason: `${describeComponent(failed)}. ${failed.failure}${why(failed)}`, ...reported };
  const paused = unsettled.filter((component) => component.paused);
  if (paused.length > 0)
    return {
      state: 'stalled',
      reason: `${list(paused)} paused and does not roll out. Resume with: kubectl rollout resume deployment/${paused[0]?.deployment}`,
    };
  if (missing.length + unsettled.length === 0) return { state: 'complete' };
  const waitingFor = [
    ...missing.map((name) => `${name} (not created yet)`),
    ...unsettled.map((component) => `${component.role} (${hindrances(component, step).join(', ')})`),
  ];
  return { state: 'in-progress', waitingFor: waitingFor.join(', '), ...reported };
}

/** The causes that are relevant to a step: those of a Deployment that has completed its rollout no longer are. */
function causesOf(
  causes: readonly Cause[],
  components: readonly Component[],
  isThere: (component: Component) => boolean,
): readonly Cause[] {
  const notReadyDeployments = new Set(
    components.filter((component) => !isThere(component)).map((component) => component.deployment),
  );
  return rankCauses(causes.filter((cause) => cause.deployment === '' || notReadyDeployments.has(cause.deployment)));
}

function runs(component: Component, step: Target): boolean {
  return foreignImages(component, step).length === 0;
}

/** An image without a version in its tag is compared as a string. */
function foreignImages(component: Component, step: Target): string[] {
  const images = new Set([...component.podImages, ...(component.templateImage ? [component.templateImage] : [])]);
  return [...images].filter((image) => {
    const { version } = parseImage(image);
    return image !== step.image && (version === null || compareVersions(version, step.version) !== 0);
  });
}

/** Why a component is not ready yet, in short phrases: this is the progress line of the log. */
function hindrances(component: Component, step: Target): string[] {
  const short = component.ready < component.desired || component.updated < component.desired;
  const reasons = [
    ...new Set(component.waiting.map((container) => container.reason)),
    ...(component.settledSpec ? [] : ['spec not observed by the controller yet']),
    ...(short ? [`${component.ready} of ${component.desired} ready`] : []),
    ...(component.outdated > 0 ? [`${component.outdated} old`] : []),
    ...(short && component.restarts > 0 ? [`${component.restarts} restarts`] : []),
    ...(component.terminating > 0 ? [`${component.terminating} terminating`] : []),
  ];
  if (reasons.length > 0) return reasons;
  const tags = foreignImages(component, step).map((image) => parseImage(image).tag || image);
  return tags.length > 0 ? [`on ${tags.join(' and ')}`] : [`${component.available} of ${component.desired} available`];
}

function list(components: readonly Component[]): string {
  return `${components.map((component) => component.deployment).join(', ')} ${components.length === 1 ? 'is' : 'are'}`;
}

function why(component: Component): string {
  const [first] = component.waiting;
  return first ? ` (${first.pod}: ${[first.reason, first.message].filter(Boolean).join(': ')})` : '';
}
