// The options of the Kubernetes platform, from the run that opens it.
import type { Emit } from '../core/model/event.js';
import type { HelmConfig } from '../core/config/config.js';
import type { Cluster } from './client/cluster.js';
import type { Helm } from './helm/helm.js';

export interface KubernetesOptions {
  readonly config: HelmConfig;
  readonly emit: Emit;
  readonly cluster: Cluster;
  readonly helm: Helm;
  /** Names this run in the lock and on the release; letters, digits, `.`, `_`, `-`. */
  readonly run: string;
  readonly valuesDirectory: string;
  /** Masks a newly found secret in all output. */
  readonly addSecret: (secret: string) => void;
  /** Masks the known secrets in a text. */
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
}
