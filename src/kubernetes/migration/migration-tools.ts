// What the steps of a metadata migration work with.
import type { Cluster } from '../client/cluster.js';
import type { HelmConfig } from '../../core/config/config.js';
import type { V1Deployment, V1Job, V1ConfigMap, V1Pod } from '@kubernetes/client-node';
import type { ToolLogin } from './tool-config.js';
import type { Emit } from '../../core/model/event.js';
import type { HelmObservation } from '../../core/helm/observation.js';

export interface MigrationTools {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly config: HelmConfig;
  readonly run: string;
  readonly observation: HelmObservation;
  readonly deployments: readonly V1Deployment[];
  readonly migration: {
    readonly jobs: readonly V1Job[];
    readonly journal: V1ConfigMap | null;
    readonly keeper: V1Pod | null;
  };
  readonly login: () => Promise<ToolLogin>;
  /** Ends the sessions of these addresses, and returns their number. */
  readonly revoke: (addresses: readonly string[]) => Promise<void>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}
