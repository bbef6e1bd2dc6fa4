// Watches the Milvus sessions in etcd from the plan of an upgrade on, only for the strategies that need them; and the
// other operations that are required in that etcd.
import type { V1Deployment } from '@kubernetes/client-node';
import type { HelmConfig } from '../../core/config/config.js';
import type { PlannedStrategy } from '../../core/model/shared-plan.js';
import type { HelmPlan } from '../../core/helm/step.js';
import type { Cluster } from '../client/cluster.js';
import { withSignal } from '../client/connect.js';
import type { TlsFile, ToolLogin } from '../migration/tool-config.js';
import { configMapOf } from '../observe/read-configuration.js';
import { readEtcdConfig, type EtcdConfig, type MountedFile } from './config.js';
import { openConnection } from './connection.js';
import { readEtcdLogin } from './credentials.js';
import { EtcdError } from '../../etcd/etcd-error.js';
import type { Connection } from '../../etcd/connect.js';
import { SessionReader, type SessionReaderOptions } from '../../etcd/session-reader.js';

export interface ReleaseSessionsOptions extends SessionReaderOptions {
  readonly cluster: Cluster;
  readonly config: HelmConfig;
  readonly addSecret: (secret: string) => void;
}

/** The Milvus configuration, and a Deployment that uses it. */
export interface MilvusSource {
  readonly files: Readonly<Record<string, string>>;
  readonly deployments: readonly V1Deployment[];
}

const OBSERVING: ReadonlySet<PlannedStrategy> = new Set(['rolling', 'migrate', 'restore']);

export class ReleaseSessions extends SessionReader {
  readonly #options: ReleaseSessionsOptions;
  #etcd: EtcdConfig | null = null;
  constructor(options: ReleaseSessionsOptions) {
    super(options);
    this.#options = options;
  }

  /** Returns when the sessions are watched or cannot be watched. Never throws. */
  async startFor({ strategy }: HelmPlan, { files, deployments }: MilvusSource): Promise<void> {
    if (!OBSERVING.has(strategy)) return;
    const deployment = deployments.find((deployment) => configMapOf(deployment) !== '') ?? null;
    this.#etcd ??= withOptions(readEtcdConfig(files, deployment), this.#options.config);
    await this.startWatch();
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

  protected open(signal: AbortSignal): Promise<Connection> {
    return openConnection({ ...this.#access(signal), etcd: this.#known(), signal });
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
