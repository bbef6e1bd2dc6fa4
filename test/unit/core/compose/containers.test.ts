import { describe, expect, it } from '@jest/globals';
import { readContainers } from '../../../../src/core/compose/containers.js';

const SECRET = 'hunter2=of=minio';

/** Shortened from the output of Docker 28 for a container that Compose 2 started. */
const standalone = {
  Id: 'c0ffee',
  Created: '2026-01-15T02:59:58.1Z',
  Name: '/milvus-standalone',
  Image: 'sha256:9174b6932b5e',
  RestartCount: 2,
  State: {
    Status: 'running',
    OOMKilled: false,
    ExitCode: 0,
    StartedAt: '2026-01-15T03:00:00.123456789Z',
    FinishedAt: '0001-01-01T00:00:00Z',
    Health: {
      Status: 'unhealthy',
      FailingStreak: 3,
      Log: [
        { ExitCode: 0, Output: 'OK' },
        { ExitCode: 22, Output: `curl: (22) \u001b[31mrefused\u001b[0m\n::error::${'x'.repeat(400)}` },
      ],
    },
  },
  HostConfig: { RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 } },
  Mounts: [
    {
      Type: 'volume',
      Name: 'milvus_data',
      Source: '/var/lib/docker/volumes/milvus_data/_data',
      Destination: '/var/lib/milvus',
    },
    { Type: 'bind', Source: '/srv/milvus.yaml', Destination: '/milvus/configs/milvus.yaml' },
  ],
  Config: {
    Image: 'milvusdb/milvus:v2.2.16',
    Env: ['ETCD_ENDPOINTS=etcd:2379', `MINIO_SECRET=${SECRET}`, 'EMPTY=', 'UNSET'],
    Labels: {
      'com.docker.compose.project': 'milvus',
      'com.docker.compose.service': 'standalone',
      'com.docker.compose.container-number': '1',
    },
  },
  NetworkSettings: {
    Networks: {
      milvus: { IPAddress: '172.23.0.4' },
      monitoring: { IPAddress: '' },
      six: { IPAddress: '', GlobalIPv6Address: 'fd00::4' },
    },
  },
};

const labelled = (id: string, service: string, more: Readonly<Record<string, string>> = {}): object => ({
  Id: id,
  Config: { Labels: { 'com.docker.compose.service': service, ...more } },
});

describe('the reader of docker inspect output', () => {
  it('reads name, image, state and health of a container', () => {
    const [observation] = readContainers([standalone]);
    expect(observation).toMatchObject({
      id: 'c0ffee',
      name: 'milvus-standalone',
      service: 'standalone',
      number: 1,
      image: 'milvusdb/milvus:v2.2.16',
      imageId: 'sha256:9174b6932b5e',
      state: 'running',
      health: 'unhealthy',
      startedAt: '2026-01-15T03:00:00.123456789Z',
      restarts: 2,
      networks: { milvus: '172.23.0.4', monitoring: '', six: 'fd00::4' },
    });
  });

  it('reports no end time for a container that still runs', () => {
    expect(readContainers([standalone])[0]?.finishedAt).toBe('');
  });

  it('reports a volume by its name and a bind mount by its path, as in docker arguments', () => {
    expect(readContainers([standalone])[0]?.mounts.map(({ kind, source }) => [kind, source])).toEqual([
      ['volume', 'milvus_data'],
      ['bind', '/srv/milvus.yaml'],
    ]);
  });

  it('shortens the last output of the health check to one short line', () => {
    const said = readContainers([standalone])[0]?.healthOutput ?? '';
    expect(said).toMatch(/^curl: \(22\) refused ::error::x+…$/);
    expect(said).toHaveLength(300);
  });

  it('keeps a secret in the environment unchanged, and does not serialize it', () => {
    const [observation] = readContainers([standalone]);
    expect(observation?.environment.reveal()).toEqual({ ETCD_ENDPOINTS: 'etcd:2379', MINIO_SECRET: SECRET, EMPTY: '' });
    expect(JSON.stringify(observation)).not.toContain('hunter2');
  });

  it.each(['True', 'true'])('leaves out containers of `docker compose run` (oneoff=%s)', (oneoff) => {
    const observation = readContainers([
      labelled('a', 'etcd', { 'com.docker.compose.oneoff': oneoff }),
      labelled('b', 'etcd', { 'com.docker.compose.oneoff': 'False' }),
    ]);
    expect(observation.map(({ id }) => id)).toEqual(['b']);
  });

  it('sorts by service and number, in whatever order the engine lists them', () => {
    const number = (of: number): Record<string, string> => ({ 'com.docker.compose.container-number': String(of) });
    const observation = readContainers([
      labelled('d', 'querynode', number(10)),
      labelled('c', 'querynode', number(2)),
      labelled('a', 'etcd', number(1)),
    ]);
    expect(observation.map(({ id }) => id)).toEqual(['a', 'c', 'd']);
  });

  it('does not report a container in an unknown state as running, nor an unknown health as healthy', () => {
    const [observation] = readContainers([{ Id: 'a', State: { Status: 'stopping', Health: { Status: 'perfect' } } }]);
    expect(observation).toMatchObject({ state: 'dead', health: 'none' });
  });

  it.each([[null], ['text'], [{}], [[]], [[null, 7, {}]]])('finds no container in %j', (inspected) => {
    expect(readContainers(inspected)).toEqual([]);
  });

  it('reads a container of which only the ID is known', () => {
    const odd = {
      Id: 'a',
      Name: [7],
      Config: { Env: [1], Labels: null },
      State: 'up',
      Mounts: 'none',
      NetworkSettings: { Networks: { x: null } },
    };
    expect(readContainers([odd])).toMatchObject([
      { id: 'a', name: '', service: '', number: 1, networks: { x: '' }, mounts: [], healthOutput: '' },
    ]);
  });
});
