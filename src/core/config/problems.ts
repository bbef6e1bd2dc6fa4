// Errors that can occur before a plan is created. Pure.
import { UpgradeError } from '../model/error.js';
import type { SharedObservation } from '../model/shared-observation.js';

export function badInputs(problems: readonly string[]): UpgradeError {
  return new UpgradeError({
    code: 'input-invalid',
    what: problems.length === 1 ? 'One input cannot be used' : `${problems.length} inputs cannot be used`,
    why: problems.join('; '),
    remedy: 'Nothing was changed. Every input is described in action.yml.',
  });
}

/** `name` is that of the installation, `whole` what it is. */
export function versionUnknown(
  { name, whole }: { readonly name: string; readonly whole: string },
  { components }: Pick<SharedObservation, 'components'>,
): UpgradeError {
  const images = [
    ...new Set(
      components.flatMap((component) =>
        component.podImages.length > 0 ? component.podImages : [component.templateImage],
      ),
    ),
  ];
  return new UpgradeError({
    code: 'release-not-found',
    what: `The Milvus version of ${name} is unknown`,
    why:
      images.length > 0
        ? `no image tag contains a version: ${images.join(', ')}`
        : 'the release has no Milvus Deployment',
    remedy: images.some((image) => image !== '') ? 'Set source-version.' : `Check that the ${whole} contains Milvus.`,
  });
}
