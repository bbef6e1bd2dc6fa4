// Servers with which every login fails, on free ports of this machine, and their certificates.
import { readFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { listen } from '../support/listen.js';
import { makeCertificates } from './certificates.js';

export interface WrongServers {
  /** A port without a listener. */
  readonly closed: number;
  /** Accepts a connection and never answers. */
  readonly silent: number;
  /** Serves a web page with http://. */
  readonly plain: number;
  /** The same with https://, with a certificate of the CA of the test. */
  readonly page: number;
  /** Answers 404 in JSON to everything. */
  readonly lost: number;
  /** Answers 503. */
  readonly busy: number;
  /** A server with a certificate for another name. */
  readonly otherName: number;
  /** A server with an expired certificate. */
  readonly expired: number;
  /** The CA of all certificates, as PEM. */
  readonly authority: string;
  close(): void;
}

export async function startWrongServers(directory: string): Promise<WrongServers> {
  const servers: Server[] = [];
  const start = (server: Server): Promise<number> => {
    servers.push(server);
    return listen(server);
  };
  makeCertificates(directory, [
    { name: 'good', names: 'IP:127.0.0.1' },
    { name: 'other', names: 'DNS:other.example.com' },
    { name: 'expired', names: 'IP:127.0.0.1', days: -1 },
  ]);
  const tls = (name: string) => ({
    key: readFileSync(join(directory, 'key.pem')),
    cert: readFileSync(join(directory, `${name}.pem`)),
  });
  const page = '<!DOCTYPE html><html><body>Welcome, please log in</body></html>';
  const answering = (status: number, text: string) =>
    createHttps(tls('good'), (_request, response) => void response.writeHead(status).end(text));
  const unused = createServer();
  const closed = await start(unused);
  const found = {
    closed,
    silent: await start(createServer()),
    plain: await start(createHttp((_request, response) => void response.end(page))),
    page: await start(answering(200, page)),
    lost: await start(answering(404, '{"message":"no such route"}')),
    busy: await start(answering(503, 'upstream connect error')),
    otherName: await start(createHttps(tls('other'))),
    expired: await start(createHttps(tls('expired'))),
  };
  await new Promise((resolve) => unused.close(resolve));
  return {
    ...found,
    authority: readFileSync(join(directory, 'authority.pem'), 'utf8'),
    close: () => {
      for (const server of servers) server.close();
    },
  };
}
