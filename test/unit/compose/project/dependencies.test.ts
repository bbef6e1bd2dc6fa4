// Whether Compose would leave the dependencies of Milvus unchanged.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dependenciesStand } from '../../../../src/compose/project/dependencies.js';
import type { ContainerObservation } from '../../../../src/core/compose/containers.js';
import { containerObservation, projectObservation, serviceObservation } from '../../../support/containers.js';
import { ANSWERS, DockerProgram } from '../../../support/docker-program.js';

const HASHES = '"compose config") printf "etcd h-etcd\\nminio h-minio\\nstandalone h-new\\n" ;;';
const IMAGES = '"image inspect") echo sha256:1 ;;';

let fake: DockerProgram;
beforeEach(() => {
  fake = new DockerProgram().program('docker', `${ANSWERS}\n${HASHES}\n${IMAGES}`);
});
afterEach(() => fake.remove());

function dependency(name: string, said: Partial<ContainerObservation> = {}): ReturnType<typeof serviceObservation> {
  const container = containerObservation({
    service: name,
    labels: { 'com.docker.compose.config-hash': `h-${name}` },
    ...said,
  });
  return serviceObservation({
    name,
    role: '',
    image: name,
    dependsOn: name === 'etcd' ? ['minio'] : [],
    containers: [container],
  });
}

const milvus = serviceObservation({ dependsOn: ['etcd'] });

describe('the dependencies of Milvus', () => {
  it.each([
    ['they run with the configuration in the files', dependency('etcd'), dependency('minio'), true],
    [
      'the files were changed since',
      dependency('etcd', { labels: { 'com.docker.compose.config-hash': 'older' } }),
      dependency('minio'),
      false,
    ],
    ['one of them is not running', dependency('etcd', { state: 'exited' }), dependency('minio'), false],
    ['the tag resolves to another image', dependency('etcd', { imageId: 'sha256:0' }), dependency('minio'), false],
    ['an indirect dependency was changed', dependency('etcd'), dependency('minio', { labels: {} }), false],
  ])('are evaluated if %s', async (_, etcd, minio, stands) => {
    const project = projectObservation({ services: [milvus, etcd, minio] });
    expect(await dependenciesStand(await fake.find(), project, [milvus])).toBe(stands);
  });

  it('do not include services that Milvus does not depend on', async () => {
    const other = dependency('attu', { state: 'exited' });
    const project = projectObservation({ services: [milvus, dependency('etcd'), dependency('minio'), other] });
    expect(await dependenciesStand(await fake.find(), project, [milvus])).toBe(true);
  });

  it('are never passed to Compose 1, which does not report hashes', async () => {
    fake
      .program('docker', ANSWERS.split('\n').slice(0, 2).join('\n'))
      .program('docker-compose', '"version --short") echo 1.29.2 ;;');
    expect(await dependenciesStand(await fake.find(), projectObservation({ services: [milvus] }), [milvus])).toBe(
      false,
    );
  });
});
