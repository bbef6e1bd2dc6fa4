// The first question to a server: its version. Any login may ask it, so that what goes wrong here is wrong with the login or with the way to the server.
import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import { UpgradeError } from '../core/errors.js';
import { loginRefused } from './api-error.js';
import type { Cluster } from './cluster.js';
import { connectionError } from './connection-error.js';

/** A connection has 10 s to come about in the client; the answer of a server that is there takes milliseconds. */
const ANSWER_MILLISECONDS = 15_000;
/** Waits before the same question again, where the server or the way to it is only busy. */
const RETRIES_MILLISECONDS = [1000, 2000];
const TRANSIENT_CODES: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EAI_AGAIN', 'EPIPE']);

/** Major and minor version, such as `1.33`; empty when the server does not tell it to this user. Throws UpgradeError when the login does not work. */
export async function readServerVersion(cluster: Cluster, signal?: AbortSignal): Promise<string> {
  if (cluster.serverVersion !== '') return cluster.serverVersion;
  for (let tries = 0; ; tries += 1) {
    const answer = await ask(cluster, signal);
    const wait = RETRIES_MILLISECONDS[tries];
    if (!answer.mayHeal || wait === undefined) return answer.version();
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

interface Answer {
  readonly mayHeal: boolean;
  readonly version: () => string | Promise<string>;
}

async function ask(cluster: Cluster, signal?: AbortSignal): Promise<Answer> {
  const { config, server } = cluster;
  const timeout = AbortSignal.timeout(ANSWER_MILLISECONDS);
  try {
    const request = new RequestContext(`${server}/version`, HttpMethod.GET);
    await config.applySecurityAuthentication(request);
    request.setSignal(signal ? AbortSignal.any([signal, timeout]) : timeout);
    const { httpStatusCode, body } = await config.http.send(request).toPromise();
    const text = await body.text();
    return { mayHeal: httpStatusCode === 429 || httpStatusCode >= 500, version: () => versionIn(text, httpStatusCode, server) };
  } catch (error) {
    if (error instanceof UpgradeError) throw error;
    const failed = async (): Promise<never> => {
      throw signal?.aborted ? cancelled(error) : await connectionError(error, config.getCurrentCluster());
    };
    return { mayHeal: !signal?.aborted && TRANSIENT_CODES.has((error as { cause?: { code?: unknown } }).cause?.code), version: failed };
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

function cancelled(cause: unknown): UpgradeError {
  const problem = { code: 'cancelled', what: 'The run was cancelled', why: 'it was still connecting to the cluster', remedy: 'Nothing was changed.' } as const;
  return new UpgradeError(problem, { cause });
}

function parse(text: string): { readonly major?: string; readonly minor?: string } | null {
  try {
    return JSON.parse(text) as { major?: string; minor?: string } | null;
  } catch {
    return null;
  }
}
