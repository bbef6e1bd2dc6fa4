// Checks of the image of the target version, which is derived from the running one or set with the input `image`. For
// every platform. Pure.
import type { SharedConfig } from '../config/config.js';
import { fail } from './results.js';
import type { CheckResult } from '../model/check-result.js';
import { compareVersions, formatVersion, parseImage, whyNoImage } from '../model/version.js';

export function imageNeeded(config: SharedConfig, present: readonly string[]): CheckResult[] {
  if (config.image !== null) return [];
  return [...new Set(present)].flatMap((image) => {
    const why = whyNoImage(image, config.target);
    if (why === '') return [];
    return [
      fail(
        'image-needed',
        why,
        `Set the input image to the full reference of the image with ${formatVersion(config.target)}.`,
        'the running image',
      ),
    ];
  });
}

export function imageDiffers(config: SharedConfig, route: { readonly image: string }): CheckResult[] {
  const { version, tag } = parseImage(route.image);
  if (version && compareVersions(version, config.target) === 0) return [];
  const known = version !== null;
  return [
    {
      ...fail(
        'image-version-differs',
        known
          ? `the image ${route.image} is ${formatVersion(version)}, not the target ${formatVersion(config.target)}`
          : `the tag "${tag}" of ${route.image} contains no version`,
        known
          ? 'Make image and target-version agree.'
          : 'Use a tag that contains the version, or skip this check if you know the version of the image.',
        'the inputs image and target-version',
      ),
      skippable: !known,
    },
  ];
}
