// Deletes the Secrets of a migration: they may contain the etcd password, and each Job gets its own again.
import type { Cluster } from '../client/cluster.js';
import { apiError, isStatus } from '../client/api-error.js';
import { selectorOf } from './names.js';

export interface LeftoverTools {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly config: { readonly release: string };
}

/** Found by their label, so that Secrets whose Job was never created are included. */
export async function removeSecrets({ cluster, namespace, config }: LeftoverTools): Promise<void> {
  try {
    const { items } = await cluster.core.listNamespacedSecret({ namespace, labelSelector: selectorOf(config.release) });
    for (const { metadata } of items) await removeSecret(metadata?.name ?? '', metadata?.uid, { cluster, namespace });
  } catch (error) {
    throw apiError(error, 'delete secrets', cluster.server);
  }
}

async function removeSecret(
  name: string,
  uid: string | undefined,
  { cluster, namespace }: Pick<LeftoverTools, 'cluster' | 'namespace'>,
): Promise<void> {
  try {
    await cluster.core.deleteNamespacedSecret({ name, namespace, body: uid ? { preconditions: { uid } } : {} });
  } catch (error) {
    if (!isStatus(error, 404) && !isStatus(error, 409)) throw error;
  }
}
