import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { UsableCollections } from '../../../src/milvus/usable-collections.js';
import { listen } from '../../support/listen.js';

let server: Server;
let answers: string[];
let port = 0;
beforeAll(async () => {
  server = createServer((_, response) => response.end(answers.shift() ?? '{"replicas": [1]}'));
  port = await listen(server);
});
afterAll(() => void server.close());

it('an answer with an error does not mean that no collection was loaded', async () => {
  const { signal } = new AbortController();
  const proxy = { dial: () => Promise.resolve(connect(port, '127.0.0.1')), signal };
  const collections = new UsableCollections();
  answers = ['{"status": {"error_code": 1, "reason": "query coordinator is not ready"}}'];
  await expect(collections.sendRequest(proxy)).rejects.toThrow('query coordinator is not ready');
  expect(collections.isKnown()).toBe(false);
  answers = ['{"status": {}, "collection_ids": [7], "inMemory_percentages": [100]}'];
  expect(await collections.sendRequest(proxy)).toEqual({ desired: 1, usable: 1 });
});
