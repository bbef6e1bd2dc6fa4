// Selects the API that this Milvus offers: the REST API v2 for clients, else the API of the management port, with gRPC
// for what that does not offer.
import type { Duplex } from 'node:stream';
import { AccessControlApi } from './access-control.js';
import type { MilvusApi } from './api.js';
import { MilvusGrpc } from './grpc.js';
import { openSocket } from '../etcd/open-socket.js';
import { MilvusHttp, tlsOptions, type Tls } from './http.js';
import { ManagementApi } from './management-api.js';
import { MilvusError, toMilvusError } from './milvus-error.js';
import { CLIENT_PORT, RestV2 } from './rest-v2.js';
import { DEFAULT_DATABASE } from '../core/data/inventory.js';
import { MANAGEMENT_PORT } from './usable-collections.js';

export interface MilvusAccess {
  /** Opens a connection to this port of a proxy. */
  readonly dial: (port: number) => Promise<Duplex>;
  /** Opens a connection to the port of the clients; null if it is reached with `dial`. */
  readonly dialClients: (() => Promise<Duplex>) | null;
  readonly tls: Tls | null;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** The caller closes the API. Throws MilvusError with the reason of each API. */
export async function openMilvusApi(access: MilvusAccess): Promise<MilvusApi> {
  const { dial, dialClients, tls, token, signal } = access;
  const clients = dialClients ?? ((): Promise<Duplex> => dial(CLIENT_PORT));
  const rest = new RestV2(new MilvusHttp({ dial: clients, port: CLIENT_PORT, tls, token, signal }));
  const first = await answers(rest);
  if (first === null) return rest;
  if (signal.aborted) throw first;
  // Another API must not hide that the given credentials are wrong.
  if (first.kind === 'credentials' && token !== '') throw first;
  const open = async (): Promise<Duplex> => openSocket(await clients(), tlsOptions(tls, ['h2']));
  const grpc = new MilvusGrpc({ open, token, signal });
  const http = new MilvusHttp({
    dial: () => dial(MANAGEMENT_PORT),
    port: MANAGEMENT_PORT,
    tls: null,
    token: '',
    signal,
  });
  const management = new ManagementApi(http, new AccessControlApi(grpc));
  const second = await answers(management);
  if (second === null) return management;
  // The missing credentials are what the user can correct.
  if (first.kind === 'credentials') throw first;
  throw new MilvusError(
    first.kind === 'unreachable' ? 'unreachable' : second.kind,
    `port ${CLIENT_PORT}: ${first.message}; port ${MANAGEMENT_PORT}: ${second.message}`,
  );
}

/** Null if it answers. Closes it otherwise. */
async function answers(api: MilvusApi): Promise<MilvusError | null> {
  try {
    await api.collections(DEFAULT_DATABASE);
    return null;
  } catch (error) {
    api.close();
    return toMilvusError(error);
  }
}
