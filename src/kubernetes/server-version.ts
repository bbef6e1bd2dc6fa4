// The first question to a server: its version. Any login may ask it, so that what goes wrong here is wrong with the login or with the way to the server.
import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import { UpgradeError } from '../core/errors.js';
import { loginRefused } from './api-error.js';
import type { Cluster } from './cluster.js';
import { connectionError } from './connection-error.js';
import { FIRST_CONTACT } from './transport/retry.js';

/** Major and minor version, such as `1.33`; empty when the server does not tell it to this user. Throws UpgradeError when the login does not work. */
export async function readServerVersion(cluster: Cluster): Promise<string> {
  if (cluster.serverVersion !== '') return cluster.serverVersion;
  const { config, server } = cluster;
  try {
    const request = new RequestContext(`${server}/version`, HttpMethod.GET);
    await config.applySecurityAuthentication(request);
    const { httpStatusCode, body } = await config.transport.send(request, FIRST_CONTACT);
    return versionIn(await body.text(), httpStatusCode, server);
  } catch (error) {
    if (error instanceof UpgradeError) throw error;
    throw await connectionError(error, config.getCurrentCluster());
  }
}

function versionIn(text: string, status: number, server: string): string {
  const answer = parse(text);
  if (status === 401) throw loginRefused(`ask ${server} for its version`);
  if (status === 403) return '';
  if (status === 200 && answer?.major !== undefined) return `${answer.major}.${/^\d*/.exec(String(answer.minor))?.[0]}`;
  throw notKubernetes(text, status, server);
}

function notKubernetes(text: string, status: number, server: string): UpgradeError {
  const isPage = /^\s*<(!doctype|html)/i.test(text);
  const isPlain = /HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port/i.test(text);
  const kind = isPage ? 'a web page' : 'something else than its version';
  const busy = status === 429 || status >= 500;
  const why = isPlain ? 'the address begins with http://, and the server speaks https:// there' : `it answered ${status} and ${kind}`;
  const remedy = busy
    ? 'Look at the server, or at what stands before it, and run the action again.'
    : 'Correct the address of the server: it is the one that `kubectl cluster-info` shows.';
  return new UpgradeError({
    code: 'cluster-unreachable',
    what: `What answers at ${server} is ${busy ? 'not ready' : 'no Kubernetes API server'}`,
    why,
    remedy,
  });
}

function parse(text: string): { readonly major?: string; readonly minor?: string } | null {
  try {
    return JSON.parse(text) as { major?: string; minor?: string } | null;
  } catch {
    return null;
  }
}
