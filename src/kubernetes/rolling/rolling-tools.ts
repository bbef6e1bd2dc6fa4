// What the steps of a rolling upgrade work with.
import type { Cluster } from '../client/cluster.js';
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { Emit } from '../../core/model/event.js';
import type { HelmObservation } from '../../core/helm/observation.js';

export interface RollingTools {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly observation: HelmObservation;
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  readonly run: string;
  readonly revoke: (addresses: readonly string[]) => Promise<void>;
  /** The sessions at these addresses are not to be revoked again. */
  readonly sessionsHandled: (addresses: readonly string[]) => void;
  readonly emit: Emit;
}
