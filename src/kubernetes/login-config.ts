// The Kubernetes client's own view of a login: one cluster, one user, and credentials that are renewed when they expire or are not accepted.
import {
  createConfiguration,
  IsomorphicFetchHttpLibrary,
  KubeConfig,
  ServerConfiguration,
  wrapHttpLibrary,
  type ApiType,
  type Cluster as ClientCluster,
  type Configuration,
  type HttpLibrary,
  type RequestContext,
  type ResponseContext,
  type User,
} from '@kubernetes/client-node';
import { textOf, type Entry } from '../core/kubeconfig.js';
import { isTable } from '../core/values.js';
import type { Access } from './cluster.js';
import { changingCredentials, inFolder, type Credentials } from './credentials.js';
import { proxyFor } from './proxy.js';
import { fencedHttp, NO_LOCK, type WriteFence } from './write-fence.js';

export class LoginConfig extends KubeConfig {
  readonly credentials: Credentials | null;
  readonly http: HttpLibrary;
  /** Proves the lock before each request that changes something. */
  fence: WriteFence = NO_LOCK;

  constructor(access: Access) {
    super();
    const { context, cluster, user } = access.chosen;
    const known = clientUser(user);
    this.loadFromOptions({
      clusters: [clientCluster(cluster, access.env)],
      users: [known],
      contexts: [{ name: context, cluster: cluster.name, user: known.name }],
      currentContext: context,
    });
    this.credentials = changingCredentials(access);
    const plain = fencedHttp(new IsomorphicFetchHttpLibrary(), () => this.fence);
    this.http = wrapHttpLibrary({ send: (request) => this.#send(request, () => plain.send(request).toPromise()) });
    const { credentials } = this;
    if (!credentials) return;
    this.addAuthenticator({
      isAuthProvider: () => true,
      applyAuthentication: async (_user, options) => {
        const { token, certificate, key } = await credentials.current();
        if (token !== '') options.headers = { ...options.headers, Authorization: `Bearer ${token}` };
        if (certificate !== '') Object.assign(options, { cert: certificate, key });
      },
    });
  }

  override makeApiClient<T extends ApiType>(type: new (configuration: Configuration) => T): T {
    const baseServer = new ServerConfiguration(this.getCurrentCluster()?.server ?? '', {});
    return new type(createConfiguration({ baseServer, authMethods: { default: this }, httpApi: this.http }));
  }

  /** A token may be refused before its time; then one with fresh credentials is worth a try. */
  async #send(request: RequestContext, send: () => Promise<ResponseContext>): Promise<ResponseContext> {
    request.setHeaderParam('User-Agent', 'milvus-upgrade');
    const response = await send();
    if (response.httpStatusCode !== 401 || !this.credentials) return response;
    this.credentials.reject();
    await this.applySecurityAuthentication(request);
    return send();
  }
}

function clientCluster({ name, body, folder }: Entry, env: NodeJS.ProcessEnv): ClientCluster {
  const server = textOf(body.server).replace(/\/+$/, '');
  const proxy = textOf(body['proxy-url']) || proxyFor(server, env);
  const file = textOf(body['certificate-authority']);
  return {
    name,
    server,
    skipTLSVerify: body['insecure-skip-tls-verify'] === true,
    ...optional('caData', body['certificate-authority-data']),
    ...optional('caFile', body['certificate-authority-data'] || file === '' ? '' : inFolder(folder, file)),
    ...optional('tlsServerName', body['tls-server-name']),
    ...optional('proxyUrl', proxy),
  };
}

/** Data goes before a file of the same, as in kubectl; a token file before a token. */
function clientUser({ name, body, folder }: Entry): User {
  const file = (data: string, path: string): string => (body[data] || textOf(body[path]) === '' ? '' : inFolder(folder, textOf(body[path])));
  return {
    name: name || 'anonymous',
    ...optional('certData', body['client-certificate-data']),
    ...optional('certFile', file('client-certificate-data', 'client-certificate')),
    ...optional('keyData', body['client-key-data']),
    ...optional('keyFile', file('client-key-data', 'client-key')),
    ...optional('token', body.tokenFile ? '' : body.token),
    ...optional('username', body.username),
    ...optional('password', body.password),
    ...optional('impersonateUser', body.as),
    ...(isTable(body['auth-provider']) ? { authProvider: body['auth-provider'] } : {}),
  };
}

function optional<Key extends string>(key: Key, value: unknown): { [Each in Key]?: string } {
  const text = textOf(value);
  return (text === '' ? {} : { [key]: text }) as { [Each in Key]?: string };
}
