// Connects to the etcd of a project from inside its network: watches the sessions of Milvus while an upgrade needs
// them, reads health, and revokes leases.
import type { EtcdHealth } from '../../core/checks/etcd-health.js';
import type { ComposeConfig } from '../../core/config/config.js';
import { hostOf } from '../../core/migration/foreign-sessions.js';
import { DEFAULT_ROOT_PATH, endpointsOf } from '../../core/model/milvus-configuration.js';
import { valueAt, type Values } from '../../core/model/values.js';
import { EtcdClient } from '../../etcd/etcd-client.js';
import { EtcdError, toEtcdError } from '../../etcd/etcd-error.js';
import { SessionWatch, type Connection } from '../../etcd/session-watch.js';
import { readSessions } from '../../etcd/sessions.js';
import type { Docker } from '../docker/docker.js';
import { openTunnel } from '../docker/tunnel.js';
import type { Sessions } from '../../core/model/shared-observation.js';

export interface ProjectEtcdOptions {
  readonly docker: Docker;
  readonly config: ComposeConfig;
  /** A running container with bash in the network of etcd; empty if there is none. */
  readonly via: () => string;
  readonly addSecret: (secret: string) => void;
  readonly signal: AbortSignal;
  readonly onChange: () => void;
}

export interface EtcdAddress {
  readonly endpoints: readonly string[];
  readonly rootPath: string;
  readonly sessionPrefix: string;
  readonly user: { readonly name: string; readonly password: string } | null;
  /** Why etcd cannot be reached; empty if it can. */
  readonly problem: string;
}

/** `settings` are the effective settings of Milvus; inputs take precedence over them. */
export function readEtcdAddress(settings: Values, { migration }: Pick<ComposeConfig, 'migration'>): EtcdAddress {
  const text = (path: string): string => String(valueAt(settings, path) ?? '').trim();
  const isOn = (path: string): boolean => text(path).toLowerCase() === 'true';
  const rootPath = migration.rootPath ?? (text('etcd.rootPath') || DEFAULT_ROOT_PATH);
  const endpoints =
    migration.etcdEndpoints.length > 0 ? migration.etcdEndpoints : endpointsOf(valueAt(settings, 'etcd.endpoints'));
  return {
    endpoints: endpoints.map((endpoint) => endpoint.replace(/^\w+:\/\//, '')),
    rootPath,
    sessionPrefix: `${rootPath}/${text('etcd.metaSubPath') || 'meta'}/session/`,
    user: isOn('etcd.auth.enabled') ? { name: text('etcd.auth.userName'), password: text('etcd.auth.password') } : null,
    problem: problemOf(endpoints, isOn),
  };
}

function problemOf(endpoints: readonly string[], isOn: (path: string) => boolean): string {
  if (isOn('etcd.use.embed'))
    return 'it is embedded in Milvus (etcd.use.embed), where no other process can connect to it';
  if (isOn('etcd.ssl.enabled'))
    return 'it requires TLS (etcd.ssl.enabled), which this action does not support for Docker Compose projects';
  return endpoints.length === 0 ? 'the configuration of Milvus has no endpoint (etcd.endpoints)' : '';
}

export class ProjectEtcd {
  readonly #options: ProjectEtcdOptions;
  #address: EtcdAddress | null = null;
  #watch: SessionWatch | null = null;
  constructor(options: ProjectEtcdOptions) {
    this.#options = options;
  }

  /**
   * Reads the address from the settings of Milvus. A known address is kept, because the settings cannot be read while
   * Milvus is stopped.
   */
  learn(settings: Values): EtcdAddress {
    const address = readEtcdAddress(settings, this.#options.config);
    if (!this.#address || address.problem === '') this.#address = address;
    if (address.user) this.#options.addSecret(address.user.password);
    return this.#address;
  }

  /** Resolves when the sessions are watched or cannot be. Never throws. */
  async startWatch(): Promise<void> {
    const { sessionPrefix } = this.#known();
    this.#watch ??= new SessionWatch({
      open: (signal) => this.#open(signal),
      sessionPrefix,
      onChange: this.#options.onChange,
    });
    await this.#watch.start();
  }

  /**
   * Undefined if no watch was started. While the watch is broken the sessions are unknown: the last observed ones may
   * have expired.
   */
  sessions(): Sessions | undefined {
    const observation = this.#watch?.isCurrent() ? this.#watch.sessions() : null;
    if (!this.#watch) return undefined;
    return observation === null ? { observation: null, why: this.#watch.why() } : { observation };
  }

  /** Throws EtcdError. */
  async health(): Promise<EtcdHealth> {
    return (await this.#open(this.#options.signal)).client.health();
  }

  /** Revokes the leases of the sessions with these addresses. `prove` throws if the lock is lost. Throws EtcdError. */
  async revoke(addresses: readonly string[], prove: () => Promise<unknown>): Promise<void> {
    const { client, found } = await this.#open(this.#options.signal);
    const over = readSessions(found.pairs, this.#known().sessionPrefix).filter((session) =>
      addresses.includes(hostOf(session)),
    );
    const leases = new Set(over.map((session) => found.pairs.find(({ key }) => key === session.key)?.lease ?? '0'));
    for (const lease of [...leases].filter((id) => id !== '0')) {
      await prove();
      await client.revoke(lease);
    }
  }

  /** Stops the watch. `startWatch` starts a new one. */
  stop(): void {
    this.#watch?.stop();
    this.#watch = null;
  }

  #known(): EtcdAddress {
    if (!this.#address) throw new EtcdError('the address of etcd is not known yet', { isFinal: true });
    return this.#address;
  }

  /** Connects to the first endpoint that responds. Throws EtcdError with the reason for each endpoint. */
  async #open(signal: AbortSignal): Promise<Connection> {
    const { endpoints, problem } = this.#known();
    if (problem !== '') throw new EtcdError(`etcd cannot be read: ${problem}`, { isFinal: true });
    const failures: string[] = [];
    for (const endpoint of endpoints) {
      const opened = await this.#tryTwice(endpoint, signal);
      if (!(opened instanceof EtcdError)) return opened;
      failures.push(`etcd ${endpoint} cannot be read: ${opened.message}`);
    }
    throw new EtcdError(failures.join('. '));
  }

  /** Retries once, because a busy engine sometimes drops a connection, and a check must not fail for that. */
  async #tryTwice(endpoint: string, signal: AbortSignal): Promise<Connection | EtcdError> {
    const first = await this.#tryEndpoint(endpoint, signal).catch(toEtcdError);
    if (!(first instanceof EtcdError) || first.isFinal || signal.aborted) return first;
    return this.#tryEndpoint(endpoint, signal).catch(toEtcdError);
  }

  async #tryEndpoint(endpoint: string, signal: AbortSignal): Promise<Connection> {
    const { docker, addSecret, via } = this.#options;
    const { user, sessionPrefix } = this.#known();
    const [, host = '', port = '2379'] = /^(.+?)(?::(\d+))?$/.exec(endpoint) ?? [];
    const through = via();
    if (through === '') throw new EtcdError('no container is running in the network of etcd');
    const client = new EtcdClient(
      { dial: () => openTunnel(docker, through, host, Number(port)), host, port: Number(port), tls: null, signal },
      addSecret,
    );
    if (user) await client.authenticate(user.name, user.password);
    return { endpoint, client, found: await client.range(sessionPrefix) };
  }
}
