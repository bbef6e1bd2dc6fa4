// Sets the replicas of a Deployment without an entry in its managed fields: Helm 4 uses server-side apply, and would
// refuse to write replicas that another manager owns. Each patch carries the observed resourceVersion: one that the
// network delivers late changes nothing.
import { PatchStrategy, setHeaderOptions, type V1Deployment } from '@kubernetes/client-node';
import type { Cluster } from '../client/cluster.js';
import { apiError, isStatus } from '../client/api-error.js';

const FIELD_MANAGER = 'milvus-upgrade-scale';
const MAX_TRIES = 10;

interface ScaleTools {
  readonly cluster: Cluster;
  readonly namespace: string;
}

/**
 * A Deployment that another process changes in the meantime stays unchanged: the next observation shows what remains to
 * be done.
 */
export async function scale(name: string, replicas: number, tools: ScaleTools): Promise<void> {
  const { cluster, namespace } = tools;
  try {
    const first = await cluster.apps.readNamespacedDeployment({ name, namespace });
    let deployment = first;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const next = nextPatch(deployment, replicas, first);
      if (next === 'none') return;
      const patched =
        next === 'disown' ? await disown(deployment, tools) : await setReplicas(deployment, replicas, tools);
      deployment = patched ?? (await cluster.apps.readNamespacedDeployment({ name, namespace }));
    }
  } catch (error) {
    if (!isStatus(error, 404)) throw apiError(error, 'patch deployments', cluster.server);
  }
}

function nextPatch(deployment: V1Deployment, replicas: number, first: V1Deployment): 'none' | 'disown' | 'scale' {
  if (deployment.spec?.replicas === replicas) return ownsIt(deployment) ? 'disown' : 'none';
  return deployment.metadata?.generation === first.metadata?.generation ? 'scale' : 'none';
}

function ownsIt({ metadata }: V1Deployment): boolean {
  return metadata?.managedFields?.some((field) => field.manager === FIELD_MANAGER) === true;
}

function setReplicas({ metadata }: V1Deployment, replicas: number, tools: ScaleTools): Promise<V1Deployment | null> {
  return patch(
    metadata,
    { metadata: { resourceVersion: metadata?.resourceVersion }, spec: { replicas } },
    { ...tools, fieldManager: FIELD_MANAGER },
  );
}

function disown({ metadata }: V1Deployment, tools: ScaleTools): Promise<V1Deployment | null> {
  const managedFields = metadata?.managedFields?.filter((field) => field.manager !== FIELD_MANAGER) ?? [];
  return patch(metadata, { metadata: { managedFields, resourceVersion: metadata?.resourceVersion } }, tools);
}

/** Null if it was changed in the meantime. */
async function patch(
  metadata: V1Deployment['metadata'],
  body: object,
  { cluster, namespace, fieldManager }: ScaleTools & { readonly fieldManager?: string },
): Promise<V1Deployment | null> {
  try {
    const request = { name: metadata?.name ?? '', namespace, body, ...(fieldManager ? { fieldManager } : {}) };
    return await cluster.apps.patchNamespacedDeployment(
      request,
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
  } catch (error) {
    if (isStatus(error, 409)) return null;
    throw error;
  }
}
