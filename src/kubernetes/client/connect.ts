// Creates the connection to a cluster. Only this file, login-config.ts, live-list.ts and lease.ts load the Kubernetes
// client, so that a run with invalid inputs ends before it is loaded.
import { AppsV1Api, CoordinationV1Api, CoreV1Api } from '@kubernetes/client-node';
import type { Emit } from '../../core/model/event.js';
import { NO_LIMIT } from '../../run/deadline.js';
import type { Cluster } from './cluster.js';
import type { Access } from '../../core/config/access.js';
import { LoginConfig } from './login-config.js';
import { readServerVersion } from './server-version.js';

export interface ConnectOptions {
  /** Ends every request to the cluster. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

const WITHOUT_RUN: ConnectOptions = { signal: NO_LIMIT, emit: () => undefined };

/** Creates the clients; sends no request yet. */
export function connect(access: Access, { signal, emit }: ConnectOptions = WITHOUT_RUN): Cluster {
  return clusterOf(new LoginConfig(access, { signal, onRetry: (message) => emit({ type: 'noted', message }) }));
}

/** The clients for a login. */
export function clusterOf(config: LoginConfig, serverVersion = ''): Cluster {
  const server = config.getCurrentCluster()?.server ?? '';
  const [core, apps, coordination] = [
    config.makeApiClient(CoreV1Api),
    config.makeApiClient(AppsV1Api),
    config.makeApiClient(CoordinationV1Api),
  ];
  return { config, server, core, apps, coordination, serverVersion };
}

/** The same cluster, with requests that end with this signal only. */
export function withSignal({ config, serverVersion }: Cluster, signal: AbortSignal): Cluster {
  return clusterOf(config.under(signal), serverVersion);
}

/**
 * Connects and requests the server version, so that a login that does not work fails here, within seconds, and not in
 * the middle of a list. `opening` limits only this request.
 */
export async function openCluster(
  access: Access,
  options: ConnectOptions,
  opening: AbortSignal = options.signal,
): Promise<Cluster> {
  const cluster = connect(access, options);
  return { ...cluster, serverVersion: await readServerVersion(withSignal(cluster, opening)) };
}
