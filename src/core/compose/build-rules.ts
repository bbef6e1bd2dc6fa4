// The rule for services that are built from source: an image with the tag of the target version exists only once it is
// built, and an upgrade does not build. Pure.
import type { ComposeConfig } from '../config/config.js';
import { own } from '../lib/own.js';
import type { CheckResult } from '../model/check-result.js';
import { liveServices, type ProjectObservation } from './observation.js';
import type { Images } from './steps.js';

/** Skippable, because the image may already be built, or a registry may have it. */
export function builtHere({ image }: ComposeConfig, project: ProjectObservation, images: Images): CheckResult[] {
  if (image !== null) return [];
  return liveServices(project).flatMap((service): CheckResult[] => {
    const { name, setup } = service;
    const desired = own(images, name) ?? '';
    if (setup.build === '' || desired === '' || desired === service.image) return [];
    return [
      {
        id: 'image-built-here',
        state: 'fail',
        reason: `the image of ${name} is built from ${setup.build}, and an upgrade does not build ${desired}`,
        remedy: `Change FROM in its Dockerfile to the target version, build the image with \`docker build --tag ${desired} ${setup.build}\`, and skip this check. Or set the input image to an image that exists.`,
        source: 'docs.docker.com/reference/compose-file/build',
        skippable: true,
      },
    ];
  });
}
