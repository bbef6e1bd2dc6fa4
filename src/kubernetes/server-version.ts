// Which Kubernetes the server is: one request, for the choice of kubectl.
import { VersionApi } from '@kubernetes/client-node';
import { apiError, type Cluster } from './cluster.js';

/** Major and minor version such as `1.33`. Servers of some clouds write the minor as `33+`. */
export async function readServerVersion({ config, server }: Cluster): Promise<string> {
  try {
    const { major, minor } = await config.makeApiClient(VersionApi).getCode();
    return `${major}.${minor.replace(/\D.*$/, '')}`;
  } catch (error) {
    throw apiError(error, 'read the version of the server', server);
  }
}
