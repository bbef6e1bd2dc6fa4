// How Milvus is reached: the networks of the helper container, the address of each container, and what is refused.
import { describe, expect, it } from '@jest/globals';
import { helperNetworks, withAccess } from '../../../../src/core/compose/network-access.js';
import { networkRules } from '../../../../src/core/compose/network-rules.js';
import type { ServiceObservation } from '../../../../src/core/compose/observation.js';
import { containerObservation, projectObservation, serviceObservation } from '../../../support/containers.js';

interface Written {
  readonly role?: string;
  readonly networks?: Readonly<Record<string, string>>;
  readonly mode?: string;
  readonly fileMode?: string;
}

/** A service with one running container of the same name and ID. */
function service(
  name: string,
  { role = '', networks = {}, mode = 'milvus', fileMode = '' }: Written,
): ServiceObservation {
  const base = serviceObservation();
  const container = containerObservation({
    id: name,
    name,
    service: name,
    networks,
    setup: { entrypoint: [], command: [], networkMode: mode },
  });
  return { ...base, name, role, setup: { ...base.setup, networkMode: fileMode }, containers: [container] };
}
const within = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, '10.0.0.1']));
const standalone = (...names: string[]): ServiceObservation =>
  service('standalone', { role: 'standalone', networks: within(...names) });

describe('the networks of the helper container', () => {
  it.each<[string, readonly ServiceObservation[], readonly string[]]>([
    [
      'are the one of all containers',
      [standalone('milvus'), service('minio', { networks: within('milvus') })],
      ['milvus'],
    ],
    [
      'are the one of Milvus, even if more other containers are in another one',
      [service('a', { networks: within('web') }), service('b', { networks: within('web') }), standalone('milvus')],
      ['milvus'],
    ],
    [
      'are the one that has etcd, even if more containers are in the other one',
      [
        standalone('backend', 'vectors'),
        service('etcd', { networks: within('vectors') }),
        ...['a', 'b', 'c'].map((name) => service(name, { networks: within('backend') })),
      ],
      ['vectors'],
    ],
    [
      'are several if no single one has all containers of Milvus',
      [
        service('proxy', { role: 'proxy', networks: within('front') }),
        service('data', { role: 'datanode', networks: within('back') }),
        service('etcd', { networks: within('back') }),
      ],
      ['back', 'front'],
    ],
    [
      'are not those of the host if only etcd is there',
      [standalone('milvus'), service('etcd', { networks: within('host') })],
      ['milvus'],
    ],
    ['are none without a container', [serviceObservation({ containers: [] })], []],
  ])('%s', (_, services, expected) => {
    expect(helperNetworks(services, ['http://etcd:2379'])).toEqual(expected);
  });
});

describe('the address of a container', () => {
  const addresses = (services: readonly ServiceObservation[], joined: readonly string[]): unknown =>
    withAccess(services, joined).map(({ containers }) => Object.values(containers[0]?.networks ?? {})[0]);

  it('is the one in the network that is joined', () => {
    const milvus = service('m', { role: 'standalone', networks: { backend: '10.1.0.2', vectors: '10.2.0.2' } });
    expect(addresses([milvus], ['vectors'])).toEqual(['10.2.0.2']);
    expect(addresses([milvus], ['backend'])).toEqual(['10.1.0.2']);
  });

  it('is that of the host for a container in its network', () => {
    expect(addresses([service('m', { role: 'standalone', networks: { host: '' }, mode: 'host' })], ['host'])).toEqual([
      '127.0.0.1',
    ]);
  });

  it('is that of the container whose network is used', () => {
    const vpn = service('vpn', { networks: { milvus: '10.0.0.9' } });
    expect(addresses([vpn, service('m', { role: 'standalone', mode: 'container:vpn' })], ['milvus'])).toEqual([
      '10.0.0.9',
      '10.0.0.9',
    ]);
  });
});

describe('a network in which Milvus cannot be observed', () => {
  const failedChecks = (services: readonly ServiceObservation[], reachProblem?: string): string[] =>
    networkRules(projectObservation({ services, ...(reachProblem ? { reachProblem } : {}) })).map(
      ({ id, skippable }) => `${id}${skippable ? ' (skippable)' : ''}`,
    );
  const host = (name: string): ServiceObservation =>
    service(name, { role: 'proxy', networks: { host: '' }, mode: 'host' });

  it.each<[string, readonly ServiceObservation[], readonly string[]]>([
    ['its own network', [standalone('milvus')], []],
    ['the network of the host, alone', [host('m')], []],
    ['the network of the host, with other Milvus services', [host('m'), standalone('milvus')], ['milvus-unreachable']],
    ['no network', [service('m', { role: 'standalone', mode: 'none' })], ['milvus-unreachable']],
    [
      'the network of another service',
      [service('vpn', { networks: within('milvus') }), service('m', { role: 'standalone', mode: 'container:vpn' })],
      [],
    ],
    [
      'the network of a container of another project',
      [service('m', { role: 'standalone', mode: 'container:0123' })],
      ['milvus-unreachable'],
    ],
    [
      'a network that etcd uses as well',
      [standalone('milvus'), service('etcd', { mode: 'container:standalone' })],
      ['network-would-be-lost'],
    ],
    [
      'a network that etcd uses in the files',
      [standalone('milvus'), service('etcd', { fileMode: 'service:standalone' })],
      ['network-would-be-lost'],
    ],
  ])('is refused before any change: %s', (_, services, expected) => {
    expect(failedChecks(services)).toEqual(expected);
  });

  it('is refused if no container has a shell', () => {
    expect(failedChecks([standalone('milvus')], 'no container has bash')).toEqual(['milvus-unreachable']);
  });
});
