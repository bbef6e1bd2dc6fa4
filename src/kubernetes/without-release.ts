// Milvus that runs in a namespace without a record of Helm: applied as plain manifests, by Argo CD, or by the Milvus operator.
import type { V1Deployment } from '@kubernetes/client-node';
import { findManagers, type Marks, type WithoutRelease } from '../core/managers.js';
import type { Cluster } from './cluster.js';
import { roleOf } from './milvus-objects.js';

/** More are not looked through; a namespace with so many is not one of Milvus. */
const MAX_DEPLOYMENTS = 500;

/** Null where nothing of Milvus with this name is there, or the Deployments cannot be listed. */
export async function findWithoutRelease({ apps }: Cluster, namespace: string, release: string): Promise<WithoutRelease | null> {
  const listed = await apps.listNamespacedDeployment({ namespace, limit: MAX_DEPLOYMENTS }).catch(() => null);
  return readWithoutRelease(release, listed?.items ?? []);
}

export function readWithoutRelease(release: string, deployments: readonly V1Deployment[]): WithoutRelease | null {
  const found = deployments.filter((each) => isMilvus(marksOf(each)) && !isHelms(marksOf(each)) && hasName(each, release));
  if (found.length === 0) return null;
  return { deployments: found.map(({ metadata }) => metadata?.name ?? '').sort(), managers: findManagers(found.map(marksOf)) };
}

/** The charts' labels, and those of the operator, which has no label `component` (zilliztech/milvus-operator pkg/controllers/labels.go). */
function isMilvus({ labels = {} }: Marks): boolean {
  const isOperators = labels['app.kubernetes.io/managed-by'] === 'milvus-operator';
  return labels['app.kubernetes.io/name'] === 'milvus' && (isOperators || roleOf(labels) !== '');
}

/** Of a release with another name: the name of the release is what is wrong. */
function isHelms({ annotations = {} }: Marks): boolean {
  return annotations['meta.helm.sh/release-name'] !== undefined;
}

/** Argo CD may write the name of its Application over the label of the instance. */
function hasName({ metadata }: V1Deployment, release: string): boolean {
  const names = ['app.kubernetes.io/instance', 'argocd.argoproj.io/instance'].map((label) => metadata?.labels?.[label]);
  return names.includes(release) || (metadata?.name ?? '').startsWith(`${release}-`);
}

function marksOf({ metadata }: V1Deployment): Marks {
  return { labels: metadata?.labels ?? {}, annotations: metadata?.annotations ?? {} };
}
