// The container through which others are reached: it has bash, even if the image of Milvus does not.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { joinNetworks } from '../../../../src/compose/docker/network.js';
import { Shells } from '../../../../src/compose/project/shell.js';
import type { ServiceObservation } from '../../../../src/core/compose/observation.js';
import { containerObservation, serviceObservation } from '../../../support/containers.js';
import { ANSWERS, DockerProgram } from '../../../support/docker-program.js';

let fake: DockerProgram;
beforeEach(() => {
  const branches = `"exec withbash") echo ready ;;\n"exec minio") echo ready ;;\n"network connect") ;;`;
  fake = new DockerProgram().program('docker', `${ANSWERS}\n${branches}`);
});
afterEach(() => fake.remove());

const service = (
  id: string,
  role: string,
  network = 'milvus',
  state: 'running' | 'exited' = 'running',
): ServiceObservation =>
  serviceObservation({
    name: id,
    role,
    containers: [containerObservation({ id, imageId: `sha256:${id}`, state, networks: { [network]: '10.0.0.2' } })],
  });

describe('the container through which others are reached', () => {
  it.each<[string, readonly ServiceObservation[], string | undefined]>([
    ['Milvus, if its image has bash', [service('minio', ''), service('withbash', 'standalone')], 'withbash'],
    [
      'another one in its network, if the image of Milvus has none',
      [service('slim', 'standalone'), service('minio', '')],
      'minio',
    ],
    [
      'none, if the other one is in another network',
      [service('slim', 'standalone'), service('minio', '', 'web')],
      undefined,
    ],
    ['none, if none is running', [service('withbash', 'standalone', 'milvus', 'exited')], undefined],
  ])('is %s', async (_, services, expected) => {
    expect((await new Shells(await fake.find()).find(services))?.id).toBe(expected);
  });

  it('is tried once for each image', async () => {
    const shells = new Shells(await fake.find());
    await shells.find([service('withbash', 'standalone')]);
    await shells.find([service('withbash', 'standalone')]);
    expect(fake.calls.filter((call) => call.startsWith('docker exec'))).toHaveLength(1);
  });

  it('joins the other networks of Milvus', async () => {
    await joinNetworks(await fake.find(), 'guard', ['front', 'back']);
    expect(fake.calls.slice(-2)).toEqual(['docker network connect front guard', 'docker network connect back guard']);
  });
});
