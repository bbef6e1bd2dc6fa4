// Milvus in a namespace without a Helm release record: applied as plain manifests, by Argo CD, or by the Milvus
// operator.
import type { V1Deployment } from '@kubernetes/client-node';
import { findManagers, type Marks } from '../../core/helm/managers.js';
import type { Cluster } from '../client/cluster.js';
import { roleOf } from '../observe/milvus-objects.js';
import type { WithoutRelease } from '../../core/model/manager.js';

/** The limit of Deployments that are checked; a namespace with more is not dedicated to Milvus. */
const MAX_DEPLOYMENTS = 500;

/** Null if there is no Milvus with this name, or the Deployments cannot be listed. */
export async function findWithoutRelease(
  { apps }: Cluster,
  namespace: string,
  release: string,
): Promise<WithoutRelease | null> {
  const listed = await apps.listNamespacedDeployment({ namespace, limit: MAX_DEPLOYMENTS }).catch(() => null);
  return readWithoutRelease(release, listed?.items ?? []);
}

export function readWithoutRelease(release: string, deployments: readonly V1Deployment[]): WithoutRelease | null {
  const found = deployments.filter(
    (deployment) => isMilvus(marksOf(deployment)) && !isHelms(marksOf(deployment)) && hasName(deployment, release),
  );
  if (found.length === 0) return null;
  return {
    deployments: found.map(({ metadata }) => metadata?.name ?? '').sort(),
    managers: findManagers(found.map(marksOf)),
  };
}

/**
 * The labels of the charts, and those of the operator, which has no label `component` (zilliztech/milvus-operator
 * pkg/controllers/labels.go).
 */
function isMilvus({ labels = {} }: Marks): boolean {
  const isOperators = labels['app.kubernetes.io/managed-by'] === 'milvus-operator';
  return labels['app.kubernetes.io/name'] === 'milvus' && (isOperators || roleOf(labels) !== '');
}

/** It belongs to a release with another name: then the release name in the config is wrong. */
function isHelms({ annotations = {} }: Marks): boolean {
  return annotations['meta.helm.sh/release-name'] !== undefined;
}

/** Argo CD may overwrite the instance label with the name of its Application. */
function hasName({ metadata }: V1Deployment, release: string): boolean {
  const names = ['app.kubernetes.io/instance', 'argocd.argoproj.io/instance'].map((label) => metadata?.labels?.[label]);
  return names.includes(release) || (metadata?.name ?? '').startsWith(`${release}-`);
}

function marksOf({ metadata }: V1Deployment): Marks {
  return { labels: metadata?.labels ?? {}, annotations: metadata?.annotations ?? {} };
}
