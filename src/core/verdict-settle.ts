// Whether Deployments have come to rest on an image: every pod new and ready, no old one left. Pure.
import { describeCauses, rankCauses, type Cause } from './causes.js';
import { describeComponent, isSettled, type Component } from './component.js';
import type { Observation } from './observation.js';
import type { WaitReadyStep } from './steps.js';
import type { StepStatus } from './verdict.js';
import { compareVersions, parseImage } from './version.js';

type Target = Pick<WaitReadyStep, 'image' | 'version'>;

/** `components` are those that count; `missing` are Deployments of theirs that are not there yet. */
export function evaluateReadiness(components: readonly Component[], step: Target, observation: Observation, missing: readonly string[] = []): StepStatus {
  const unsettled = components.filter((each) => !isSettled(each) || !runs(each, step));
  const causes = causesOf(observation.causes, components, (each) => isSettled(each) && runs(each, step));
  const told = causes.length > 0 ? { causes } : {};
  const failed = unsettled.find((each) => each.failure !== '');
  if (causes.some((each) => each.certain)) return { state: 'stalled', reason: describeCauses(causes), causes };
  if (failed) return { state: 'stalled', reason: `${describeComponent(failed)}. ${failed.failure}${why(failed)}`, ...told };
  const paused = unsettled.filter((each) => each.paused);
  if (paused.length > 0)
    return {
      state: 'stalled',
      reason: `${list(paused)} paused, so that nothing rolls. Resume with: kubectl rollout resume deployment/${paused[0]?.deployment}`,
    };
  if (missing.length + unsettled.length === 0) return { state: 'complete' };
  const waitingFor = [...missing.map((name) => `${name} (not there yet)`), ...unsettled.map((each) => `${each.role} (${hindrances(each, step).join(', ')})`)];
  return { state: 'in-progress', waitingFor: waitingFor.join(', '), ...told };
}

/** The causes that matter to a step: what stands at a Deployment that has come to rest is no longer in its way. */
function causesOf(causes: readonly Cause[], components: readonly Component[], isThere: (component: Component) => boolean): readonly Cause[] {
  const moving = new Set(components.filter((each) => !isThere(each)).map((each) => each.deployment));
  return rankCauses(causes.filter((each) => each.deployment === '' || moving.has(each.deployment)));
}

function runs(each: Component, step: Target): boolean {
  return foreignImages(each, step).length === 0;
}

/** An image without a version in its tag is compared by its text. */
function foreignImages(each: Component, step: Target): string[] {
  const images = new Set([...each.podImages, ...(each.templateImage ? [each.templateImage] : [])]);
  return [...images].filter((image) => {
    const { version } = parseImage(image);
    return image !== step.image && (version === null || compareVersions(version, step.version) !== 0);
  });
}

/** What keeps a component from being settled, shortest words first to read: this is the line that people watch. */
function hindrances(each: Component, step: Target): string[] {
  const short = each.ready < each.desired || each.updated < each.desired;
  const said = [
    ...new Set(each.waiting.map((container) => container.reason)),
    ...(each.settledSpec ? [] : ['not looked at by its controller yet']),
    ...(short ? [`${each.ready} of ${each.desired} ready`] : []),
    ...(each.outdated > 0 ? [`${each.outdated} old`] : []),
    ...(short && each.restarts > 0 ? [`${each.restarts} restarts`] : []),
    ...(each.terminating > 0 ? [`${each.terminating} terminating`] : []),
  ];
  if (said.length > 0) return said;
  const tags = foreignImages(each, step).map((image) => parseImage(image).tag || image);
  return tags.length > 0 ? [`on ${tags.join(' and ')}`] : [`${each.available} of ${each.desired} available`];
}

function list(components: readonly Component[]): string {
  return `${components.map((each) => each.deployment).join(', ')} ${components.length === 1 ? 'is' : 'are'}`;
}

function why(each: Component): string {
  const [first] = each.waiting;
  return first ? ` (${first.pod}: ${[first.reason, first.message].filter(Boolean).join(': ')})` : '';
}
