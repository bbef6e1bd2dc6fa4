// The pod that probes images on a node, and how its status is read.
import { describe, expect, it } from '@jest/globals';
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { evaluateProbe } from '../../../../src/core/checks/image-probe.js';
import { probePod, readProbe } from '../../../../src/kubernetes/preflight/probe-pod.js';

const WISH = {
  release: 'my',
  run: 'r',
  image: 'milvusdb/milvus:v2.2.16',
  others: ['milvusdb/milvus-config-tool:v0.1.1'],
  node: 'n1',
  deadlineSeconds: 60,
};
type State = NonNullable<V1ContainerStatus['state']>;
const status = (name: string, image: string, state: State): V1ContainerStatus => ({
  name,
  image,
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
});
const ENDED: State = { terminated: { exitCode: 0, reason: 'Completed' } };

function observation(phase: string, main: State, other: State): V1Pod {
  const statuses = [status('only-pulled-1', WISH.others[0] ?? '', other), status('probe', WISH.image, main)];
  return { ...probePod(WISH, {}), status: { phase, containerStatuses: statuses } };
}

const result = (pod: V1Pod): unknown => evaluateProbe({ ...readProbe(pod), troubledMilliseconds: 0 });

describe('a pod that probes images', () => {
  it('runs a program of Milvus, and none from the images that are only pulled', () => {
    const containers = probePod(WISH, {}).spec?.containers ?? [];
    expect(containers.map((container) => [container.image, container.command])).toEqual([
      [WISH.image, ['sh', '-c', 'command -v milvus']],
      [WISH.others[0], ['/only-pulled']],
    ]);
  });

  it('passes when Milvus ran and the other images were pulled, although its phase is Failed', () => {
    expect(
      result(
        observation('Failed', ENDED, {
          terminated: { exitCode: 128, reason: 'StartError', message: 'no such file or directory' },
        }),
      ),
    ).toEqual({
      state: 'proven',
    });
    expect(
      result(
        observation('Pending', ENDED, {
          waiting: { reason: 'RunContainerError', message: 'no such file or directory' },
        }),
      ),
    ).toEqual({
      state: 'proven',
    });
  });

  it('waits while the other images are pulled', () => {
    expect(result(observation('Running', ENDED, { waiting: { reason: 'ContainerCreating' } }))).toMatchObject({
      state: 'waiting',
    });
  });

  it('names the missing image', () => {
    const missing: State = { waiting: { reason: 'ErrImagePull', message: 'not found' } };
    expect(result(observation('Pending', ENDED, missing))).toEqual({
      state: 'failed',
      reason: 'ErrImagePull: milvusdb/milvus-config-tool:v0.1.1: not found',
    });
  });

  it('fails when its image does not contain Milvus, whatever the state of the other images', () => {
    const wrong: State = { terminated: { exitCode: 127, reason: 'Error' } };
    expect(result(observation('Failed', wrong, { running: {} }))).toMatchObject({ state: 'failed' });
  });
});
