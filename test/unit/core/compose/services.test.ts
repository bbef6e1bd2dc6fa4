// Which services of a project are Milvus, and what the files set for them.
import { describe, expect, it } from '@jest/globals';
import { readServices } from '../../../../src/core/compose/services.js';
import type { ServiceObservation } from '../../../../src/core/compose/observation.js';
import type { Values } from '../../../../src/core/model/values.js';
import { containerObservation } from '../../../support/containers.js';

const read = (service: Values): ServiceObservation | undefined => readServices({ services: { one: service } }, [])[0];
const milvus = 'milvusdb/milvus:v2.2.16';

describe('a service of a project', () => {
  it.each<[string, Values, string]>([
    ...[
      'standalone',
      'rootcoord',
      'datacoord',
      'indexcoord',
      'querycoord',
      'indexnode',
      'datanode',
      'querynode',
      'proxy',
    ].map((role): [string, Values, string] => [
      `milvus run ${role}`,
      { image: milvus, command: ['milvus', 'run', role] },
      role,
    ]),
    ['a command in one string', { image: milvus, command: 'milvus run proxy' }, 'proxy'],
    ['the mixed coordinator under its old name', { image: milvus, command: 'milvus run mixture' }, 'mixcoord'],
    ['an absolute path', { image: 'acme/vector:1', command: '/milvus/bin/milvus run datanode' }, 'datanode'],
    [
      'a shell around it',
      { image: milvus, command: ['bash', '-c', 'sleep 1 && milvus run querynode; exit'] },
      'querynode',
    ],
    ['quotes around it', { image: milvus, command: `"milvus" 'run' "proxy"` }, 'proxy'],
    [
      'an entrypoint that contains it',
      { image: 'acme/vector:1', entrypoint: ['milvus', 'run'], command: ['proxy'] },
      'proxy',
    ],
    ['no command', { image: milvus }, 'standalone'],
    ['a registry with a port', { image: 'registry.local:5000/acme/milvus:v2.2.16' }, 'standalone'],
    ['a digest', { image: 'milvusdb/milvus@sha256:0123' }, 'standalone'],
    ['the backup tool', { image: 'milvusdb/milvus-backup:v0.3.0', command: 'server' }, ''],
    ['the backup tool without a command', { image: 'milvusdb/milvus-backup:v0.3.0' }, ''],
    ['the user interface', { image: 'zilliz/attu:v2.3.5' }, ''],
    ['minio', { image: 'minio/minio:RELEASE.2023-03-20T20-16-18Z', command: 'minio server /minio_data' }, ''],
    ['etcd', { image: 'quay.io/coreos/etcd:v3.5.5', command: 'etcd -advertise-client-urls=http://127.0.0.1:2379' }, ''],
    ['a command that only contains the words', { image: 'busybox', command: 'echo run milvus' }, ''],
    ['no image', { build: '.' }, ''],
  ])('with %s has the right role', (_, service, role) => {
    expect(read(service)?.role).toBe(role);
  });

  it.each<[string, unknown, Values]>([
    ['a map', { MQ_TYPE: 'rocksmq', PORT: 1, EMPTY: null }, { MQ_TYPE: 'rocksmq', PORT: '1', EMPTY: '' }],
    ['a list', ['MQ_TYPE=rocksmq', 'URL=a=b', 'TAKEN'], { MQ_TYPE: 'rocksmq', URL: 'a=b', TAKEN: '' }],
    ['nothing', undefined, {}],
  ])('has the environment from %s', (_, environment, expected) => {
    expect(read({ image: milvus, environment: environment ?? null })?.environment.reveal()).toEqual(expected);
  });

  it.each<[string, unknown, Values]>([
    [
      'the long form',
      [{ type: 'bind', source: '/srv/data', target: '/var/lib/milvus' }],
      { '/var/lib/milvus': '/srv/data' },
    ],
    ['the short form', ['/srv/data:/var/lib/milvus'], { '/var/lib/milvus': '/srv/data' }],
    ['the short form with options', ['data:/var/lib/milvus:rw,z'], { '/var/lib/milvus': 'data' }],
    ['a volume without a name', ['/var/lib/milvus'], { '/var/lib/milvus': '' }],
    ['a tmpfs', [{ type: 'tmpfs', target: '/tmp' }], { '/tmp': '' }],
    ['nothing', null, {}],
  ])('has the mounts from %s', (_, volumes, expected) => {
    expect(read({ image: milvus, volumes })?.mounts).toEqual(expected);
  });

  it.each<[string, Values, Values, Values]>([
    [
      'a volume of another service',
      { volumes_from: ['data:ro'] },
      { services: { data: { volumes: ['/srv/data:/var/lib/milvus'] } } },
      { '/var/lib/milvus': '/srv/data' },
    ],
    ['services that use the volumes of each other', { volumes_from: ['one'] }, {}, {}],
    [
      'a config with a target',
      { configs: [{ source: 'c', target: '/milvus/configs/user.yaml' }] },
      { configs: { c: { file: '/srv/u.yaml' } } },
      { '/milvus/configs/user.yaml': '/srv/u.yaml' },
    ],
    [
      'a config without a target',
      { configs: ['c'] },
      { configs: { c: { file: '/srv/u.yaml' } } },
      { '/c': '/srv/u.yaml' },
    ],
    [
      'a secret',
      { secrets: [{ source: 's' }] },
      { secrets: { s: { file: '/srv/s' } } },
      { '/run/secrets/s': '/srv/s' },
    ],
    ['a config that is not a file', { configs: ['c'] }, { configs: { c: { content: 'x' } } }, {}],
    [
      'a volume with another name',
      { volumes: ['data:/data/'] },
      { volumes: { data: { name: 'shared' } } },
      { '/data': 'shared' },
    ],
    [
      'an external volume of Compose 1',
      { volumes: ['data:/data'] },
      { volumes: { data: { external: { name: 'shared' } } } },
      { '/data': 'shared' },
    ],
  ])('reports the mounts from %s', (_, service, config, expected) => {
    const own = { image: milvus, ...service };
    const services = { ...(config.services as Values | undefined), one: own };
    expect(readServices({ ...config, services }, []).find(({ name }) => name === 'one')?.mounts).toEqual(expected);
  });

  it.each<[string, Values, readonly string[]]>([
    ['nothing', { command: 'milvus run standalone' }, []],
    [
      'the files that its command changes',
      { command: ['bash', '-c', 'sed -i s/a/b/ /milvus/configs/milvus.yaml; milvus run standalone'] },
      ['/milvus/configs'],
    ],
    ['nothing if the command only reads', { command: 'milvus run standalone --config /milvus/configs' }, []],
    [
      'a config with its content',
      { configs: [{ source: 'c', target: '/milvus/configs/user.yaml' }] },
      ['/milvus/configs/user.yaml'],
    ],
  ])('writes %s into a new container', (_, service, expected) => {
    expect(read({ image: milvus, ...service })?.writes).toEqual(expected);
  });

  it.each([
    ['1m30s', 90],
    ['90s', 90],
    ['2m', 120],
    ['1h0m5s', 3605],
    ['1.5s', 1.5],
    [45, 45],
    ['soon', 10],
    ['', 10],
    [undefined, 10],
  ])('has a grace period for %s', (written, seconds) => {
    expect(read({ image: milvus, stop_grace_period: written })?.graceSeconds).toBe(seconds);
  });

  it('has its own containers, sorted by number', () => {
    const containers = [
      containerObservation({ id: 'b', number: 2 }),
      containerObservation({ id: 'x', service: 'etcd' }),
      containerObservation({ id: 'a', number: 1 }),
    ];
    const [observation] = readServices(
      { services: { standalone: { image: milvus, container_name: 'milvus-standalone' } } },
      containers,
    );
    expect(observation?.containers.map((container) => container.id)).toEqual(['a', 'b']);
    expect(observation?.containerName).toBe('milvus-standalone');
  });

  it('does not exist if there are no services', () => {
    expect(readServices({}, [])).toEqual([]);
    expect(readServices({ services: { broken: 'text' } }, [])).toEqual([]);
  });
});
