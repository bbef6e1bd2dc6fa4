// Checks of the image of the target version, which is derived from the running one or set with the input `image`. For
// every platform. Pure.
import type { SharedConfig } from '../config/config.js';
import type { CheckResult } from '../model/check-result.js';
import { compareVersions, formatVersion, parseImage, whyNoImage } from '../model/version.js';

export function imageNeeded(config: SharedConfig, present: readonly string[]): CheckResult[] {
  if (config.image !== null) return [];
  return [...new Set(present)].flatMap((image) => {
    const why = whyNoImage(image, config.target);
    if (why === '') return [];
    return [
      {
        id: 'image-needed',
        state: 'fail',
        reason: why,
        remedy: `Set the input image to the full reference of the image with ${formatVersion(config.target)}.`,
        source: 'the running image',
        skippable: false,
      },
    ];
  });
}

export function imageDiffers(config: SharedConfig, route: { readonly image: string }): CheckResult[] {
  const { version, tag } = parseImage(route.image);
  if (version && compareVersions(version, config.target) === 0) return [];
  const known = version !== null;
  return [
    {
      id: 'image-version-differs',
      state: 'fail',
      reason: known
        ? `the image ${route.image} is ${formatVersion(version)}, not the target ${formatVersion(config.target)}`
        : `the tag "${tag}" of ${route.image} contains no version`,
      remedy: known
        ? 'Make image and target-version agree.'
        : 'Use a tag that contains the version, or skip this check if you know the version of the image.',
      source: 'the inputs image and target-version',
      skippable: !known,
    },
  ];
}
