// The observed state of a Milvus installation at one time, by platform, and the versions that run in it. Data only: the
// platforms observe, the planner and the evaluation of steps decide.
import { isPaused } from './component.js';
import type { ComposeObservation } from '../compose/observation.js';
import type { HelmObservation } from '../helm/observation.js';
import type { SharedObservation } from './shared-observation.js';
import { compareVersions, oldestVersion, parseImage, type Version } from './version.js';

export type Observation = HelmObservation | ComposeObservation;

/**
 * Every image of the pods, oldest version first and those without a version last, without duplicates. Components with 0
 * replicas count with the image of their template.
 */
function runningImages(observation: Pick<SharedObservation, 'components'>): string[] {
  const images = observation.components.flatMap((component) =>
    component.podImages.length > 0 ? component.podImages : [component.templateImage],
  );
  return [...new Set(images)].filter((image) => image !== '').sort(byVersion);
}

function byVersion(a: string, b: string): number {
  const [first, second] = [parseImage(a).version, parseImage(b).version];
  if (first && second) return compareVersions(first, second);
  return Number(first === null) - Number(second === null);
}

/** The image of the oldest running version; empty if nothing runs. */
export function oldestImage(observation: Pick<SharedObservation, 'components'>): string {
  return runningImages(observation)[0] ?? '';
}

/** Every running version, oldest first, without duplicates. */
export function runningVersions(observation: Pick<SharedObservation, 'components'>): Version[] {
  const versions = runningImages(observation)
    .map((image) => parseImage(image).version)
    .filter((version) => version !== null);
  return versions.filter((version, at, all) => at === 0 || compareVersions(all[at - 1]!, version) !== 0);
}

/**
 * The current version of the installation: the oldest running version, from the images of the pods, never from a label.
 * Null if no image contains one.
 */
export function runningVersion(observation: Pick<SharedObservation, 'components'>): Version | null {
  return oldestVersion(runningVersions(observation));
}

/**
 * The newest version of any pod or template, because it may have written data. The template of a Deployment that a
 * rolling upgrade has paused is not started and does not count.
 */
export function newestVersion({ components }: Pick<SharedObservation, 'components'>): Version | null {
  const images = components.flatMap((component) => [
    ...component.podImages,
    ...(isPaused(component) ? [] : [component.templateImage]),
  ]);
  const versions = images.map((image) => parseImage(image).version).filter((version) => version !== null);
  return versions.reduce<Version | null>(
    (newest, version) => (newest && compareVersions(newest, version) >= 0 ? newest : version),
    null,
  );
}
