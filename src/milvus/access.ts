// The access to a Milvus that the inputs describe, over connections of the platform.
import type { Duplex } from 'node:stream';
import type { DataConfig } from '../core/config/data.js';
import { dialAddress } from './dial-address.js';
import type { MilvusAccess } from './open-api.js';

/** `dial` opens a connection to this port of a proxy. Every request ends with the signal. */
export function milvusAccess(
  { address, token, isTls, caCertificate }: DataConfig,
  dial: (port: number) => Promise<Duplex>,
  signal: AbortSignal,
): MilvusAccess {
  return {
    dial,
    dialClients: address && ((): Promise<Duplex> => dialAddress(address, signal)),
    tls: isTls ? { ca: caCertificate, host: address?.host ?? '' } : null,
    token: token.reveal(),
    signal,
  };
}
