// The message for sessions that could not be revoked: they expire, so the run continues.
import { toEtcdError } from './etcd-error.js';

export function notRevoked(addresses: readonly string[], error: unknown): string {
  return `The sessions of terminated processes at ${addresses.join(', ')} could not be revoked and expire within a minute: ${toEtcdError(error).message}`;
}
