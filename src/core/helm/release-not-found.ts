// The error if there is no release with the requested name. Pure.
import type { HelmConfig } from '../config/config.js';
import { UpgradeError } from '../model/error.js';
import type { WithoutRelease } from '../model/manager.js';
import { describeManager, whereToChange } from './managers.js';

/** `found` is Milvus that runs under this name without a Helm release. */
export function releaseNotFound(config: HelmConfig, found: WithoutRelease | null = null): UpgradeError {
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
