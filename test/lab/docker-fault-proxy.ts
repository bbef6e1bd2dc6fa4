// A Unix socket in front of the Docker daemon that disturbs the n-th connection: the docker CLI opens one or two for
// each command.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `fail` answers with status 500; `reset` forwards the request and closes the connection before the response; `freeze`
 * never answers.
 */
export type ConnectionFault = 'fail' | 'reset' | 'freeze';

export const CONNECTION_FAULTS: readonly ConnectionFault[] = ['fail', 'reset', 'freeze'];

const DAEMON = '/var/run/docker.sock';
const BODY = JSON.stringify({ message: 'daemon is broken' });
const FAILED = `HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`;

export interface DockerFaultProxy {
  /** The value for `docker-host`. */
  readonly address: string;
  readonly connections: () => number;
  close(): void;
}

export async function startDockerFaultProxy(fault: ConnectionFault, nth: number): Promise<DockerFaultProxy> {
  const directory = mkdtempSync(join(tmpdir(), 'docker-'));
  const path = join(directory, 'docker.sock');
  const sockets = new Set<Socket>();
  let connections = 0;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    keep(client);
    connections += 1;
    const isDisturbed = connections === nth;
    if (isDisturbed && fault === 'freeze') return;
    if (isDisturbed && fault === 'fail') return void client.once('data', () => client.end(FAILED));
    const daemon = connect({ path: DAEMON, allowHalfOpen: true });
    keep(daemon);
    client.pipe(daemon).on('close', () => client.destroy());
    if (isDisturbed) daemon.once('data', () => client.destroy());
    else daemon.pipe(client);
    client.on('close', () => daemon.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { address: `unix://${path}`, connections: () => connections, close };
}
