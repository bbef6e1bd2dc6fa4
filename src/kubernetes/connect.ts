// Makes the connection to a cluster. With login-config.ts, live-list.ts and lease.ts the only files that load the Kubernetes client, so that a run with bad inputs ends before it is loaded.
import { AppsV1Api, CoordinationV1Api, CoreV1Api } from '@kubernetes/client-node';
import type { Access, Cluster } from './cluster.js';
import { LoginConfig } from './login-config.js';
import { readServerVersion } from './server-version.js';

/** Makes the clients; asks nothing of the server yet. */
export function connect(access: Access): Cluster {
  const config = new LoginConfig(access);
  const server = config.getCurrentCluster()?.server ?? '';
  const [core, apps, coordination] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api), config.makeApiClient(CoordinationV1Api)];
  return { config, server, core, apps, coordination, serverVersion: '' };
}

/** Connects and asks the server who it is: a login that does not work ends here, within seconds, and not in the middle of a list. */
export async function openCluster(access: Access, signal: AbortSignal): Promise<Cluster> {
  const cluster = connect(access);
  return { ...cluster, serverVersion: await readServerVersion(cluster, signal) };
}
