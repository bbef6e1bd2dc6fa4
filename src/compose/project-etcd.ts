// The etcd of a project, reached from within its network: Milvus' sessions while an upgrade needs them, and what else is to be done there.
import type { EtcdHealth } from '../core/checks/etcd-health.js';
import type { Config } from '../core/goal.js';
import { hostOf } from '../core/migration/strangers.js';
import { DEFAULT_ROOT_PATH, endpointsOf } from '../core/milvus-configuration.js';
import type { Sessions } from '../core/observation.js';
import { valueAt, type Values } from '../core/values.js';
import { EtcdClient } from '../etcd/etcd-client.js';
import { EtcdError, toEtcdError } from '../etcd/etcd-error.js';
import { SessionWatch, type Connection } from '../etcd/session-watch.js';
import { readSessions } from '../etcd/sessions.js';
import type { Docker } from './docker.js';
import { openTunnel } from './tunnel.js';

export interface ProjectEtcdOptions {
  readonly docker: Docker;
  readonly config: Config;
  /** A running container with bash in the network of etcd; empty while there is none. */
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
  /** Why it cannot be reached; empty when it can. */
  readonly problem: string;
}

/** `settings` are what Milvus is told; inputs go before them. */
export function readEtcdAddress(settings: Values, { migration }: Pick<Config, 'migration'>): EtcdAddress {
  const text = (path: string): string => String(valueAt(settings, path) ?? '').trim();
  const isOn = (path: string): boolean => text(path).toLowerCase() === 'true';
  const rootPath = migration.rootPath ?? (text('etcd.rootPath') || DEFAULT_ROOT_PATH);
  const endpoints = migration.etcdEndpoints.length > 0 ? migration.etcdEndpoints : endpointsOf(valueAt(settings, 'etcd.endpoints'));
  return {
    endpoints: endpoints.map((each) => each.replace(/^\w+:\/\//, '')),
    rootPath,
    sessionPrefix: `${rootPath}/${text('etcd.metaSubPath') || 'meta'}/session/`,
    user: isOn('etcd.auth.enabled') ? { name: text('etcd.auth.userName'), password: text('etcd.auth.password') } : null,
    problem: problemOf(endpoints, isOn),
  };
}

function problemOf(endpoints: readonly string[], isOn: (path: string) => boolean): string {
  if (isOn('etcd.use.embed')) return 'it runs inside of Milvus (etcd.use.embed), where no other process reaches it';
  if (isOn('etcd.ssl.enabled')) return 'it wants TLS (etcd.ssl.enabled), which this action does not speak with a Docker Compose project';
  return endpoints.length === 0 ? 'the configuration of Milvus names no endpoint (etcd.endpoints)' : '';
}

export class ProjectEtcd {
  readonly #options: ProjectEtcdOptions;
  #address: EtcdAddress | null = null;
  #watch: SessionWatch | null = null;
  constructor(options: ProjectEtcdOptions) {
    this.#options = options;
  }

  /** What Milvus is told of it; what was known once is kept, since nothing tells it while Milvus is stopped. */
  learn(settings: Values): EtcdAddress {
    const address = readEtcdAddress(settings, this.#options.config);
    if (!this.#address || address.problem === '') this.#address = address;
    if (address.user) this.#options.addSecret(address.user.password);
    return this.#address;
  }

  /** Ends when the sessions are watched or cannot be. Never throws. */
  async startWatch(): Promise<void> {
    const { sessionPrefix } = this.#known();
    this.#watch ??= new SessionWatch({ open: (signal) => this.#open(signal), sessionPrefix, onChange: this.#options.onChange });
    await this.#watch.start();
  }

  /** Undefined where nobody asked for them. A watch that broke says nothing: what it saw last may be over. */
  sessions(): Sessions | undefined {
    const observation = this.#watch?.isCurrent() ? this.#watch.sessions() : null;
    if (!this.#watch) return undefined;
    return observation === null ? { observation: null, why: this.#watch.why() } : { observation };
  }

  /** Throws EtcdError. */
  async health(): Promise<EtcdHealth> {
    return (await this.#open(this.#options.signal)).client.health();
  }

  /** Ends the sessions whose addresses are among these, by their leases; `prove` throws where the lock is lost. Throws EtcdError. */
  async revoke(addresses: readonly string[], prove: () => Promise<unknown>): Promise<void> {
    const { client, found } = await this.#open(this.#options.signal);
    const over = readSessions(found.pairs, this.#known().sessionPrefix).filter((each) => addresses.includes(hostOf(each)));
    const leases = new Set(over.map((each) => found.pairs.find(({ key }) => key === each.key)?.lease ?? '0'));
    for (const lease of [...leases].filter((each) => each !== '0')) {
      await prove();
      await client.revoke(lease);
    }
  }

  /** The next watch begins anew. */
  stop(): void {
    this.#watch?.stop();
    this.#watch = null;
  }

  #known(): EtcdAddress {
    if (!this.#address) throw new EtcdError('etcd was not looked for yet', { isFinal: true });
    return this.#address;
  }

  /** The first endpoint that answers. Throws EtcdError that tells of each why. */
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

  /** An engine that is busy loses a connection now and then; a check must not say no for that. */
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
    if (through === '') throw new EtcdError('no container runs in the network of etcd');
    const client = new EtcdClient({ dial: () => openTunnel(docker, through, host, Number(port)), host, port: Number(port), tls: null, signal }, addSecret);
    if (user) await client.authenticate(user.name, user.password);
    return { endpoint, client, found: await client.range(sessionPrefix) };
  }
}
