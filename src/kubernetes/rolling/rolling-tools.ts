// What the steps of a rolling upgrade work with.
import type { Cluster } from '../client/cluster.js';
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { RevokeSessionsStep } from '../../core/rolling/step.js';
import type { Emit } from '../../core/model/event.js';
import type { HelmObservation } from '../../core/helm/observation.js';

export interface RollingTools {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly observation: HelmObservation;
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  readonly run: string;
  readonly revokeSessions: (sessions: RevokeSessionsStep['sessions']) => Promise<void>;
  /** These sessions are not to be revoked again. */
  readonly sessionsHandled: (sessions: RevokeSessionsStep['sessions']) => void;
  readonly emit: Emit;
}
