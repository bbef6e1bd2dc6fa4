// The connection to a cluster, as the rest of the platform knows it. How it is made is in connect.ts, what its errors mean in api-error.ts.
import type { AppsV1Api, CoordinationV1Api, CoreV1Api } from '@kubernetes/client-node';
import type { ChosenContext } from '../core/kubeconfig.js';
import type { LoginConfig } from './login-config.js';

export { apiError, isStatus } from './api-error.js';
export { connect, openCluster, withSignal } from './connect.js';
export { readServerVersion } from './server-version.js';

export interface Cluster {
  readonly config: LoginConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly coordination: CoordinationV1Api;
  readonly server: string;
  /** Major and minor, such as `1.33`; empty until the server was asked, or where it does not tell. */
  readonly serverVersion: string;
}

/** How to reach the cluster, for us and for Helm alike. */
export interface Access {
  /** The path of a kubeconfig, or null for what the environment offers. */
  readonly kubeconfig: string | null;
  readonly context: string | null;
  readonly insecure: boolean;
  /** What that kubeconfig and that context come to, read once. */
  readonly chosen: ChosenContext;
  /** Keeps a secret that is met on the way, such as a fresh token, out of every text. */
  readonly hide: (secret: string) => void;
  readonly env: NodeJS.ProcessEnv;
}
