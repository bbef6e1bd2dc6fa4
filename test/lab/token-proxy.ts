// A proxy in front of the API server that accepts only recent tokens of the form `young-<milliseconds since 1970>`,
// like an API server with short-lived tokens. It ends every watch after a few seconds, so that the client has to
// reconnect with a new token.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { listen } from '../support/listen.js';

export interface TokenProxy {
  readonly address: string;
  /** Tokens that were accepted for a watch, and for anything else. */
  readonly watches: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
  readonly refused: () => number;
  /** From now on no token is accepted, except from helm if that is exempt. */
  expireAll(): void;
  close(): void;
}

export interface TokenProxyOptions {
  /** Has the key and the certificate that startWrongServers made. */
  readonly directory: string;
  readonly server: string;
  readonly token: string;
  readonly livesMilliseconds: number;
  readonly watchMilliseconds: number;
  /**
   * Accepts old tokens from helm, which reads a token file once a minute and does not retry a rejected request
   * (client-go transport/token_source.go, exec.go).
   */
  readonly sparesHelm: boolean;
}

export async function startTokenProxy({
  directory,
  server,
  token,
  livesMilliseconds,
  watchMilliseconds,
  sparesHelm,
}: TokenProxyOptions): Promise<TokenProxy> {
  const [watches, reads] = [new Set<string>(), new Set<string>()];
  let refused = 0;
  let isOver = false;
  const proxy = createServer(
    { key: readFileSync(join(directory, 'key.pem')), cert: readFileSync(join(directory, 'good.pem')) },
    (incoming, outgoing) => {
      const shown = /^Bearer (young-(\d+))$/.exec(incoming.headers.authorization ?? '');
      const isSpared = sparesHelm && incoming.headers['user-agent']?.startsWith('Helm') === true;
      if (!shown || (!isSpared && (isOver || Date.now() - Number(shown[2]) > livesMilliseconds))) {
        refused += 1;
        outgoing
          .writeHead(401, { 'content-type': 'application/json' })
          .end('{"kind":"Status","message":"Unauthorized","code":401}');
        return;
      }
      const isWatch = incoming.url?.includes('watch=true') === true;
      (isWatch ? watches : reads).add(shown[1] ?? '');
      const headers = { ...incoming.headers, authorization: `Bearer ${token}`, host: new URL(server).host };
      const upstream = request(
        `${server}${incoming.url ?? ''}`,
        { method: incoming.method, headers, rejectUnauthorized: false },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          // A watch without changes has no body for a long time, and the client waits for the headers.
          outgoing.flushHeaders();
          answer.pipe(outgoing);
        },
      );
      upstream.on('error', () => outgoing.destroy());
      incoming.pipe(upstream);
      outgoing.on('close', () => upstream.destroy());
      if (isWatch) setTimeout(() => outgoing.destroy(), watchMilliseconds);
    },
  );
  await listen(proxy);
  const expireAll = (): void => {
    isOver = true;
  };
  const close = (): void => {
    proxy.closeAllConnections();
    proxy.close();
  };
  return {
    address: `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    watches,
    reads,
    refused: () => refused,
    expireAll,
    close,
  };
}
