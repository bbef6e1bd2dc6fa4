// Gets the configuration files of Milvus from the ConfigMap that its Deployments mount; the ConfigMap is found in
// read-configuration.ts.
import type { V1Deployment } from '@kubernetes/client-node';
import type { Cluster } from '../client/cluster.js';
import { apiError } from '../client/api-error.js';
import { configMapOf } from './read-configuration.js';

/** The files by name; none if no Deployment mounts a configuration. */
export async function fetchConfiguration(
  cluster: Cluster,
  namespace: string,
  deployments: readonly V1Deployment[],
): Promise<Readonly<Record<string, string>>> {
  const name = deployments.map(configMapOf).find((configMap) => configMap !== '');
  if (!name) return {};
  try {
    return (await cluster.core.readNamespacedConfigMap({ name, namespace })).data ?? {};
  } catch (error) {
    throw apiError(error, `get configmap ${name}`, cluster.server);
  }
}
