// Watches the Milvus sessions in etcd from the plan of an upgrade on, only for the strategies that need them; and the
// other operations that are required in that etcd.
import type { V1Deployment } from '@kubernetes/client-node';
import type { EtcdHealth } from '../../core/checks/etcd-health.js';
import type { HelmConfig } from '../../core/config/config.js';
import { hostOf } from '../../core/migration/foreign-sessions.js';
import type { PlannedStrategy } from '../../core/model/step.js';
import type { Cluster } from '../client/cluster.js';
import { withSignal } from '../client/connect.js';
import type { TlsFile, ToolLogin } from '../migration/tool-config.js';
import { configMapOf } from '../observe/read-configuration.js';
import { readEtcdConfig, type EtcdConfig, type MountedFile } from './config.js';
import { openConnection } from './connection.js';
import { readEtcdLogin } from './credentials.js';
import { EtcdError } from '../../etcd/etcd-error.js';
import { SessionWatch, type Connection } from '../../etcd/session-watch.js';
import { readSessions } from '../../etcd/sessions.js';
import type { Sessions } from '../../core/model/shared-observation.js';
import type { HelmPlan } from '../../core/platforms/types.js';

export interface ReleaseSessionsOptions {
  readonly cluster: Cluster;
  readonly config: HelmConfig;
  readonly addSecret: (secret: string) => void;
  readonly signal: AbortSignal;
  readonly onChange: () => void;
}

/** The Milvus configuration, and a Deployment that uses it. */
export interface Told {
  readonly files: Readonly<Record<string, string>>;
  readonly deployments: readonly V1Deployment[];
}

const OBSERVING: ReadonlySet<PlannedStrategy> = new Set(['rolling', 'migrate', 'restore']);

export class ReleaseSessions {
  readonly #options: ReleaseSessionsOptions;
  #watch: SessionWatch | null = null;
  #etcd: EtcdConfig | null = null;
  constructor(options: ReleaseSessionsOptions) {
    this.#options = options;
  }

  /** Returns when the sessions are watched or cannot be watched. Never throws. */
  async startFor({ strategy }: HelmPlan, { files, deployments }: Told): Promise<void> {
    if (!OBSERVING.has(strategy)) return;
    const deployment = deployments.find((deployment) => configMapOf(deployment) !== '') ?? null;
    const etcd = (this.#etcd ??= withOptions(readEtcdConfig(files, deployment), this.#options.config));
    const open = (signal: AbortSignal): Promise<Connection> =>
      openConnection({ ...this.#access(signal), etcd, signal });
    this.#watch ??= new SessionWatch({ open, sessionPrefix: etcd.sessionPrefix, onChange: this.#options.onChange });
    await this.#watch.start();
  }

  /**
   * Undefined if the sessions were not requested. A broken watch returns no sessions: its last observation may be
   * outdated.
   */
  read(): Sessions | undefined {
    const observation = this.#watch?.isCurrent() ? this.#watch.sessions() : null;
    if (!this.#watch) return undefined;
    return observation === null ? { observation: null, why: this.#watch.why() } : { observation };
  }

  /** How the Milvus tools log in to the same etcd. Throws EtcdError that names what is missing. */
  async toolLogin(): Promise<ToolLogin> {
    const etcd = this.#known();
    const { user } = await readEtcdLogin({ ...this.#access(), etcd });
    const files = Object.entries({
      certificate: etcd.tls?.certificate,
      key: etcd.tls?.key,
      authority: etcd.tls?.authority,
    });
    const mounted = files.flatMap(([name, file]): [string, TlsFile][] => (file ? [[name, sourceOf(file)]] : []));
    return {
      endpoints: etcd.endpoints,
      user,
      tls: etcd.tls && { files: Object.fromEntries(mounted), minVersion: etcd.tls.minVersion },
    };
  }

  /** Throws EtcdError. */
  async health(): Promise<EtcdHealth> {
    const { client } = await openConnection({ ...this.#access(), etcd: this.#known(), signal: this.#options.signal });
    return client.health();
  }

  /** Revokes the leases of the sessions with these addresses; `prove` throws if the lock is lost. Throws EtcdError. */
  async revoke(addresses: readonly string[], prove: () => Promise<unknown>): Promise<void> {
    const etcd = this.#known();
    const { client, found } = await openConnection({ ...this.#access(), etcd, signal: this.#options.signal });
    const over = readSessions(found.pairs, etcd.sessionPrefix).filter((session) => addresses.includes(hostOf(session)));
    const leases = new Set(over.map((session) => found.pairs.find(({ key }) => key === session.key)?.lease ?? '0'));
    for (const lease of [...leases].filter((lease) => lease !== '0')) {
      await prove();
      await client.revoke(lease);
    }
  }

  stop(): void {
    this.#watch?.stop();
  }

  #known(): EtcdConfig {
    if (!this.#etcd) throw new EtcdError('no etcd has been located yet', { isFinal: true });
    return this.#etcd;
  }

  #access(signal = this.#options.signal): { cluster: Cluster; namespace: string; addSecret: (secret: string) => void } {
    const { cluster, config, addSecret } = this.#options;
    return { cluster: withSignal(cluster, signal), namespace: config.namespace, addSecret };
  }
}

function withOptions(etcd: EtcdConfig, { migration }: HelmConfig): EtcdConfig {
  const { rootPath, etcdEndpoints } = migration;
  const prefix = rootPath === null ? etcd.sessionPrefix : `${rootPath}/meta/session/`;
  return etcdEndpoints.length === 0
    ? { ...etcd, sessionPrefix: prefix }
    : { ...etcd, sessionPrefix: prefix, endpoints: etcdEndpoints, problem: '' };
}

function sourceOf({ path, setting, source }: MountedFile): TlsFile {
  if (source) return source;
  throw new EtcdError(
    `its file ${path} (${setting}) is not mounted into Milvus from a Secret or ConfigMap, so the migration tool cannot use it`,
    {
      isFinal: true,
    },
  );
}
