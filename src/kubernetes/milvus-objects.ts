// Which Deployments and pods are Milvus' own, of which role and of which release. Pure.
import type { V1Deployment, V1Pod, V1PodSpec } from '@kubernetes/client-node';

/** Deployments that carry the chart's `component` label and are no part of Milvus itself (zilliztech/milvus-helm templates/attu-deployment.yaml). */
const NOT_MILVUS = new Set(['attu']);

export function milvusDeployments(release: string, deployments: readonly V1Deployment[]): V1Deployment[] {
  return deployments.filter((each) => isMilvus(each.metadata?.labels) && belongsTo(release, each));
}

/** True for a pod of Milvus itself, of whichever release. */
export function isMilvusPod(pod: V1Pod): boolean {
  return isMilvus(pod.metadata?.labels);
}

function isMilvus(labels: Labels): boolean {
  const role = roleOf(labels);
  return role !== '' && !NOT_MILVUS.has(role);
}

/** The annotation tells two releases apart where a label was copied; a Deployment that was adopted by hand may lack it. */
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
  const owner = pod.metadata?.ownerReferences?.find((each) => each.kind === 'ReplicaSet')?.name ?? '';
  const hash = pod.metadata?.labels?.['pod-template-hash'] ?? '';
  return owner.endsWith(`-${hash}`) ? owner.slice(0, -hash.length - 1) : owner;
}

/** The container that carries Milvus has the component's name; the first one where a chart names it otherwise. */
export function imageOf(role: string, spec: V1PodSpec | undefined): string {
  const containers = spec?.containers ?? [];
  return (containers.find((each) => each.name === role) ?? containers[0])?.image ?? '';
}
