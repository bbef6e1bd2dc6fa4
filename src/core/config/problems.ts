// Errors that can occur before a plan is created. Pure.
import { UpgradeError } from '../model/error.js';
import type { Config } from './config.js';
import { describeManager, whereToChange } from '../helm/managers.js';
import type { Observation } from '../model/observation.js';
import type { WithoutRelease } from '../model/manager.js';

export function badInputs(problems: readonly string[]): UpgradeError {
  return new UpgradeError({
    code: 'input-invalid',
    what: problems.length === 1 ? 'One input cannot be used' : `${problems.length} inputs cannot be used`,
    why: problems.join('; '),
    remedy: 'Nothing was changed. Every input is described in action.yml.',
  });
}

/** `found` is Milvus that runs under this name without a Helm release. */
export function releaseNotFound(config: Config, found: WithoutRelease | null = null): UpgradeError {
  const what = `The Helm release ${config.release} was not found in namespace ${config.namespace}`;
  if (!found) {
    const remedy = 'Run `helm list --all-namespaces`, then correct release, namespace, kubeconfig or context.';
    return new UpgradeError({
      code: 'release-not-found',
      what,
      why: 'the namespace contains no Helm Secret with this name',
      remedy,
    });
  }
  const { deployments, managers } = found;
  const by =
    managers.length > 0
      ? `They are managed by ${managers.map(describeManager).join(' and ')}`
      : 'No label names a program that manages them';
  const places =
    managers.length > 0 ? managers.map((manager) => whereToChange(manager, config.namespace)) : [PLAIN_MANIFESTS];
  return new UpgradeError({
    code: 'release-not-found',
    what,
    why: `Milvus runs there, but was not installed by Helm: Deployments ${deployments.join(', ')}. ${by}`,
    remedy: `This action upgrades Helm releases only. ${places.join(' ')} docs/upgrade-paths.md lists the versions to stop at.`,
  });
}

const PLAIN_MANIFESTS =
  'Change the version where the manifests are generated (`image.all.tag` for `helm template`, `images` for kustomize) and apply them again.';

export function versionUnknown(config: Config, observation: Observation): UpgradeError {
  const images = [
    ...new Set(
      observation.components.flatMap((component) =>
        component.podImages.length > 0 ? component.podImages : [component.templateImage],
      ),
    ),
  ];
  return new UpgradeError({
    code: 'release-not-found',
    what: `The Milvus version of ${observation.project?.name ?? config.release} is unknown`,
    why:
      images.length > 0
        ? `no image tag contains a version: ${images.join(', ')}`
        : 'the release has no Milvus Deployment',
    remedy: images.some((image) => image !== '')
      ? 'Set source-version.'
      : `Check that ${observation.project ? 'the project' : 'the release'} contains Milvus.`,
  });
}
