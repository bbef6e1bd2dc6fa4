import { describe, expect, it } from '@jest/globals';
import { evaluateProbe, evaluateProbes, type ProbeSnapshot } from '../../../src/core/checks/image-probe.js';

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

describe('a probe of the image', () => {
  it.each([
    ['was only just made', snapshot({}), 'waiting'],
    ['pulls', snapshot({ reason: 'ContainerCreating' }), 'waiting'],
    ['ran', snapshot({ phase: 'Succeeded', reason: 'Completed', exitCode: 0 }), 'proven'],
    [
      'has no shell, but was pulled and made',
      snapshot({ phase: 'Failed', reason: 'StartError', message: 'exec: "sh": executable file not found in $PATH', exitCode: 128 }),
      'proven',
    ],
    ['holds something else than Milvus', snapshot({ phase: 'Failed', reason: 'Error', exitCode: 127 }), 'failed'],
    ['is for another processor', snapshot({ phase: 'Failed', reason: 'Error', message: 'exec /bin/sh: exec format error', exitCode: 255 }), 'failed'],
    ['is for another processor, says the registry', snapshot({ reason: 'ErrImagePull', message: 'no match for platform in manifest' }), 'failed'],
    ['is not in the registry', snapshot({ reason: 'ErrImagePull', message: 'manifest unknown' }), 'failed'],
    ['may not be pulled', snapshot({ reason: 'ImagePullBackOff', message: '401 Unauthorized' }), 'failed'],
    ['meets a slow registry', snapshot({ reason: 'ImagePullBackOff', message: 'i/o timeout', troubledMilliseconds: MINUTE }), 'waiting'],
    ['meets a registry that stays away', snapshot({ reason: 'ImagePullBackOff', message: 'i/o timeout', troubledMilliseconds: 3 * MINUTE }), 'failed'],
    ['finds the node full', snapshot({ reason: 'Unschedulable', message: 'Insufficient cpu', troubledMilliseconds: 1000 }), 'waiting'],
    ['is looked at by no scheduler yet', snapshot({ reason: 'NotScheduled', troubledMilliseconds: 5000 }), 'waiting'],
    [
      'is looked at by no scheduler',
      snapshot({ reason: 'NotScheduled', message: 'no scheduler has processed the pod', troubledMilliseconds: MINUTE }),
      'skipped',
    ],
    ['finds the node full for long', snapshot({ reason: 'Unschedulable', message: 'Insufficient cpu', troubledMilliseconds: MINUTE }), 'skipped'],
    ['could not be made', snapshot({ phase: 'Failed', reason: 'NotCreated', message: 'exceeded quota' }), 'skipped'],
    ['took too long', snapshot({ phase: 'Failed', reason: 'DeadlineExceeded' }), 'failed'],
  ])('%s', (_, observation, state) => {
    expect(evaluateProbe(observation).state).toBe(state);
  });
});

describe('image-probe', () => {
  const proven = { node: 'a', status: { state: 'proven' } } as const;
  const failed = { node: 'b', status: { state: 'failed', reason: 'manifest unknown' } } as const;
  const full = { node: 'c', status: { state: 'skipped', reason: 'Insufficient cpu' } } as const;
  it.each([
    [[proven], 'pass', 'pulled and started on 1 nodes'],
    [[proven, failed, full], 'fail', 'cannot run on 1 of 3 nodes: b: manifest unknown'],
    [[proven, full], 'warn', 'proven on 1 of 2 nodes; nothing can be said of c: Insufficient cpu'],
  ])('%#: %s', (probes, state, words) => {
    const [evaluated] = evaluateProbes('milvus:v2', probes, 0);
    expect(evaluated?.state).toBe(state);
    expect(evaluated?.reason).toContain(words);
  });
});
