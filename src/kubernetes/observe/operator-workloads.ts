// The workloads of a Milvus that the Milvus operator manages, for reading only. They have the standard labels of
// Kubernetes instead of the label `component` of the chart (zilliztech/milvus-operator pkg/controllers/labels.go).
import type { V1Deployment, V1ObjectMeta, V1Pod } from '@kubernetes/client-node';
import { apiError } from '../client/api-error.js';
import type { Cluster } from '../client/cluster.js';
import { fetchConfiguration } from './fetch-configuration.js';
import { readWorkloads, type Workloads } from './read-workloads.js';

const COMPONENT_LABEL = 'app.kubernetes.io/component';

export async function readOperatorWorkloads(cluster: Cluster, namespace: string, name: string): Promise<Workloads> {
  const { apps, core } = cluster;
  const query = {
    namespace,
    labelSelector: `app.kubernetes.io/instance=${name},app.kubernetes.io/name=milvus,${COMPONENT_LABEL}`,
  };
  try {
    const [deployments, pods] = await Promise.all([
      apps.listNamespacedDeployment(query),
      core.listNamespacedPod(query),
    ]);
    const current = currentOf(deployments.items.map(withComponent));
    const configuration = await fetchConfiguration(cluster, namespace, current);
    return readWorkloads(name, { deployments: current, pods: pods.items.map(withComponent), configuration });
  } catch (error) {
    throw apiError(error, 'list deployments and pods', cluster.server);
  }
}

function withComponent<Item extends V1Deployment | V1Pod>(item: Item): Item {
  return { ...item, metadata: withLabel(item.metadata) };
}

function withLabel(metadata: V1ObjectMeta | undefined): V1ObjectMeta {
  const { labels = {} } = metadata ?? {};
  return { ...metadata, labels: { ...labels, component: labels[COMPONENT_LABEL] ?? '' } };
}

/**
 * The operator alternates between two Deployments of a component; the one that is not in use has 0 replicas and an
 * older image (zilliztech/milvus-operator pkg/controllers/deploy_ctrl.go).
 */
function currentOf(deployments: readonly V1Deployment[]): V1Deployment[] {
  const role = ({ metadata }: V1Deployment): string => metadata?.labels?.component ?? '';
  const inUse = new Set(deployments.filter(({ spec }) => spec?.replicas !== 0).map(role));
  return deployments.filter((deployment) => deployment.spec?.replicas !== 0 || !inUse.has(role(deployment)));
}
