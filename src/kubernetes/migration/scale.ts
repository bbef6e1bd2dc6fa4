// Sets how many pods a Deployment has, and leaves no trace of whose hand it was: Helm 4 applies on the server's side, and would refuse to write replicas that
// another manager owns.
import { PatchStrategy, setHeaderOptions, type V1Deployment } from '@kubernetes/client-node';
import { apiError, isStatus, type Cluster } from '../cluster.js';

const FIELD_MANAGER = 'milvus-upgrade-scale';
const MOST_TRIES = 10;

export async function scale(name: string, replicas: number, { cluster, namespace }: { cluster: Cluster; namespace: string }): Promise<void> {
  try {
    const request = { name, namespace, body: { spec: { replicas } }, fieldManager: FIELD_MANAGER };
    let deployment = await cluster.apps.patchNamespacedDeployment(request, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
    for (let tries = 0; ownsIt(deployment) && tries < MOST_TRIES; tries += 1) {
      deployment = (await disown(deployment, { cluster, namespace })) ?? (await cluster.apps.readNamespacedDeployment({ name, namespace }));
    }
  } catch (error) {
    if (!isStatus(error, 404)) throw apiError(error, 'patch deployments', cluster.server);
  }
}

function ownsIt({ metadata }: V1Deployment): boolean {
  return metadata?.managedFields?.some((each) => each.manager === FIELD_MANAGER) === true;
}

/** Null where it was changed meanwhile. */
async function disown({ metadata }: V1Deployment, { cluster, namespace }: { cluster: Cluster; namespace: string }): Promise<V1Deployment | null> {
  const managedFields = metadata?.managedFields?.filter((each) => each.manager !== FIELD_MANAGER) ?? [];
  const body = { metadata: { managedFields, resourceVersion: metadata?.resourceVersion } };
  try {
    const request = { name: metadata?.name ?? '', namespace, body };
    return await cluster.apps.patchNamespacedDeployment(request, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
  } catch (error) {
    if (isStatus(error, 409)) return null;
    throw error;
  }
}
