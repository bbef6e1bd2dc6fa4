// Binds the server of a test to a free port, and rejects if that fails.
import type { AddressInfo, Server } from 'node:net';

/** Resolves with the port. */
export function listen(server: Server, { port = 0, host = '127.0.0.1' } = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
