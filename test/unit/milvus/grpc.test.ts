import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MilvusGrpc } from '../../../src/milvus/grpc.js';
import { listen } from '../../support/listen.js';

const sessions = new Set<ServerHttp2Session>();
let server: Http2Server;
let port = 0;
beforeEach(async () => {
  server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.from([0, 0, 0, 0, 0]));
  });
  port = await listen(server as never);
});
afterEach(() => {
  for (const session of sessions) session.destroy();
  sessions.clear();
  server.close();
});

const open = (): Promise<Duplex> => Promise.resolve(connect(port, '127.0.0.1'));
const grpcOf = (dial: () => Promise<Duplex>): MilvusGrpc =>
  new MilvusGrpc({ open: dial, token: '', signal: new AbortController().signal });

describe('the gRPC connection to Milvus', () => {
  it('is opened again after it could not be opened', async () => {
    let tries = 0;
    const grpc = grpcOf(() => (++tries === 1 ? Promise.reject(new Error('refused')) : open()));
    await expect(grpc.call('A', new Uint8Array())).rejects.toThrow('refused');
    expect(await grpc.call('A', new Uint8Array())).toHaveLength(0);
    grpc.close();
  });

  it('is opened again after it was closed, and carries many calls without a warning', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', onWarning);
    const grpc = grpcOf(open);
    for (let each = 0; each < 15; each += 1) await grpc.call('A', new Uint8Array());
    for (const session of sessions) session.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await grpc.call('A', new Uint8Array())).toHaveLength(0);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
    grpc.close();
  });
});
