// The first request to a server: its version. Any login is allowed to read it, so a failure here is a problem of the
// login or of the connection.
import { getString, parseJsonRecord } from '../../core/lib/json.js';
import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import { UpgradeError } from '../../core/model/error.js';
import { loginRefused } from './api-error.js';
import type { Cluster } from './cluster.js';
import { connectionError } from './connection-error.js';
import { FIRST_CONTACT } from './transport/retry.js';

/**
 * Major and minor version, such as `1.33`; empty if the server does not return it to this user. Throws UpgradeError if
 * the login does not work.
 */
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
  const { major, minor } = parseJsonRecord(text);
  if (status === 401) throw loginRefused(`get the version of ${server}`);
  if (status === 403) return '';
  if (status === 200 && major !== undefined) return `${getString(major)}.${/^\d*/.exec(getString(minor))?.[0]}`;
  throw notKubernetes(text, status, server);
}

function notKubernetes(text: string, status: number, server: string): UpgradeError {
  const isPage = /^\s*<(!doctype|html)/i.test(text);
  const isPlain = /HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port/i.test(text);
  const kind = isPage ? 'a web page' : 'a response without a version';
  const busy = status === 429 || status >= 500;
  const why = isPlain
    ? 'the address begins with http://, but the server uses HTTPS'
    : `it answered ${status} with ${kind}`;
  const remedy = busy
    ? 'Check the server and any proxy in front of it, and run the action again.'
    : 'Correct the address of the server; `kubectl cluster-info` shows it.';
  return new UpgradeError({
    code: 'cluster-unreachable',
    what: `The server at ${server} is not ${busy ? 'ready' : 'a Kubernetes API server'}`,
    why,
    remedy,
  });
}
