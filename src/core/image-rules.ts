// The rules about the image of the target version: it follows from the one that runs, or the input `image` says it. For every platform. Pure.
import type { Goal } from './goal.js';
import type { Route } from './plan.js';
import type { Refusal } from './refusal.js';
import { compareVersions, formatVersion, parseImage, whyNoImage } from './version.js';

export function imageNeeded(goal: Goal, present: readonly string[]): Refusal[] {
  if (goal.image !== null) return [];
  return [...new Set(present)].flatMap((image) => {
    const why = whyNoImage(image, goal.target);
    if (why === '') return [];
    return [
      {
        code: 'image-needed',
        because: why,
        remedy: `Set the input image to the whole reference of the image with ${formatVersion(goal.target)}.`,
        source: 'the image that runs',
        waivable: false,
      },
    ];
  });
}

export function imageDiffers(goal: Goal, route: Pick<Route, 'image'>): Refusal[] {
  const { version, tag } = parseImage(route.image);
  if (version && compareVersions(version, goal.target) === 0) return [];
  const known = version !== null;
  return [
    {
      code: 'image-version-differs',
      because: known
        ? `the image ${route.image} is ${formatVersion(version)}, not the target ${formatVersion(goal.target)}`
        : `the tag "${tag}" of ${route.image} tells no version`,
      remedy: known ? 'Make image and target-version agree.' : 'Use a tag that tells the version, or waive this when you know what the image holds.',
      source: 'the inputs image and target-version',
      waivable: !known,
    },
  ];
}
