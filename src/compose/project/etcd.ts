// Connects to the etcd of a project from inside its network: watches the sessions of Milvus while an upgrade needs
// them, reads health, and revokes leases.
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { ComposeConfig } from '../../core/config/config.js';
import type { ServiceObservation } from '../../core/compose/observation.js';
import { parseAddress } from '../../core/lib/address.js';
import { DEFAULT_ROOT_PATH, endpointsOf } from '../../core/model/milvus-configuration.js';
import { valueAt } from '../../core/lib/json.js';
import { optional } from '../../core/lib/optional.js';
import type { Values } from '../../core/model/values.js';
import { connectFirst, connectTo, type Connection, type Failure } from '../../etcd/connect.js';
import { EtcdError, toEtcdError } from '../../etcd/etcd-error.js';
import { ETCD_PORT } from '../../etcd/gateway.js';
import { SessionReader, type SessionReaderOptions } from '../../etcd/session-reader.js';
import { tlsVersionOf } from '../../etcd/tls-version.js';
import type { Docker } from '../docker/docker.js';
import { openTunnel } from '../docker/tunnel.js';
import { EtcdCertificates, type EtcdTls } from './etcd-certificates.js';

export interface ProjectEtcdOptions extends SessionReaderOptions {
  readonly docker: Docker;
  readonly config: ComposeConfig;
  /** A running container with bash in the network of etcd; empty if there is none. */
  readonly via: () => string;
  readonly addSecret: (secret: string) => void;
}

export interface EtcdAddress {
  readonly endpoints: readonly string[];
  readonly rootPath: string;
  readonly sessionPrefix: string;
  readonly user: { readonly name: string; readonly password: string } | null;
  readonly tls: EtcdTls | null;
  /** Why etcd cannot be reached; empty if it can. */
  readonly problem: string;
}

/** `settings` are the effective settings of Milvus; inputs take precedence over them. */
function readEtcdAddress(
  settings: Values,
  tls: EtcdTls | string | null,
  { migration }: Pick<ComposeConfig, 'migration'>,
): EtcdAddress {
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
    tls: typeof tls === 'string' ? null : tls,
    problem: problemOf(endpoints, isOn) || (typeof tls === 'string' ? tls : ''),
  };
}

function problemOf(endpoints: readonly string[], isOn: (path: string) => boolean): string {
  if (isOn('etcd.use.embed'))
    return 'it is embedded in Milvus (etcd.use.embed), where no other process can connect to it';
  return endpoints.length === 0 ? 'the configuration of Milvus has no endpoint (etcd.endpoints)' : '';
}

export class ProjectEtcd extends SessionReader {
  readonly #options: ProjectEtcdOptions;
  readonly #certificates: EtcdCertificates;
  #address: EtcdAddress | null = null;
  constructor(options: ProjectEtcdOptions) {
    super(options);
    this.#options = options;
    this.#certificates = new EtcdCertificates(options.docker);
  }

  /**
   * Reads the address from the settings of Milvus, with its certificates. A known address is kept, because the settings
   * cannot be read while Milvus is stopped.
   */
  async learn(settings: Values, services: readonly ServiceObservation[]): Promise<EtcdAddress> {
    const tls = await this.#certificates.read(settings, services);
    const address = readEtcdAddress(settings, tls, this.#options.config);
    if (!this.#address || address.problem === '') this.#address = address;
    for (const secret of [address.user?.password ?? '', address.tls?.files.key ?? ''].filter(Boolean))
      this.#options.addSecret(secret);
    return this.#address;
  }

  /** What `learn` has read. Throws EtcdError before. */
  address(): EtcdAddress {
    return this.#known();
  }

  #known(): EtcdAddress {
    if (!this.#address) throw new EtcdError('the address of etcd is not known yet', { isFinal: true });
    return this.#address;
  }

  protected async open(signal: AbortSignal): Promise<Connection> {
    const { endpoints, problem } = this.#known();
    if (problem !== '') throw new EtcdError(`etcd cannot be read: ${problem}`, { isFinal: true });
    return connectFirst(endpoints, (endpoint) => this.#tryTwice(endpoint, signal));
  }

  /** Retries once, because a busy engine sometimes drops a connection, and a check must not fail for that. */
  async #tryTwice(endpoint: string, signal: AbortSignal): Promise<Connection | Failure> {
    const first = await this.#tryEndpoint(endpoint, signal).catch(toEtcdError);
    if (!(first instanceof EtcdError)) return first;
    if (first.isFinal || signal.aborted) return { endpoint, errors: [first] };
    return this.#tryEndpoint(endpoint, signal).catch((error: unknown) => ({ endpoint, errors: [toEtcdError(error)] }));
  }

  async #tryEndpoint(endpoint: string, signal: AbortSignal): Promise<Connection> {
    const { docker, addSecret, via } = this.#options;
    const { user, sessionPrefix, tls } = this.#known();
    const { host, port } = addressOf(endpoint);
    const through = via();
    if (through === '') throw new EtcdError('no container is running in the network of etcd');
    const dial = (): Promise<Duplex> => openTunnel(docker, through, host, port);
    return connectTo(
      { endpoint, sessionPrefix },
      { dial, host, port, tls: tls && contextOf(tls), signal },
      { user, addSecret },
    );
  }
}

function contextOf({ files: { certificate, key, authority }, minVersion }: EtcdTls): SecureContextOptions {
  return {
    ...optional('cert', certificate ?? ''),
    ...optional('key', key ?? ''),
    ...optional('ca', authority ?? ''),
    ...(minVersion === '' ? {} : { minVersion: tlsVersionOf(minVersion) }),
  };
}

function addressOf(endpoint: string): { readonly host: string; readonly port: number } {
  const address = parseAddress(endpoint);
  if (!address) throw new EtcdError('it is not a valid address', { isFinal: true });
  return { host: address.host, port: address.port ?? ETCD_PORT };
}
