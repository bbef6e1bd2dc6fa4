// Old proxies leave their Service before they are deleted: a client whose connection is closed reconnects at once, and
// would be routed to a deleted pod until all nodes have updated their endpoints. Neither the Service nor the template
// is changed: the pod itself gets another name label, so that the Service no longer selects it and its ReplicaSet
// releases it. It serves its existing connections until it is deleted.
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { LEAVING_ANNOTATION, LEAVING_NAME, NAME_LABEL } from '../../core/rolling/pause-record.js';
import { apiError, isStatus } from '../client/api-error.js';
import type { Pod } from '../../core/model/pod.js';
import { readPod } from '../observe/read-pod.js';
import { isNewPod } from '../observe/read-pods.js';
import type { RollingTools } from './rolling-tools.js';
import type { DrainStep } from '../../core/rolling/step.js';

/** Safe to repeat: a pod that has left no longer belongs to a Deployment. */
export async function leaveService({ deployment: name }: DrainStep, tools: RollingTools, now: string): Promise<void> {
  const deployment = tools.deployments.find((candidate) => candidate.metadata?.name === name);
  if (!deployment) return;
  const pods = tools.pods.map(readPod);
  const old = pods.filter(
    (pod) => pod.deployment === name && pod.terminating === null && !isNewPod(pod, deployment, pods),
  );
  const metadata = { labels: { [NAME_LABEL]: LEAVING_NAME }, annotations: { [LEAVING_ANNOTATION]: now } };
  await Promise.all(old.map((pod) => patch(pod, { metadata }, tools)));
}

/** Deletes the pods that have left their Service: those of one role, or all. */
export async function endLeaving(tools: RollingTools, role?: string): Promise<void> {
  const left = tools.pods
    .map(readPod)
    .filter(
      (pod) =>
        (role === undefined || pod.role === role) && pod.annotations[LEAVING_ANNOTATION] && pod.terminating === null,
    );
  await Promise.all(left.map((pod) => end(pod, tools)));
}

async function patch({ name }: Pod, body: object, { cluster, namespace }: RollingTools): Promise<void> {
  try {
    await cluster.core.patchNamespacedPod(
      { name, namespace, body },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
  } catch (error) {
    if (!isStatus(error, 404)) throw apiError(error, 'patch pods', cluster.server);
  }
}

async function end({ name }: Pod, { cluster, namespace }: RollingTools): Promise<void> {
  try {
    await cluster.core.deleteNamespacedPod({ name, namespace });
  } catch (error) {
    if (!isStatus(error, 404)) throw apiError(error, 'delete pods', cluster.server);
  }
}
