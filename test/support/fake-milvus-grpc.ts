// The gRPC service of the Milvus in memory, for databases, roles and grants. It shares the port of the clients with
// HTTP/1, as in Milvus: the first bytes of a connection decide.
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import type { Server } from 'node:http';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { protoBytes, protoText } from '../../src/core/lib/protobuf.js';
import type { FakeMilvusState } from './fake-milvus.js';

const PREFACE = 'PRI';

/** HTTP/2 cannot read bytes that were put back into a socket. */
function withFirst(socket: Socket, first: Buffer): Duplex {
  const stream = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
    destroy: (error, done) => (socket.destroy(), done(error)),
  });
  stream.push(first);
  socket.on('data', (chunk) => stream.push(chunk));
  socket.on('close', () => stream.push(null));
  socket.on('error', () => stream.destroy());
  return stream;
}

/** `seen` receives the method of each call. */
export function clientPort(http: Server, state: FakeMilvusState, seen: (method: string) => void): NetServer {
  const grpc = createHttp2Server();
  grpc.on('stream', (stream, headers) => {
    const method = String(headers[':path']).split('/').at(-1) ?? '';
    seen(method);
    const token = Buffer.from(headers.authorization ?? '', 'base64').toString('utf8');
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => answer(stream, state, { method, token, message: Buffer.concat(chunks).subarray(5) }));
  });
  return createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (first: Buffer) => {
      socket.pause();
      if (first.toString('latin1').startsWith(PREFACE)) {
        grpc.emit('connection', withFirst(socket, first));
      } else {
        socket.unshift(first);
        http.emit('connection', socket);
        socket.resume();
      }
    });
  });
}

interface Call {
  readonly method: string;
  readonly token: string;
  readonly message: Uint8Array;
}

function answer(stream: ServerHttp2Stream, state: FakeMilvusState, call: Call): void {
  const trailers = (status: string, text = ''): void => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status, 'grpc-message': text }));
  };
  const found = state.offers.includes('grpc') ? METHODS[call.method]?.(state, call.message) : undefined;
  if (!found) {
    trailers('12');
    stream.end();
  } else if (state.token !== '' && call.token !== state.token) {
    trailers('2', 'auth check failure');
    stream.end();
  } else {
    trailers('0');
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(found.length, 1);
    stream.end(Buffer.concat([prefix, found]));
  }
}

const named = (name: string): Uint8Array => protoBytes(1, name);

const METHODS: Readonly<Record<string, (state: FakeMilvusState, message: Uint8Array) => Uint8Array>> = {
  ListDatabases: ({ databases }) => Buffer.concat(databases.map((name) => protoBytes(2, name))),
  SelectRole: ({ roles }) => Buffer.concat(Object.keys(roles).map((role) => protoBytes(2, protoBytes(1, named(role))))),
  SelectUser: ({ users }, message) => {
    const user = protoText(message, 2, 1);
    const roles = (users[user] ?? []).map((role) => protoBytes(2, named(role)));
    return protoBytes(2, Buffer.concat([protoBytes(1, named(user)), ...roles]));
  },
  SelectGrant: ({ roles }, message) => {
    const role = protoText(message, 2, 1, 1);
    const grants = (roles[role] ?? []).map(({ objectType, objectName, privilege }) =>
      Buffer.concat([
        protoBytes(1, named(role)),
        protoBytes(2, named(objectType)),
        protoBytes(3, objectName),
        protoBytes(4, protoBytes(2, named(privilege))),
        protoBytes(5, 'default'),
      ]),
    );
    return Buffer.concat(grants.map((grant) => protoBytes(2, grant)));
  },
};
