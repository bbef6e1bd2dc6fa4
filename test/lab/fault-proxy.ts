// An HTTPS proxy in front of the API server that disturbs the n-th request of the action with one of five faults.
// Requests of Helm and kubectl are forwarded.
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request } from 'node:https';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { listen } from '../support/listen.js';

/**
 * `fail` and `freeze` do not reach the API server; `reset` and `truncate` do, so that the outcome is unknown to the
 * client.
 */
export type RequestFault = 'fail' | 'delay' | 'truncate' | 'reset' | 'freeze';

export const REQUEST_FAULTS: readonly RequestFault[] = ['fail', 'delay', 'truncate', 'reset', 'freeze'];

const DELAY_MILLISECONDS = 3000;
const UNAVAILABLE = JSON.stringify({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message: 'etcdserver: leader changed',
  code: 503,
});

export interface FaultProxyOptions {
  /** Has the key and the certificate that startWrongServers made. */
  readonly directory: string;
  readonly server: string;
  readonly token: string;
  readonly fault: RequestFault;
  /** The number of the disturbed request, counted from 1; 0 for none. */
  readonly nth: number;
}

export interface FaultProxy {
  readonly address: string;
  /** `METHOD path` of every request of the action until now, in order; dry runs end with ` (dry run)`. */
  readonly requests: readonly string[];
  close(): void;
}

export async function startFaultProxy({
  directory,
  server,
  token,
  fault,
  nth,
}: FaultProxyOptions): Promise<FaultProxy> {
  const requests: string[] = [];
  const forward = (incoming: IncomingMessage, outgoing: ServerResponse, disturbance: RequestFault | null): void => {
    const headers = { ...incoming.headers, authorization: `Bearer ${token}`, host: new URL(server).host };
    const upstream = request(
      `${server}${incoming.url ?? ''}`,
      { method: incoming.method, headers, rejectUnauthorized: false },
      (answer) => {
        if (disturbance === 'reset') outgoing.destroy();
        else if (disturbance === 'truncate') void truncate(answer, outgoing);
        else {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          outgoing.flushHeaders();
          answer.pipe(outgoing);
        }
      },
    );
    upstream.on('error', () => outgoing.destroy());
    // A port-forward fails at once, as on the simulated cluster itself.
    upstream.on('upgrade', (_, socket) => {
      socket.destroy();
      outgoing.destroy();
    });
    incoming.pipe(upstream);
    outgoing.on('close', () => upstream.destroy());
  };
  const proxy = createServer(
    { key: readFileSync(join(directory, 'key.pem')), cert: readFileSync(join(directory, 'good.pem')) },
    (incoming, outgoing) => {
      if (!incoming.headers['user-agent']?.startsWith('milvus-upgrade')) return forward(incoming, outgoing, null);
      const [path = '', query = ''] = (incoming.url ?? '').split('?', 2);
      requests.push(`${incoming.method ?? ''} ${path}${query.includes('dryRun=All') ? ' (dry run)' : ''}`);
      const disturbance = requests.length === nth ? fault : null;
      if (disturbance === 'fail') outgoing.writeHead(503, { 'content-type': 'application/json' }).end(UNAVAILABLE);
      else if (disturbance === 'delay') setTimeout(() => forward(incoming, outgoing, null), DELAY_MILLISECONDS);
      else if (disturbance !== 'freeze') forward(incoming, outgoing, disturbance);
    },
  );
  const port = await listen(proxy);
  const close = (): void => {
    proxy.closeAllConnections();
    proxy.close();
  };
  return { address: `https://127.0.0.1:${port}`, requests, close };
}

/** Sends half of the body, and closes the connection. */
async function truncate(answer: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  // The body of a watch does not end: the connection is closed after its headers.
  const isStream = answer.headers['content-length'] === undefined && answer.headers['transfer-encoding'] === 'chunked';
  const body = isStream ? Buffer.alloc(0) : await buffer(answer);
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  outgoing.flushHeaders();
  outgoing.write(body.subarray(0, body.length / 2), () => outgoing.destroy());
}
