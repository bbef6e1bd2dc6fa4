// A direct connection from this machine to an address.
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { limited } from '../etcd/limited.js';
import { MilvusError } from './milvus-error.js';

const CONNECT_MILLISECONDS = 10_000;

export function dialAddress(
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<Duplex> {
  return limited(
    { milliseconds: CONNECT_MILLISECONDS, signal },
    (hold) =>
      new Promise<Duplex>((resolve, reject) => {
        const socket = connect({ host, port });
        hold(socket);
        socket.once('connect', () => resolve(socket));
        socket.once('error', reject);
      }),
  ).catch((error: NodeJS.ErrnoException) => {
    throw new MilvusError(
      'unreachable',
      `this machine cannot connect to ${host}:${port}: ${error.code ?? error.message}`,
    );
  });
}
