// The network in which Milvus and its etcd see one another.
import { expect, it } from '@jest/globals';
import { networkOf } from '../../src/compose/network.js';
import type { ServiceSeen } from '../../src/core/compose/seen.js';
import { containerSeen, serviceSeen } from '../fakes/containers.js';

const service = (role: string, ...networks: readonly string[]): ServiceSeen =>
  serviceSeen({ role, containers: [containerSeen({ networks: Object.fromEntries(networks.map((each) => [each, ''])) })] });

it.each<[string, readonly ServiceSeen[], string]>([
  ['the one that all are in', [service('standalone', 'milvus'), service('', 'milvus')], 'milvus'],
  ['the one of Milvus, however many others are elsewhere', [service('', 'web'), service('', 'web'), service('standalone', 'milvus')], 'milvus'],
  ['of two of Milvus the one that etcd is in', [service('standalone', 'front', 'back'), service('', 'back')], 'back'],
  ['none where no container was ever made', [serviceSeen({ containers: [] })], ''],
])('is %s', (_, services, expected) => {
  expect(networkOf(services)).toBe(expected);
});
