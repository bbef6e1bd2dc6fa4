// Sets how many pods a Deployment has, and leaves no trace of whose hand it was: Helm 4 applies on the server's side, and would refuse to write replicas that
// another manager owns. Each patch carries the version that was read: one that the network delivers late changes nothing.
import { PatchStrategy, setHeaderOptions, type V1Deployment } from '@kubernetes/client-node';
import { apiError, isStatus, type Cluster } from '../cluster.js';

const FIELD_MANAGER = 'milvus-upgrade-scale';
const MAX_TRIES = 10;

interface ScaleTools {
  readonly cluster: Cluster;
  readonly namespace: string;
}

/** A Deployment that another process changes meanwhile is left as it is: the next observation shows what is left to do. */
export async function scale(name: string, replicas: number, tools: ScaleTools): Promise<void> {
  const { cluster, namespace } = tools;
  try {
    const first = await cluster.apps.readNamespacedDeployment({ name, namespace });
    let deployment = first;
    for (let tries = 0; tries < MAX_TRIES && isToScale(deployment, first, replicas); tries += 1) {
      deployment = (await oneStep(deployment, replicas, tools)) ?? (await cluster.apps.readNamespacedDeployment({ name, namespace }));
    }
  } catch (error) {
    if (!isStatus(error, 404)) throw apiError(error, 'patch deployments', cluster.server);
  }
}

function isToScale(deployment: V1Deployment, first: V1Deployment, replicas: number): boolean {
  if (deployment.spec?.replicas === replicas) return ownsIt(deployment);
  return deployment.metadata?.generation === first.metadata?.generation;
}

function oneStep(deployment: V1Deployment, replicas: number, tools: ScaleTools): Promise<V1Deployment | null> {
  return deployment.spec?.replicas === replicas ? disown(deployment, tools) : setReplicas(deployment, replicas, tools);
}

function ownsIt({ metadata }: V1Deployment): boolean {
  return metadata?.managedFields?.some((each) => each.manager === FIELD_MANAGER) === true;
}

function setReplicas({ metadata }: V1Deployment, replicas: number, tools: ScaleTools): Promise<V1Deployment | null> {
  return patch(metadata, { metadata: { resourceVersion: metadata?.resourceVersion }, spec: { replicas } }, { ...tools, fieldManager: FIELD_MANAGER });
}

function disown({ metadata }: V1Deployment, tools: ScaleTools): Promise<V1Deployment | null> {
  const managedFields = metadata?.managedFields?.filter((each) => each.manager !== FIELD_MANAGER) ?? [];
  return patch(metadata, { metadata: { managedFields, resourceVersion: metadata?.resourceVersion } }, tools);
}

/** Null where it was changed meanwhile. */
async function patch(
  metadata: V1Deployment['metadata'],
  body: object,
  { cluster, namespace, fieldManager }: ScaleTools & { readonly fieldManager?: string },
): Promise<V1Deployment | null> {
  try {
    const request = { name: metadata?.name ?? '', namespace, body, ...(fieldManager ? { fieldManager } : {}) };
    return await cluster.apps.patchNamespacedDeployment(request, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
  } catch (error) {
    if (isStatus(error, 409)) return null;
    throw error;
  }
}
