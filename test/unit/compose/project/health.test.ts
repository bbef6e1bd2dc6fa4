// The health of Milvus containers, requested with the script that runs in the network of the project.
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addressOf, requestHealth, evaluateAnswer } from '../../../../src/compose/project/health.js';
import type { ContainerObservation } from '../../../../src/core/compose/containers.js';
import { containerObservation } from '../../../support/containers.js';
import { ANSWERS, DockerProgram } from '../../../support/docker-program.js';
import { listen } from '../../../support/listen.js';

let fake: DockerProgram;
let servers: Server[] = [];
/** The first server uses a free port, the others use the same port at their own addresses. */
let port = 0;
beforeEach(() => {
  fake = new DockerProgram().program('docker', `${ANSWERS}\n"exec guard") shift 2; exec "$@" ;;`);
});
afterEach(async () => {
  fake.remove();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  servers = [];
  port = 0;
});

/** Loopback addresses on which nothing else listens. */
const at = (number: number, said: Partial<ContainerObservation> = {}): ContainerObservation =>
  containerObservation({ id: `c${number}`, networks: { milvus: `127.0.91.${number}` }, ...said });

async function serve(number: number, status: number, body: string): Promise<void> {
  const server = createServer((_, answer) => answer.writeHead(status).end(body));
  servers.push(server);
  port = await listen(server, { port, host: `127.0.91.${number}` });
}

describe('the health request', () => {
  it('reports which containers are healthy, which are not and why, and which do not listen yet', async () => {
    await serve(1, 200, 'OK');
    await serve(2, 500, 'component querynode state is Abnormal');
    expect(await requestHealth(await fake.find(), 'guard', [at(1), at(2), at(3)], port)).toEqual({
      c1: { state: 'ok', reason: '' },
      c2: { state: 'not-yet', reason: expect.stringContaining('component querynode state is Abnormal') },
      c3: { state: 'not-yet', reason: 'its port is not open' },
    });
  });

  it('reports no container as healthy if the request fails', async () => {
    expect(await requestHealth(await fake.find(), 'nobody', [at(1)])).toEqual({
      c1: { state: 'not-yet', reason: 'no response' },
    });
  });

  it('sends no request to containers that are not running or have no address', async () => {
    expect(
      await requestHealth(await fake.find(), 'guard', [
        at(1, { state: 'exited' }),
        at(2, { networks: { milvus: '' } }),
      ]),
    ).toEqual({});
    expect(fake.calls.filter((call) => call.startsWith('docker exec'))).toEqual([]);
  });
});

describe('the response of a container', () => {
  it.each([
    ['HTTP/1.1 200 OK | OK', 'ok', ''],
    ['HTTP/1.0 200 OK | {"state":"OK"}', 'ok', ''],
    ['HTTP/1.1 500 Internal Server Error | not ready', 'not-yet', 'HTTP/1.1 500 Internal Server Error | not ready'],
    ['HTTP/1.1 404 Not Found | ', 'not-yet', 'HTTP/1.1 404 Not Found |'],
    ['refused', 'not-yet', 'its port is not open'],
    ['', 'not-yet', 'no response'],
    [' | ', 'not-yet', '|'],
    [undefined, 'not-yet', 'no response'],
  ])('is evaluated: %j', (line, state, reason) => {
    expect(evaluateAnswer(line)).toEqual({ state, reason });
  });

  it('comes from its first address', () => {
    expect(addressOf(containerObservation({ networks: { late: '', milvus: '172.18.0.4' } }))).toBe('172.18.0.4');
    expect(addressOf(containerObservation({ networks: {} }))).toBe('');
  });
});
