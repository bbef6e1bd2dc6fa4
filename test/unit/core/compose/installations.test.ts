// Several installations of Milvus in one project.
import { describe, expect, it } from '@jest/globals';
import { severalVersions } from '../../../../src/core/compose/installations.js';
import type { ProjectObservation, ServiceObservation } from '../../../../src/core/compose/observation.js';
import { SecretValues } from '../../../../src/core/model/values.js';
import { version } from '../../../../src/core/model/version.js';
import {
  containerObservation,
  observationOfProject,
  projectObservation,
  serviceObservation,
} from '../../../support/containers.js';

type Written = readonly [role: string, release: string, etcd?: string];

function serviceOf([role, release, etcd = 'etcd']: Written, at: number): ServiceObservation {
  const image = `milvusdb/milvus:v${release}`;
  const environment = new SecretValues({ ETCD_ENDPOINTS: `${etcd}:2379` });
  return serviceObservation({
    name: `${'abc'[at]}`,
    role,
    image,
    environment,
    containers: [containerObservation({ id: `c${at}`, image })],
  });
}
const projectOf = (services: readonly Written[]): ProjectObservation =>
  projectObservation({ services: services.map(serviceOf) });
const failedChecks = (project: ProjectObservation, target: string): ReturnType<typeof severalVersions> =>
  severalVersions(version(target), observationOfProject(project));

describe('several installations in one project', () => {
  it.each<[string, readonly Written[], string, boolean]>([
    ['one standalone', [['standalone', '2.4.5']], '2.4.24', false],
    ['one standalone that is newer than the target', [['standalone', '2.5.4']], '2.4.24', false],
    [
      'two standalones of one version',
      [
        ['standalone', '2.4.5'],
        ['standalone', '2.4.5'],
      ],
      '2.4.24',
      false,
    ],
    [
      'one of two that already has the target',
      [
        ['standalone', '2.4.24'],
        ['standalone', '2.4.5'],
      ],
      '2.4.24',
      false,
    ],
    [
      'a cluster that is partly on the target',
      [
        ['proxy', '2.4.24'],
        ['querynode', '2.4.5'],
      ],
      '2.4.24',
      false,
    ],
    [
      'a cluster of two patches, one newer than the target',
      [
        ['proxy', '2.4.24'],
        ['querynode', '2.4.5'],
      ],
      '2.4.20',
      false,
    ],
    [
      'one of two that is newer than the target',
      [
        ['standalone', '2.4.5'],
        ['standalone', '2.5.4'],
      ],
      '2.4.24',
      true,
    ],
    [
      'one of two that is newer if the other has the target',
      [
        ['standalone', '2.4.24'],
        ['standalone', '2.5.4'],
      ],
      '2.4.24',
      true,
    ],
    [
      'two that start at different versions',
      [
        ['standalone', '2.4.5'],
        ['standalone', '2.4.9'],
      ],
      '2.4.24',
      true,
    ],
    [
      'a cluster of two minor versions, one newer than the target',
      [
        ['proxy', '2.5.4'],
        ['querynode', '2.4.5'],
      ],
      '2.4.24',
      true,
    ],
    [
      'two clusters of two versions',
      [
        ['proxy', '2.4.5', 'one'],
        ['proxy', '2.4.9', 'two'],
      ],
      '2.4.24',
      true,
    ],
    [
      'a cluster beside a standalone of another version',
      [
        ['proxy', '2.4.5'],
        ['standalone', '2.4.9'],
      ],
      '2.4.24',
      true,
    ],
  ])('with %s are refused if one path does not fit all of them', (_, services, target, isRefused) => {
    expect(failedChecks(projectOf(services), target).map((failedCheck) => failedCheck.id)).toEqual(
      isRefused ? ['several-versions'] : [],
    );
  });

  it('are all listed in the message, and the check cannot be skipped', () => {
    const [failedCheck] = failedChecks(
      projectOf([
        ['standalone', '2.4.5'],
        ['standalone', '2.5.4'],
      ]),
      '2.4.24',
    );
    expect(failedCheck?.reason).toContain('a runs 2.4.5, b runs 2.5.4');
    expect(failedCheck?.skippable).toBe(false);
  });

  it('are not refused during an incomplete upgrade', () => {
    const notes = { run: 'r', since: 's', from: '2.4.5', to: '2.4.24', images: {}, files: [] };
    expect(
      failedChecks(
        {
          ...projectOf([
            ['standalone', '2.4.5'],
            ['standalone', '2.5.4'],
          ]),
          upgradeState: notes,
        },
        '2.4.24',
      ),
    ).toEqual([]);
  });
});
