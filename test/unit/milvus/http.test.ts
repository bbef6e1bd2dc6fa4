import { Duplex } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { MilvusHttp } from '../../../src/milvus/http.js';

/** A connection that never delivers anything, as a port-forward to a port on which nothing listens. */
class SilentStream extends Duplex {
  constructor() {
    super();
    this.on('error', () => undefined);
  }
  override _read(): void {
    // Nothing arrives.
  }
  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    done();
  }
}

const NOBODY_LISTENS = 'connection refused';

/** What each connection is like when the platform returns it. */
const ENDS: readonly (readonly [string, (stream: Duplex) => Promise<void> | void])[] = [
  ['has just failed', (stream) => void stream.destroy(new Error(NOBODY_LISTENS))],
  [
    'failed earlier',
    (stream) => {
      stream.destroy(new Error(NOBODY_LISTENS));
      return new Promise(setImmediate);
    },
  ],
  ['fails while it is returned', (stream) => process.nextTick(() => stream.destroy(new Error(NOBODY_LISTENS)))],
  ['fails later', (stream) => void setImmediate(() => stream.destroy(new Error(NOBODY_LISTENS)))],
];

function httpOver(open: () => Promise<Duplex>, signal = new AbortController().signal): MilvusHttp {
  return new MilvusHttp({ dial: open, port: 19530, tls: null, token: '', signal });
}

const REQUEST = { method: 'POST', path: '/', body: '{}' } as const;

describe('a request to Milvus over a connection that', () => {
  it.each(ENDS)('%s is rejected with the reason of the connection', async (_, end) => {
    const http = httpOver(async () => {
      const stream = new SilentStream();
      await end(stream);
      return stream;
    });
    await expect(http.send(REQUEST)).rejects.toThrow(NOBODY_LISTENS);
    http.close();
  });

  it('never answers ends when the run is cancelled', async () => {
    const cancel = new AbortController();
    const http = httpOver(() => Promise.resolve(new SilentStream()), cancel.signal);
    const answer = http.send(REQUEST);
    setImmediate(() => cancel.abort());
    await expect(answer).rejects.toThrow('the request was cancelled');
    http.close();
  });

  it('is never opened ends when the run is cancelled', async () => {
    const cancel = new AbortController();
    const http = httpOver(() => new Promise(() => undefined), cancel.signal);
    const answer = http.send(REQUEST);
    setImmediate(() => cancel.abort());
    await expect(answer).rejects.toThrow('the request was cancelled');
    http.close();
  });
});
