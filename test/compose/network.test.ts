// The network in which Milvus and its etcd see one another.
import { expect, it } from '@jest/globals';
import { networkOf } from '../../src/compose/network.js';
import type { ServiceObservation } from '../../src/core/compose/seen.js';
import { containerObservation, serviceObservation } from '../fakes/containers.js';

const service = (role: string, ...networks: readonly string[]): ServiceObservation =>
  serviceObservation({ role, containers: [containerObservation({ networks: Object.fromEntries(networks.map((each) => [each, ''])) })] });

it.each<[string, readonly ServiceObservation[], string]>([
  ['the one that all are in', [service('standalone', 'milvus'), service('', 'milvus')], 'milvus'],
  ['the one of Milvus, however many others are elsewhere', [service('', 'web'), service('', 'web'), service('standalone', 'milvus')], 'milvus'],
  ['of two of Milvus the one that etcd is in', [service('standalone', 'front', 'back'), service('', 'back')], 'back'],
  ['none where no container was ever made', [serviceObservation({ containers: [] })], ''],
])('is %s', (_, services, expected) => {
  expect(networkOf(services)).toBe(expected);
});
