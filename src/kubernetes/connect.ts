// Makes the connection to a cluster. With login-config.ts, live-list.ts and lease.ts the only files that load the Kubernetes client, so that a run with bad inputs ends before it is loaded.
import { AppsV1Api, CoordinationV1Api, CoreV1Api } from '@kubernetes/client-node';
import type { Emit } from '../core/events.js';
import { NO_LIMIT } from '../deadline.js';
import type { Access, Cluster } from './cluster.js';
import { LoginConfig } from './login-config.js';
import { readServerVersion } from './server-version.js';

export interface ConnectOptions {
  /** Ends every request of the cluster, for as long as it is used. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

const WITHOUT_RUN: ConnectOptions = { signal: NO_LIMIT, emit: () => undefined };

/** Makes the clients; asks nothing of the server yet. */
export function connect(access: Access, { signal, emit }: ConnectOptions = WITHOUT_RUN): Cluster {
  return clusterOf(new LoginConfig(access, { signal, onRetry: (message) => emit({ type: 'noted', message }) }));
}

/** The clients of a login. */
export function clusterOf(config: LoginConfig, serverVersion = ''): Cluster {
  const server = config.getCurrentCluster()?.server ?? '';
  const [core, apps, coordination] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api), config.makeApiClient(CoordinationV1Api)];
  return { config, server, core, apps, coordination, serverVersion };
}

/** The same cluster, whose every request ends with this signal, and with no other. */
export function withSignal({ config, serverVersion }: Cluster, signal: AbortSignal): Cluster {
  return clusterOf(config.under(signal), serverVersion);
}

/** Connects and asks the server who it is: a login that does not work ends here, within seconds, and not in the middle of a list. `opening` ends that, and nothing later. */
export async function openCluster(access: Access, options: ConnectOptions, opening: AbortSignal = options.signal): Promise<Cluster> {
  const cluster = connect(access, options);
  return { ...cluster, serverVersion: await readServerVersion(withSignal(cluster, opening)) };
}
