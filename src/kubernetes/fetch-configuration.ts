// Gets the files of Milvus' configuration from the ConfigMap that its Deployments mount; what they say is read in read-configuration.ts.
import type { V1Deployment } from '@kubernetes/client-node';
import { apiError, type Cluster } from './cluster.js';
import { configMapOf } from './read-configuration.js';

/** The files by name; none where no Deployment mounts a configuration. */
export async function fetchConfiguration(cluster: Cluster, namespace: string, deployments: readonly V1Deployment[]): Promise<Readonly<Record<string, string>>> {
  const name = deployments.map(configMapOf).find((each) => each !== '');
  if (!name) return {};
  try {
    return (await cluster.core.readNamespacedConfigMap({ name, namespace })).data ?? {};
  } catch (error) {
    throw apiError(error, `get configmap ${name}`, cluster.server);
  }
}
