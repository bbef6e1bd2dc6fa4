// A login for the Kubernetes client: one cluster, one user, and credentials that are renewed when they expire or are
// rejected.
import {
  createConfiguration,
  KubeConfig,
  ServerConfiguration,
  wrapHttpLibrary,
  type ApiType,
  type Cluster as ClientCluster,
  type Configuration,
  type HttpLibrary,
  type RequestContext,
  type User,
} from '@kubernetes/client-node';
import { interruptible } from '../../run/deadline.js';
import type { Entry } from '../../core/config/kubeconfig.js';
import { optional } from '../../core/lib/optional.js';
import { getString, isRecord } from '../../core/lib/json.js';
import type { Access } from '../../core/config/access.js';
import { changingCredentials, inDirectory, type Credentials } from './credentials.js';
import { proxyFor } from './proxy.js';
import { withoutEnd } from '../../core/lib/text-scan.js';
import { NO_LOCK, type WriteFence } from '../lock/write-fence.js';
import type { Patience } from './transport/retry.js';
import { Transport } from './transport/transport.js';

export interface LoginOptions {
  /** Ends every request, also one that waits for an exec plugin. */
  readonly signal: AbortSignal;
  readonly onRetry: (message: string) => void;
  readonly patience?: Patience;
  /**
   * Proves the lock before each request that changes something; shared by all signals under which the login is used.
   */
  readonly fence?: { current: WriteFence };
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export class LoginConfig extends KubeConfig {
  readonly credentials: Credentials | null;
  readonly http: HttpLibrary;
  readonly transport: Transport;
  readonly #fence: { current: WriteFence };
  readonly #access: Access;
  readonly #options: LoginOptions;

  /** `shared` are the credentials of a login that was read before. */
  constructor(access: Access, options: LoginOptions, shared?: Credentials | null) {
    super();
    this.#access = access;
    this.#options = options;
    const { context, cluster, user } = access.chosen;
    const known = clientUser(user);
    this.loadFromOptions({
      clusters: [clientCluster(cluster, access.env)],
      users: [known],
      contexts: [{ name: context, cluster: cluster.name, user: known.name }],
      currentContext: context,
    });
    this.credentials = shared === undefined ? changingCredentials(access, options.signal) : shared;
    this.#fence = options.fence ?? { current: NO_LOCK };
    const transport = new Transport({
      ...options,
      fence: () => this.#fence.current,
      renew: (request) => this.#renew(request),
    });
    this.transport = transport;
    this.http = wrapHttpLibrary({
      send: (request) => {
        request.setHeaderParam('User-Agent', 'milvus-upgrade');
        return transport.send(request);
      },
    });
    const { credentials } = this;
    if (!credentials) return;
    this.addAuthenticator({
      isAuthProvider: () => true,
      applyAuthentication: async (_user, request) => {
        const { token, certificate, key } = await interruptible(credentials.current(), { signal: options.signal });
        if (token !== '') request.headers = { ...request.headers, Authorization: `Bearer ${token}` };
        if (certificate !== '') Object.assign(request, { cert: certificate, key });
      },
    });
  }

  override makeApiClient<T extends ApiType>(type: new (configuration: Configuration) => T): T {
    const baseServer = new ServerConfiguration(this.getCurrentCluster()?.server ?? '', {});
    return new type(createConfiguration({ baseServer, authMethods: { default: this }, httpApi: this.http }));
  }

  /** The same login; its requests end with this signal. */
  under(signal: AbortSignal): LoginConfig {
    return new LoginConfig(this.#access, { ...this.#options, fence: this.#fence, signal }, this.credentials);
  }

  /** From now on, this decides whether requests that change something may be sent. */
  set fence(fence: WriteFence) {
    this.#fence.current = fence;
  }

  /** A token can be rejected before it expires; then one retry with fresh credentials is useful. */
  async #renew(request: RequestContext): Promise<boolean> {
    if (!this.credentials) return false;
    this.credentials.reject();
    await this.applySecurityAuthentication(request);
    return true;
  }
}

function clientCluster({ name, body, directory }: Entry, env: NodeJS.ProcessEnv): ClientCluster {
  const server = withoutEnd(getString(body.server), '/');
  const proxy = getString(body['proxy-url']) || proxyFor(server, env);
  const file = getString(body['certificate-authority']);
  return {
    name,
    server,
    skipTLSVerify: body['insecure-skip-tls-verify'] === true,
    ...optional('caData', getString(body['certificate-authority-data'])),
    ...optional('caFile', body['certificate-authority-data'] || file === '' ? '' : inDirectory(directory, file)),
    ...optional('tlsServerName', getString(body['tls-server-name'])),
    ...optional('proxyUrl', proxy),
  };
}

/** Inline data takes precedence over a file, as in kubectl; a token file takes precedence over a token. */
function clientUser({ name, body, directory }: Entry): User {
  const file = (data: string, path: string): string =>
    body[data] || getString(body[path]) === '' ? '' : inDirectory(directory, getString(body[path]));
  return {
    name: name || 'anonymous',
    ...optional('certData', getString(body['client-certificate-data'])),
    ...optional('certFile', file('client-certificate-data', 'client-certificate')),
    ...optional('keyData', getString(body['client-key-data'])),
    ...optional('keyFile', file('client-key-data', 'client-key')),
    ...optional('token', getString(body.tokenFile ? '' : body.token)),
    ...optional('username', getString(body.username)),
    ...optional('password', getString(body.password)),
    ...optional('impersonateUser', getString(body.as)),
    ...(isRecord(body['auth-provider']) ? { authProvider: body['auth-provider'] } : {}),
  };
}
