// Finds kubeconfigs on a machine in the order and by the rules of kubectl and Helm, so that all of them use the same
// cluster.
import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parseKubeconfig, type Kubeconfig, type Result } from '../core/config/kubeconfig.js';
import type { Values } from '../core/model/values.js';

/**
 * The directory of the service account token in a pod (kubernetes.io/docs/tasks/run-application/access-api-from-pod).
 */
export const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface FoundKubeconfigs {
  readonly paths: readonly string[];
  /** The problem with the environment; empty if there is none. */
  readonly missing: string;
}

/** The files of KUBECONFIG, of which at least one must exist; without KUBECONFIG `~/.kube/config`. */
export function findKubeconfigs(env: NodeJS.ProcessEnv): FoundKubeconfigs {
  const named = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  const there = named.filter((path) => existsSync(path));
  if (named.length > 0 && there.length === 0)
    return {
      paths: [],
      missing: `the environment variable KUBECONFIG names ${named.join(' and ')}, and no such file exists`,
    };
  if (there.length > 0) return { paths: there, missing: '' };
  const own = env.HOME ? join(env.HOME, '.kube', 'config') : '';
  return { paths: own !== '' && existsSync(own) ? [own] : [], missing: '' };
}

/** `why` continues a sentence that begins with the name of the file. */
export function readKubeconfig(path: string): Result<Kubeconfig> {
  try {
    return parseKubeconfig(readFileSync(path, 'utf8'), dirname(resolve(path)));
  } catch (error) {
    return { ok: false, why: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})` };
  }
}

/**
 * A kubeconfig for the service account of a pod; null outside of a pod. The token stays in its file, which Kubernetes
 * renews.
 */
export function serviceAccount(env: NodeJS.ProcessEnv, directory: string): Values | null {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  const tokenFile = join(directory, 'token');
  if (!host || !port || !existsSync(tokenFile)) return null;
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'in-cluster', cluster: { server, 'certificate-authority': join(directory, 'ca.crt') } }],
    users: [{ name: 'service-account', user: { tokenFile } }],
    contexts: [{ name: 'in-cluster', context: { cluster: 'in-cluster', user: 'service-account' } }],
    'current-context': 'in-cluster',
  };
}
