// The options of one hop, from those of the run: the target of the run has its image and its chart, the intermediate
// versions have their own. Pure.
import { fail } from '../checks/results.js';
import type { SharedConfig } from '../config/config.js';
import type { CheckResult } from '../model/check-result.js';
import { compareVersions, formatVersion, imageForVersion, whyNoImage, type Version } from '../model/version.js';
import type { HopPosition } from './hop.js';
import { stopsBetween } from '../knowledge/stops.js';

type HopOptions = Pick<SharedConfig, 'target' | 'source' | 'image'>;

/** The options that differ from those of the run. `running` is the oldest running version. */
export function optionsOfHop(config: SharedConfig, { hop, number }: HopPosition, running: Version | null): HopOptions {
  return {
    target: hop.to,
    source: number === 1 && !isBehind(config, running) ? config.source : null,
    image: config.image === null || isTarget(config, hop.to) ? config.image : imageForVersion(config.image, hop.to),
  };
}

export function isTarget({ target }: SharedConfig, version: Version): boolean {
  return compareVersions(target, version) === 0;
}

/** True if source-version is the start of a path on which an earlier run has come to the running version. */
function isBehind({ source, target }: SharedConfig, running: Version | null): boolean {
  return (
    source !== null &&
    running !== null &&
    [...stopsBetween(source, target), target].some((stop) => compareVersions(stop, running) === 0)
  );
}

/** The image of an intermediate version is derived from the input image, which a digest makes impossible. */
export function imageOfHopNeeded(config: SharedConfig, { hop }: HopPosition): CheckResult[] {
  const why = config.image === null || isTarget(config, hop.to) ? '' : whyNoImage(config.image, hop.to);
  if (why === '') return [];
  const to = formatVersion(hop.to);
  return [
    fail(
      'image-needed',
      why,
      `Set image without a digest, or upgrade to ${to} in a run of its own, with target-version: ${to} and its image.`,
      'the input image',
    ),
  ];
}
