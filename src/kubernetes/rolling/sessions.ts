// Milvus' sessions in etcd while a roll needs them: watched from its plan on, and never for another kind of upgrade.
import type { V1Deployment } from '@kubernetes/client-node';
import type { Sessions } from '../../core/observation.js';
import type { Plan } from '../../core/steps.js';
import type { Cluster } from '../cluster.js';
import { readEtcdConfig } from '../etcd/config.js';
import { SessionWatch } from '../etcd/session-watch.js';
import { configMapOf } from '../read-configuration.js';

export interface RollSessionsOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly hide: (secret: string) => void;
  readonly onChange: () => void;
}

/** What Milvus is told, and a Deployment that is told it. */
export interface Told {
  readonly files: Readonly<Record<string, string>>;
  readonly deployments: readonly V1Deployment[];
}

export class RollSessions {
  readonly #options: RollSessionsOptions;
  #watch: SessionWatch | null = null;
  constructor(options: RollSessionsOptions) {
    this.#options = options;
  }

  /** Ends when the sessions are watched or cannot be. Never throws. */
  async startFor({ strategy }: Plan, { files, deployments }: Told): Promise<void> {
    if (strategy !== 'rolling') return;
    const deployment = deployments.find((each) => configMapOf(each) !== '') ?? null;
    this.#watch ??= new SessionWatch({ ...this.#options, etcd: readEtcdConfig(files, deployment) });
    await this.#watch.start();
  }

  /** Undefined where nobody asked for them. A watch that broke says nothing: what it saw last may be over. */
  read(): Sessions | undefined {
    const seen = this.#watch?.isCurrent() ? this.#watch.sessions() : null;
    if (!this.#watch) return undefined;
    return seen === null ? { seen: null, why: this.#watch.why() } : { seen };
  }

  stop(): void {
    this.#watch?.stop();
  }
}
