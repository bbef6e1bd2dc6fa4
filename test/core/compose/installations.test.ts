// Several installations of Milvus in one project.
import { describe, expect, it } from '@jest/globals';
import { severalVersions } from '../../../src/core/compose/installations.js';
import type { ProjectObservation, ServiceObservation } from '../../../src/core/compose/seen.js';
import { SecretValues } from '../../../src/core/values.js';
import { version } from '../../../src/core/version.js';
import { containerObservation, lookAt, projectObservation, serviceObservation } from '../../fakes/containers.js';

type Written = readonly [role: string, release: string, etcd?: string];

function serviceOf([role, release, etcd = 'etcd']: Written, at: number): ServiceObservation {
  const image = `milvusdb/milvus:v${release}`;
  const environment = new SecretValues({ ETCD_ENDPOINTS: `${etcd}:2379` });
  return serviceObservation({ name: `${'abc'[at]}`, role, image, environment, containers: [containerObservation({ id: `c${at}`, image })] });
}
const projectOf = (services: readonly Written[]): ProjectObservation => projectObservation({ services: services.map(serviceOf) });
const failedChecks = (project: ProjectObservation, target: string): ReturnType<typeof severalVersions> =>
  severalVersions(version(target), project, lookAt(project));

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
      'one of two that has the target already',
      [
        ['standalone', '2.4.24'],
        ['standalone', '2.4.5'],
      ],
      '2.4.24',
      false,
    ],
    [
      'a cluster that is half way to the target',
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
      'one of two that is newer where the other has the target',
      [
        ['standalone', '2.4.24'],
        ['standalone', '2.5.4'],
      ],
      '2.4.24',
      true,
    ],
    [
      'two that begin at two versions',
      [
        ['standalone', '2.4.5'],
        ['standalone', '2.4.9'],
      ],
      '2.4.24',
      true,
    ],
    [
      'a cluster of two minors, one newer than the target',
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
  ])('with %s are refused where one path cannot do for all', (_, services, target, isRefused) => {
    expect(failedChecks(projectOf(services), target).map((failedCheck) => failedCheck.code)).toEqual(isRefused ? ['several-versions'] : []);
  });

  it('are all named, and the refusal cannot be skipped', () => {
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

  it('are not refused in the midst of an upgrade', () => {
    const notes = { run: 'r', since: 's', from: '2.4.5', to: '2.4.24', images: {}, files: [] };
    expect(
      failedChecks(
        {
          ...projectOf([
            ['standalone', '2.4.5'],
            ['standalone', '2.5.4'],
          ]),
          notes,
        },
        '2.4.24',
      ),
    ).toEqual([]);
  });
});
