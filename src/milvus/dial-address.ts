// A direct connection from this machine to an address.
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { MilvusError } from './milvus-error.js';

const CONNECT_MILLISECONDS = 10_000;

export function dialAddress(
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      signal: AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MILLISECONDS)]),
    });
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'ABORT_ERR'
          ? `no connection within ${CONNECT_MILLISECONDS / 1000} s`
          : (error.code ?? error.message);
      reject(new MilvusError('unreachable', `this machine cannot connect to ${host}:${port}: ${why}`));
    });
  });
}
