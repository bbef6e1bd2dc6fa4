// A project with several Milvus installations, and the input `services`.
import { describe, expect, it } from '@jest/globals';
import { installationRules } from '../../../../src/core/compose/installation-rules.js';
import { selectServices, wrongSelection } from '../../../../src/core/compose/selected-services.js';
import type { ServiceObservation, UpgradeState } from '../../../../src/core/compose/observation.js';
import { SecretValues } from '../../../../src/core/model/values.js';
import { composeConfig } from '../../../support/configs.js';
import { containerObservation, projectObservation, serviceObservation } from '../../../support/containers.js';

type Written = readonly [name: string, role: string, etcd?: string];

const serviceOf = ([name, role, etcd = '']: Written): ServiceObservation =>
  serviceObservation({
    name,
    role,
    environment: new SecretValues(etcd === '' ? {} : { ETCD_ENDPOINTS: etcd }),
    containers: [containerObservation({ id: name, service: name })],
  });

/** The failed checks, as `<id>: <reason>`. */
function failedChecks(services: readonly Written[], selected = '', upgradeState: UpgradeState | null = null): string[] {
  const config = composeConfig({ services: selected });
  const project = projectObservation({
    services: selectServices(services.map(serviceOf), config.project.services),
    upgradeState,
  });
  return installationRules(config, project).map(({ id, reason }) => `${id}: ${reason}`);
}

const TWO: readonly Written[] = [
  ['a', 'standalone'],
  ['b', 'standalone'],
];
const CLUSTER: readonly Written[] = [
  ['proxy', 'proxy', 'etcd:2379'],
  ['data', 'datanode', 'etcd:2379'],
  ['query', 'querynode'],
];

describe('a project with several installations', () => {
  it.each<[string, readonly Written[]]>([
    ['one standalone', [['a', 'standalone']]],
    ['one cluster, one of whose services does not set its etcd', CLUSTER],
  ])('is not a project with %s', (_, services) => {
    expect(failedChecks(services)).toEqual([]);
  });

  it.each<[string, readonly Written[], string]>([
    ['two standalones', TWO, '2 Milvus installations: a; b'],
    [
      'a standalone and a cluster',
      [...CLUSTER, ['a', 'standalone']],
      '2 Milvus installations: a; proxy and data and query',
    ],
    [
      'two clusters',
      [
        ['p1', 'proxy', 'one:2379'],
        ['p2', 'proxy', 'two:2379'],
      ],
      '2 Milvus installations: p1; p2',
    ],
  ])('is refused with %s until services chooses', (_, services, named) => {
    expect(failedChecks(services)).toEqual([`several-installations: the project milvus has ${named}`]);
  });

  it.each(['a', 'b', 'a,b'])('is accepted with services: %s', (selected) => {
    expect(failedChecks(TWO, selected)).toEqual([]);
  });

  it('is refused if services has only a part of a cluster', () => {
    expect(failedChecks(CLUSTER, 'proxy,data')).toEqual([
      'services-incomplete: query belong to the same cluster as the services in services',
    ]);
  });

  it('is refused if services leaves out a service of an incomplete upgrade', () => {
    const images = { a: { before: 'x:1', after: 'x:2' } };
    const state = { run: 'r', since: 's', from: '2.2.12', to: '2.2.16', images, files: [] };
    expect(failedChecks(TWO, 'b', state)).toEqual([
      'services-incomplete: an upgrade of a is incomplete, but services leaves out a',
    ]);
    expect(failedChecks(TWO, 'a', state)).toEqual([]);
  });
});

describe('the input services', () => {
  it('leaves the other Milvus services as they are, with their role for messages', () => {
    const selected = selectServices(TWO.map(serviceOf), ['b']);
    expect(selected.map(({ name, role, excludedRole }) => [name, role, excludedRole])).toEqual([
      ['a', '', 'standalone'],
      ['b', 'standalone', undefined],
    ]);
  });

  it('names the Milvus services of the project if it lists another one', () => {
    expect(wrongSelection([...TWO, ['etcd', ''] as const].map(serviceOf), ['a', 'etcd', 'c'])).toBe(
      'services lists etcd, c, but the Milvus services of this project are a, b',
    );
    expect(wrongSelection(TWO.map(serviceOf), ['a'])).toBe('');
  });
});
