// The script of the lock container runs on this machine: bash is real, and so is the server that it connects to.
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Docker } from '../../../../src/compose/docker/docker.js';
import { openTunnel } from '../../../../src/compose/docker/tunnel.js';
import { ANSWERS, DockerProgram } from '../../../support/docker-program.js';

/** As with the daemon, bash is not a child process that dies with the program: only its input ends. */
const EXEC = `${ANSWERS}
"exec --interactive")
  if [ "$3" != guard ]; then echo "Error response from daemon: No such container: $3" >&2; exit 1; fi
  shift 3; "$@" ;;`;

let fake: DockerProgram;
let docker: Docker;
let server: Server;
let tunnels: Duplex[];
beforeEach(async () => {
  fake = new DockerProgram().program('docker', EXEC);
  docker = await fake.find();
  server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  tunnels = [];
});
afterEach(() => {
  for (const tunnel of tunnels) tunnel.destroy();
  server.close();
  fake.remove();
});

const port = (): number => (server.address() as AddressInfo).port;

async function open(host = '127.0.0.1'): Promise<Duplex> {
  const tunnel = await openTunnel(docker, 'guard', host, port());
  tunnels.push(tunnel);
  return tunnel;
}

async function openBoth(): Promise<{ readonly near: Duplex; readonly far: Socket }> {
  const [[far], near] = (await Promise.all([once(server, 'connection'), open()])) as [[Socket], Duplex];
  far.on('error', () => undefined);
  return { near, far };
}

describe('a tunnel', () => {
  it('carries every byte in both directions', async () => {
    const { near, far } = await openBoth();
    const bytes = Buffer.from(Array.from({ length: 1 << 20 }, (_, at) => (at * 7 + (at >> 8)) % 256));
    far.pipe(far);
    near.write(bytes);
    const pieces: Buffer[] = [];
    for await (const piece of near as AsyncIterable<Buffer>) {
      pieces.push(piece);
      if (pieces.reduce((sum, piece) => sum + piece.length, 0) === bytes.length) break;
    }
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  });

  it('removes only its own line from the data that the server sends first', async () => {
    server.once('connection', (far) => far.end('\nhello\n'));
    expect(await text(await open())).toBe('\nhello\n');
  });

  it('carries HTTP', async () => {
    server.once('connection', (far) =>
      far.once('data', () => far.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfine!')),
    );
    const near = await open();
    const [response] = (await once(
      request({ createConnection: () => near, host: 'etcd', path: '/' }).end(),
      'response',
    )) as [IncomingMessage];
    expect(await text(response)).toBe('fine!');
  });

  it.each([
    ['the port is closed', '127.0.0.1', /^connect: Connection refused$/],
    ['the name does not exist', 'no-such-name.invalid', /^no-such-name\.invalid: /],
  ])('reports with the message of bash that %s', async (_, host, words) => {
    const closed = port();
    server.close();
    await expect(openTunnel(docker, 'guard', host, closed)).rejects.toThrow(words);
  });

  it('reports that the lock container no longer exists', async () => {
    await expect(openTunnel(docker, 'other', '127.0.0.1', port())).rejects.toThrow(
      'Error response from daemon: No such container: other',
    );
  });

  it('still receives the response after the client has sent all data', async () => {
    const { near, far } = await openBoth();
    near.end('question');
    await once(near, 'finish');
    await once(far, 'data');
    far.end('answer');
    expect(await text(near)).toBe('answer');
  });

  it('ends when the server closes the connection, although the client has sent nothing', async () => {
    const { near, far } = await openBoth();
    far.end();
    near.resume();
    await once(near, 'close');
  });

  it('reports why it was closed', async () => {
    const { near, far } = await openBoth();
    near.resume();
    const broken = once(near, 'error');
    far.resetAndDestroy();
    expect(String((await broken)[0])).toMatch(/the tunnel was closed: .*reset/i);
  });

  it('leaves no process in the lock container when it is destroyed, although the server sends nothing', async () => {
    const { near, far } = await openBoth();
    far.resume();
    const closed = once(near, 'close');
    near.destroy();
    // The connection ends only when bash and both of its child processes have closed it.
    await Promise.all([once(far, 'end'), closed]);
  });

  it('works concurrently with others', async () => {
    server.on('connection', (far) => far.once('data', (chunk) => far.end(chunk)));
    const echoed = Array.from({ length: 8 }, async (_, at) => {
      const near = await open();
      near.write(`number ${at}`);
      return text(near);
    });
    expect(await Promise.all(echoed)).toEqual(Array.from({ length: 8 }, (_, at) => `number ${at}`));
  });
});
