import { describe, expect, it } from '@jest/globals';
import { evaluateProbe, evaluateProbes, type ProbeSnapshot } from '../../../../src/core/checks/image-probe.js';

const snapshot = (more: Partial<ProbeSnapshot>): ProbeSnapshot => ({
  node: 'a',
  phase: 'Pending',
  reason: '',
  message: '',
  exitCode: null,
  troubledMilliseconds: 0,
  ...more,
});
const MINUTE = 60_000;

describe('an image probe', () => {
  it.each([
    ['waits after its pod is created', snapshot({}), 'waiting'],
    ['waits while the image is pulled', snapshot({ reason: 'ContainerCreating' }), 'waiting'],
    ['is proven after its pod ran', snapshot({ phase: 'Succeeded', reason: 'Completed', exitCode: 0 }), 'proven'],
    [
      'has no shell, but was pulled and made',
      snapshot({
        phase: 'Failed',
        reason: 'StartError',
        message: 'exec: "sh": executable file not found in $PATH',
        exitCode: 128,
      }),
      'proven',
    ],
    [
      'fails if the image does not contain Milvus',
      snapshot({ phase: 'Failed', reason: 'Error', exitCode: 127 }),
      'failed',
    ],
    [
      'fails if the image is for another CPU architecture',
      snapshot({ phase: 'Failed', reason: 'Error', message: 'exec /bin/sh: exec format error', exitCode: 255 }),
      'failed',
    ],
    [
      'fails if the registry reports another CPU architecture',
      snapshot({ reason: 'ErrImagePull', message: 'no match for platform in manifest' }),
      'failed',
    ],
    [
      'fails if the image is not in the registry',
      snapshot({ reason: 'ErrImagePull', message: 'manifest unknown' }),
      'failed',
    ],
    [
      'fails if pulling the image is not allowed',
      snapshot({ reason: 'ImagePullBackOff', message: '401 Unauthorized' }),
      'failed',
    ],
    [
      'waits for a slow registry',
      snapshot({ reason: 'ImagePullBackOff', message: 'i/o timeout', troubledMilliseconds: MINUTE }),
      'waiting',
    ],
    [
      'fails if the registry stays unavailable',
      snapshot({ reason: 'ImagePullBackOff', message: 'i/o timeout', troubledMilliseconds: 3 * MINUTE }),
      'failed',
    ],
    [
      'waits if the node has no capacity',
      snapshot({ reason: 'Unschedulable', message: 'Insufficient cpu', troubledMilliseconds: 1000 }),
      'waiting',
    ],
    ['waits for the scheduler', snapshot({ reason: 'NotScheduled', troubledMilliseconds: 5000 }), 'waiting'],
    [
      'is skipped if no scheduler processes its pod',
      snapshot({ reason: 'NotScheduled', message: 'no scheduler has processed the pod', troubledMilliseconds: MINUTE }),
      'skipped',
    ],
    [
      'is skipped if the node stays without capacity',
      snapshot({ reason: 'Unschedulable', message: 'Insufficient cpu', troubledMilliseconds: MINUTE }),
      'skipped',
    ],
    [
      'is skipped if its pod could not be created',
      snapshot({ phase: 'Failed', reason: 'NotCreated', message: 'exceeded quota' }),
      'skipped',
    ],
    ['fails if it takes too long', snapshot({ phase: 'Failed', reason: 'DeadlineExceeded' }), 'failed'],
  ])('%s', (_, observation, state) => {
    expect(evaluateProbe(observation).state).toBe(state);
  });
});

describe('the check image-probe', () => {
  const proven = { node: 'a', status: { state: 'proven' } } as const;
  const failed = { node: 'b', status: { state: 'failed', reason: 'manifest unknown' } } as const;
  const full = { node: 'c', status: { state: 'skipped', reason: 'Insufficient cpu' } } as const;
  it.each([
    [[proven], 'pass', 'pulled and started on 1 node'],
    [[proven, failed, full], 'fail', 'cannot run on 1 of 3 nodes: b: manifest unknown'],
    [[proven, full], 'warn', 'started on 1 of 2 nodes; not tested: c: Insufficient cpu'],
  ])('evaluates the probes of case %#', (probes, state, words) => {
    const [finding] = evaluateProbes('milvus:v2', probes, 0);
    expect(finding?.state).toBe(state);
    expect(finding?.reason).toContain(words);
  });
});
