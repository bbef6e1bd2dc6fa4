// The connection to a cluster, as the rest of the platform uses it. It is made in connect.ts; its errors are mapped in
// api-error.ts.
import type { AppsV1Api, CoordinationV1Api, CoreV1Api } from '@kubernetes/client-node';
import type { LoginConfig } from './login-config.js';

export interface Cluster {
  readonly config: LoginConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly coordination: CoordinationV1Api;
  readonly server: string;
  /**
   * Major and minor version, such as `1.33`; empty before the first request for it, or if the server does not return
   * it.
   */
  readonly serverVersion: string;
}
