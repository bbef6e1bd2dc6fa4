// Prepares a connection that a platform has opened for requests, with TLS if the server uses it.
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** Throws the reason of a connection that is already closed: a request on it would wait until its time limit. */
export function openSocket(plain: Duplex, tls: ConnectionOptions | null): Duplex {
  // An error can occur before a listener is attached, or after it is removed.
  plain.on('error', () => undefined);
  if (plain.destroyed) throw plain.errored ?? new Error('the connection was closed');
  if (!tls) return plain;
  const secure = connectTls({ ...tls, socket: plain });
  secure.on('error', () => undefined);
  secure.once('close', () => plain.destroy());
  plain.once('error', (error) => secure.destroy(error));
  return secure;
}
