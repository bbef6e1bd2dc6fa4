// What the steps of a rolling upgrade work with.
import type { Cluster } from '../client/cluster.js';
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { HelmObservation } from '../../core/helm/observation.js';

export interface RollingTools {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly observation: HelmObservation;
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  readonly run: string;
}
