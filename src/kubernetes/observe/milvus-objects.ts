// Which Deployments and pods belong to Milvus itself, and their role and release. Pure.
import type { V1Deployment, V1Pod, V1PodSpec } from '@kubernetes/client-node';

/**
 * Deployments with the `component` label of the chart that are not part of Milvus itself (zilliztech/milvus-helm
 * templates/attu-deployment.yaml).
 */
const NOT_MILVUS = new Set(['attu']);

export function milvusDeployments(release: string, deployments: readonly V1Deployment[]): V1Deployment[] {
  return deployments.filter((deployment) => isMilvus(deployment.metadata?.labels) && belongsTo(release, deployment));
}

/** True for a pod of Milvus itself, of any release. */
export function isMilvusPod(pod: V1Pod): boolean {
  return isMilvus(pod.metadata?.labels);
}

function isMilvus(labels: Labels): boolean {
  const role = roleOf(labels);
  return role !== '' && !NOT_MILVUS.has(role);
}

/** The annotation distinguishes two releases if a label was copied; a manually adopted Deployment may lack it. */
function belongsTo(release: string, deployment: V1Deployment): boolean {
  const owner = deployment.metadata?.annotations?.['meta.helm.sh/release-name'];
  return owner === undefined || owner === release;
}

type Labels = Readonly<Record<string, string>> | undefined;

export function roleOf(labels: Labels): string {
  return labels?.component ?? '';
}

/** The Deployment that a pod belongs to. A ReplicaSet is named `<deployment>-<pod-template-hash>`. */
export function deploymentOf(pod: V1Pod): string {
  const owner = replicaSetOf(pod);
  const hash = pod.metadata?.labels?.['pod-template-hash'] ?? '';
  return owner.endsWith(`-${hash}`) ? owner.slice(0, -hash.length - 1) : owner;
}

export function replicaSetOf({ metadata }: V1Pod): string {
  return metadata?.ownerReferences?.find((owner) => owner.kind === 'ReplicaSet')?.name ?? '';
}

/** The Milvus container has the name of the component; in a chart with other names, it is the first one. */
export function imageOf(role: string, spec: V1PodSpec | undefined): string {
  const containers = spec?.containers ?? [];
  return (containers.find((container) => container.name === role) ?? containers[0])?.image ?? '';
}
