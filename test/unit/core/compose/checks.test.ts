// The checks of a project before anything is changed.
import { describe, expect, it } from '@jest/globals';
import { evaluateProject, evaluateTrial, type ProjectFacts } from '../../../../src/core/compose/checks.js';
import { evaluateObjectStore } from '../../../../src/core/compose/dependency-images.js';
import type { CheckResult } from '../../../../src/core/model/check-result.js';
import type { ProjectObservation } from '../../../../src/core/compose/observation.js';
import { SecretString } from '../../../../src/core/redaction/secret-string.js';
import { version } from '../../../../src/core/model/version.js';
import { containerObservation, projectObservation, serviceObservation } from '../../../support/containers.js';

const MIB = 1024 * 1024;
const facts: ProjectFacts = {
  unwritable: [],
  freeBytes: 100 * MIB,
  missingMounts: [],
  editedInside: [],
  writtenAtStart: [],
  takenNames: [],
  alsoChanged: [],
};
const states = (
  project: ProjectObservation,
  said: Partial<ProjectFacts> = {},
  bytes = 0,
): Record<string, CheckResult['state']> =>
  Object.fromEntries(
    evaluateProject(project, { ...facts, ...said }, bytes).map((finding) => [finding.id, finding.state]),
  );

const WELL = { 'files-writable': 'pass', 'disk-room': 'pass', 'mounts-would-change': 'pass' };

describe('the checks of a project', () => {
  it('pass if the upgrade is possible', () => {
    expect(states(projectObservation())).toEqual(WELL);
  });

  it.each<[string, Partial<ProjectFacts>, Record<string, string>]>([
    ['a file cannot be written', { unwritable: ['a.yml cannot be written (EROFS)'] }, { 'files-writable': 'fail' }],
    ['there is too little disk space', { freeBytes: 15 * MIB }, { 'disk-room': 'fail' }],
    ['the free disk space is unknown', { freeBytes: null }, { 'disk-room': 'warn' }],
    ['a mounted directory does not exist', { missingMounts: ['/srv/data'] }, { 'mount-missing': 'fail' }],
    ['directories cannot be read, without a result for them', { missingMounts: null }, {}],
    [
      'a file was edited inside the container',
      { editedInside: ['/milvus/configs/milvus.yaml of standalone'] },
      { 'edited-inside': 'fail' },
    ],
    [
      'a file is written at each start',
      { writtenAtStart: ['/milvus/configs/milvus.yaml of standalone'] },
      { 'edited-inside': 'warn' },
    ],
    ['a container name is taken', { takenNames: ['milvus-standalone'] }, { 'container-name-taken': 'fail' }],
    ['the upgrade would also apply other changes', { alsoChanged: ['standalone'] }, { 'also-changed': 'warn' }],
  ])('report that %s', (_, said, expected) => {
    expect(states(projectObservation(), said)).toEqual({ ...WELL, ...expected });
  });

  it('include the size of the backup in the required disk space', () => {
    expect(states(projectObservation(), {}, 90 * MIB)).toMatchObject({ 'disk-room': 'fail' });
  });

  it('can be skipped, except for files that cannot be written and names that are taken', () => {
    const all = evaluateProject(
      projectObservation(),
      { ...facts, unwritable: ['x'], freeBytes: 0, missingMounts: ['x'], editedInside: ['x'], takenNames: ['x'] },
      0,
    );
    expect(
      all.filter((finding) => finding.state === 'fail' && !finding.skippable).map((finding) => finding.id),
    ).toEqual(['files-writable', 'container-name-taken']);
  });

  it('cannot be skipped for a mount that would change', () => {
    const containers = [
      containerObservation({ mounts: [{ kind: 'bind', source: '/srv/data', destination: '/var/lib/milvus' }] }),
    ];
    const found = evaluateProject(
      projectObservation({ services: [serviceObservation({ containers })] }),
      facts,
      0,
    ).find((check) => check.id === 'mounts-would-change');
    expect(found).toMatchObject({
      state: 'fail',
      skippable: false,
      reason: 'standalone has /srv/data at /var/lib/milvus, but the files no longer mount it',
    });
  });

  it.each([
    ['all of the files', '/a/docker-compose.yml,/a/gpu.yml', undefined],
    ['a file that is not configured', '/a/docker-compose.yml,/a/prod.yml', 'fail'],
    ['unknown files', '', undefined],
  ])('detect that containers were created from %s', (_, label, state) => {
    const files = ['/b/docker-compose.yml', '/b/gpu.yml'].map(
      (path) => ({ kind: 'compose', path, text: new SecretString('') }) as const,
    );
    const containers = [
      containerObservation({ labels: label === '' ? {} : { 'com.docker.compose.project.config_files': label } }),
    ];
    expect(
      states(projectObservation({ files, services: [serviceObservation({ containers })] }))['compose-files-differ'],
    ).toBe(state);
  });
});

describe('the check of the object store', () => {
  const old = 'minio/minio:RELEASE.2022-03-17T06-34-49Z';
  it.each([
    ['warns that an old release stays if the official files use a newer one', old, '2.2.0', '2.2.16', 'warn'],
    ['passes if the upgrade does not cross that change', old, '2.2.8', '2.2.16', 'pass'],
    [
      'passes if the release is already the newer one',
      'minio/minio:RELEASE.2023-03-20T20-16-18Z',
      '2.2.0',
      '2.2.16',
      'pass',
    ],
    ['passes if the tag has no release', 'minio/minio:latest', '2.2.0', '2.2.16', 'pass'],
    [
      'warns that 2.6 is tested with a newer release',
      'minio/minio:RELEASE.2023-03-20T20-16-18Z',
      '2.5.10',
      '2.6.1',
      'warn',
    ],
    ['passes if the object store is not MinIO', 'acme/s3:1', '2.2.0', '2.2.16', 'pass'],
  ])('%s', (_, image, from, to, state) => {
    const services = [serviceObservation(), serviceObservation({ name: 'minio', role: '', image })];
    expect(
      evaluateObjectStore(projectObservation({ services }), version(from), version(to)).map((finding) => finding.state),
    ).toEqual([state]);
  });
});

describe('the image probe', () => {
  it.each([
    ['proven', 'pass'],
    ['kept', 'warn'],
    ['failed', 'fail'],
  ] as const)('with the result "%s" is a "%s"', (state, expected) => {
    expect(evaluateTrial({ image: 'milvusdb/milvus:v2.2.16', state, reason: 'no route' })).toMatchObject({
      id: 'image-probe',
      state: expected,
    });
  });
});
