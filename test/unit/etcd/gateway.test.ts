import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { sendRequest } from '../../../src/etcd/gateway.js';

describe('a request to etcd', () => {
  it('over a connection that has already failed is rejected with its reason', async () => {
    const closed = new PassThrough().on('error', () => undefined);
    closed.destroy(new Error('connection refused'));
    const options = {
      dial: () => Promise.resolve(closed),
      host: 'etcd',
      port: 2379,
      tls: null,
      signal: new AbortController().signal,
    };
    const request = { path: '/v3/kv/range', body: {}, token: '' };
    await expect(sendRequest(options, request)).rejects.toThrow('connection refused');
  });
});
