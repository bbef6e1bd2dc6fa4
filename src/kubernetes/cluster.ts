// The connection to a cluster. With live-list.ts and lease.ts the only files that load the Kubernetes client, so that a run with bad inputs ends before it is loaded.
import { existsSync } from 'node:fs';
import { ApiException, AppsV1Api, CoordinationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { causeOfError } from '../core/causes.js';
import { UpgradeError } from '../core/errors.js';

export interface Cluster {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly coordination: CoordinationV1Api;
  readonly server: string;
}

/** How to reach the cluster, for us and for Helm alike: the path of a kubeconfig, or null for what the environment offers. */
export interface Access {
  readonly kubeconfig: string | null;
  readonly context: string | null;
  readonly insecure: boolean;
}

/** Opens a kubeconfig (a path, else KUBECONFIG or ~/.kube/config, else the pod's service account) and makes the clients; asks nothing of the server yet. */
export function connect({ kubeconfig, context }: Access): Cluster {
  const config = load(kubeconfig);
  if (context !== null) chooseContext(config, context);
  const server = config.getCurrentCluster()?.server;
  // What the client falls back to when it finds nothing at all.
  if (!server || server === 'http://localhost:8080') throw noKubeconfig('no cluster is configured: no kubeconfig, no KUBECONFIG, no service account');
  const [core, apps, coordination] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api), config.makeApiClient(CoordinationV1Api)];
  return { config, server, core, apps, coordination };
}

function load(kubeconfig: string | null): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig !== null && !existsSync(kubeconfig)) throw noKubeconfig(`there is no file "${kubeconfig}"`);
  try {
    if (kubeconfig !== null) config.loadFromFile(kubeconfig);
    else config.loadFromDefault();
    return config;
  } catch (error) {
    throw noKubeconfig(error instanceof Error ? error.message.split('\n', 1).join('') : String(error));
  }
}

function chooseContext(config: KubeConfig, context: string): void {
  const known = config.getContexts().map((each) => each.name);
  if (!known.includes(context)) {
    throw new UpgradeError({
      code: 'input-invalid',
      what: `context is "${context}"`,
      why: `the kubeconfig has ${known.length > 0 ? `only ${known.join(', ')}` : 'no contexts'}`,
      remedy: 'Write one of these, or leave context out.',
    });
  }
  config.setCurrentContext(context);
}

function noKubeconfig(why: string): UpgradeError {
  return new UpgradeError({
    code: 'cluster-unreachable',
    what: 'No kubeconfig could be used',
    why,
    remedy: 'Set the input kubeconfig to the path of one, or the environment variable KUBECONFIG.',
  });
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof ApiException && error.code === status;
}

/** Turns an error of the API into one that says whose it is. `verb` reads like "list deployments". */
export function apiError(error: unknown, verb: string, server: string): unknown {
  if (error instanceof UpgradeError) return error;
  const code = error instanceof ApiException ? error.code : (error as { statusCode?: number }).statusCode;
  if (code === 401 || code === 403) return accessDenied(error, verb, code);
  const cause = (error as { cause?: { code?: string } }).cause;
  const why = code ? `the server answered ${code}: ${messageOf(error)}` : `${(error as Error).message}${cause?.code ? ` (${cause.code})` : ''}`;
  return new UpgradeError(
    {
      code: 'cluster-unreachable',
      what: `Cannot ${verb} at ${server}`,
      why,
      remedy: 'Check that the runner reaches the API server. Run the action again: it goes on from what it finds.',
    },
    { cause: error },
  );
}

function accessDenied(error: unknown, verb: string, code: 401 | 403): UpgradeError {
  const why = code === 401 ? 'the credentials are not valid, or no longer' : messageOf(error) || 'this user may not';
  const remedy = `Give the user of this kubeconfig the right to ${verb} in the namespace.`;
  const causes = code === 403 ? [causeOfError('RBAC_DENIED', `may not ${verb}: ${why}`, new Date().toISOString())] : [];
  return new UpgradeError({ code: 'access-denied', what: `Cannot ${verb}`, why, remedy, causes }, { cause: error });
}

function messageOf(error: unknown): string {
  if (!(error instanceof ApiException)) return (error as Error).message;
  const body: unknown = typeof error.body === 'string' ? parse(error.body) : error.body;
  return (body as { message?: string } | null)?.message ?? '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
