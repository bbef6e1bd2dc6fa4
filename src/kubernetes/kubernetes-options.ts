// What the Kubernetes platform is given by the run that opens it.
import type { Emit } from '../core/events.js';
import type { Config } from '../core/goal.js';
import type { Cluster } from './cluster.js';
import type { Helm } from './helm.js';

export interface KubernetesOptions {
  readonly config: Config;
  readonly emit: Emit;
  readonly cluster: Cluster;
  readonly helm: Helm;
  /** Names this run in the lock and on the release; letters, digits, `.`, `_`, `-`. */
  readonly run: string;
  readonly valuesDirectory: string;
  /** Keeps a secret that is met on the way out of every text. */
  readonly addSecret: (secret: string) => void;
  /** Hides the secrets that are known from a text. */
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
}
