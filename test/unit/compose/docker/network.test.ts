// The network that Milvus and its etcd share.
import { expect, it } from '@jest/globals';
import { networkOf } from '../../../../src/compose/docker/network.js';
import type { ServiceObservation } from '../../../../src/core/compose/observation.js';
import { containerObservation, serviceObservation } from '../../../support/containers.js';

const service = (role: string, ...networks: readonly string[]): ServiceObservation =>
  serviceObservation({
    role,
    containers: [containerObservation({ networks: Object.fromEntries(networks.map((network) => [network, ''])) })],
  });

it.each<[string, readonly ServiceObservation[], string]>([
  ['the one of all containers', [service('standalone', 'milvus'), service('', 'milvus')], 'milvus'],
  [
    'the one of Milvus, even if more other containers are in another one',
    [service('', 'web'), service('', 'web'), service('standalone', 'milvus')],
    'milvus',
  ],
  [
    'the one of two that etcd is also connected to',
    [service('standalone', 'front', 'back'), service('', 'back')],
    'back',
  ],
  ['empty if the project has no container', [serviceObservation({ containers: [] })], ''],
])('the network of a project is %s', (_, services, expected) => {
  expect(networkOf(services)).toBe(expected);
});
