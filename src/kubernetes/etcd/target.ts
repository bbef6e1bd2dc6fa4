// Finds the pod and port behind a Service, as for a connection within the cluster.
import type { V1Pod, V1Service } from '@kubernetes/client-node';
import type { Cluster } from '../client/cluster.js';
import { apiError, isStatus } from '../client/api-error.js';
import { isServing } from '../../core/model/pod.js';
import { readPod } from '../observe/read-pod.js';
import type { Endpoint, Place } from './endpoint.js';
import { EtcdError, firstLine, NoServiceError } from '../../etcd/etcd-error.js';

export type Target =
  | { readonly kind: 'pod'; readonly namespace: string; readonly pod: string; readonly port: number }
  | { readonly kind: 'outside'; readonly host: string; readonly port: number };

type ServicePlace = Extract<Place, { kind: 'service' }>;

/** Throws EtcdError; NoServiceError if the name may mean something else. */
export async function findTarget(cluster: Cluster, place: Place, endpoint: Endpoint): Promise<Target> {
  const { host, port } = endpoint;
  if (place.kind === 'outside') return { kind: 'outside', host, port };
  if (place.kind === 'milvus')
    throw new EtcdError(`${host} is the Milvus pod itself, and no other process can connect to it`, { isFinal: true });
  const service = await readService(cluster, place);
  const { externalName, selector } = service.spec ?? {};
  if (externalName) return { kind: 'outside', host: externalName, port };
  if (!selector)
    throw new EtcdError(`the Service ${place.service} has no selector, so the pods behind it are unknown`, {
      isFinal: true,
    });
  const pod = choosePod(await listPods(cluster, place, selector), place);
  return { kind: 'pod', namespace: place.namespace, pod: pod.metadata?.name ?? '', port: portOf(service, pod, port) };
}

async function readService(cluster: Cluster, { service: name, namespace }: ServicePlace): Promise<V1Service> {
  try {
    return await cluster.core.readNamespacedService({ name, namespace });
  } catch (error) {
    if (isStatus(error, 404))
      throw new NoServiceError(`the Service ${name} does not exist in the namespace ${namespace}`, true);
    if (isStatus(error, 403)) throw new NoServiceError(denial('get', 'services', namespace), false);
    throw failed(error, 'get services', cluster);
  }
}

async function listPods(
  cluster: Cluster,
  { namespace }: ServicePlace,
  selector: Readonly<Record<string, string>>,
): Promise<readonly V1Pod[]> {
  const labelSelector = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  try {
    return (await cluster.core.listNamespacedPod({ namespace, labelSelector })).items;
  } catch (error) {
    if (isStatus(error, 403)) throw new EtcdError(denial('list', 'pods', namespace), { isFinal: true, cause: error });
    throw failed(error, 'list pods', cluster);
  }
}

function denial(verb: string, kind: string, namespace: string): string {
  return `${kind} of the namespace ${namespace} are denied to this login; grant \`${verb}\` on \`${kind}\` there (deploy/rbac/rolling.yaml)`;
}

function failed(error: unknown, verb: string, { server }: Cluster): EtcdError {
  return new EtcdError(firstLine((apiError(error, verb, server) as Error).message), { cause: error });
}

/** Any ready pod is suitable: each etcd member serves the whole cluster. */
function choosePod(pods: readonly V1Pod[], { service, pod: desired }: ServicePlace): V1Pod {
  const meant =
    desired === ''
      ? pods
      : pods.filter(({ metadata, spec }) => metadata?.name === desired || spec?.hostname === desired);
  const ready = meant.find((pod) => isServing(readPod(pod)));
  if (ready) return ready;
  const what =
    desired === '' ? `no pod behind the Service ${service}` : `no pod ${desired} behind the Service ${service}`;
  throw new EtcdError(`${what} is ready${meant.length === 0 ? ': none exists' : ''}`);
}

/** A headless Service uses the port as it is; any other Service maps it. */
function portOf({ spec, metadata }: V1Service, pod: V1Pod, port: number): number {
  if (spec?.clusterIP === 'None') return port;
  const entry = spec?.ports?.find((servicePort) => servicePort.port === port);
  if (!entry) throw new EtcdError(`the Service ${metadata?.name ?? ''} has no port ${port}`, { isFinal: true });
  const { targetPort = port } = entry;
  return typeof targetPort === 'number' ? targetPort : portNamed(targetPort, pod);
}

function portNamed(name: string, { spec, metadata }: V1Pod): number {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const found = containers
    .flatMap((container) => container.ports ?? [])
    .find((containerPort) => containerPort.name === name);
  if (!found) throw new EtcdError(`the pod ${metadata?.name ?? ''} has no port named ${name}`, { isFinal: true });
  return found.containerPort;
}
