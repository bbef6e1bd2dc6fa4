// A connection to Milvus: a port-forward to a proxy that serves.
import type { Duplex } from 'node:stream';
import type { V1Pod } from '@kubernetes/client-node';
import { isServing } from '../core/model/pod.js';
import type { Cluster } from './client/cluster.js';
import { openForward } from './etcd/forward.js';
import { roleOf } from './observe/milvus-objects.js';
import { readPod } from './observe/read-pod.js';

/** The roles that clients connect to. */
const CLIENT_ROLES: ReadonlySet<string> = new Set(['proxy', 'standalone']);

export interface MilvusPlace {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly pods: readonly V1Pod[];
}

/** Throws if no proxy serves, or if the port-forward cannot be opened. */
export function dialProxy(
  { cluster, namespace, pods }: MilvusPlace,
  port: number,
  signal: AbortSignal,
): Promise<Duplex> {
  const pod = servingProxy(pods);
  if (pod === '') return Promise.reject(new Error('no pod that clients can connect to is ready'));
  return openForward(cluster.config.under(signal), { kind: 'pod', namespace, pod, port });
}

/** The name of a pod that clients can connect to; empty if none is ready. */
export function servingProxy(pods: readonly V1Pod[]): string {
  const serving = pods.find((pod) => CLIENT_ROLES.has(roleOf(pod.metadata?.labels)) && isServing(readPod(pod)));
  return serving?.metadata?.name ?? '';
}
