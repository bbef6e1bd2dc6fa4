// Access to a cluster: the resolved login, for this program and for Helm. A type only.
import type { ChosenContext } from './kubeconfig.js';

export interface Access {
  /** The path of a kubeconfig, or null for what the environment provides. */
  readonly kubeconfig: string | null;
  readonly context: string | null;
  readonly insecure: boolean;
  /** The selected context of that kubeconfig, read once. */
  readonly chosen: ChosenContext;
  /** Masks a secret that is found during the run, such as a renewed token, in every text. */
  readonly addSecret: (secret: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
}
