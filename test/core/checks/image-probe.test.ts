import { describe, expect, it } from '@jest/globals';
import { judgeProbe, judgeProbes, type ProbeSight } from '../../../src/core/checks/image-probe.js';

const sight = (more: Partial<ProbeSight>): ProbeSight => ({
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
    ['was only just made', sight({}), 'waiting'],
    ['pulls', sight({ reason: 'ContainerCreating' }), 'waiting'],
    ['ran', sight({ phase: 'Succeeded', reason: 'Completed', exitCode: 0 }), 'proven'],
    [
      'has no shell, but was pulled and made',
      sight({ phase: 'Failed', reason: 'StartError', message: 'exec: "sh": executable file not found in $PATH', exitCode: 128 }),
      'proven',
    ],
    ['holds something else than Milvus', sight({ phase: 'Failed', reason: 'Error', exitCode: 127 }), 'failed'],
    ['is for another processor', sight({ phase: 'Failed', reason: 'Error', message: 'exec /bin/sh: exec format error', exitCode: 255 }), 'failed'],
    ['is for another processor, says the registry', sight({ reason: 'ErrImagePull', message: 'no match for platform in manifest' }), 'failed'],
    ['is not in the registry', sight({ reason: 'ErrImagePull', message: 'manifest unknown' }), 'failed'],
    ['may not be pulled', sight({ reason: 'ImagePullBackOff', message: '401 Unauthorized' }), 'failed'],
    ['meets a slow registry', sight({ reason: 'ImagePullBackOff', message: 'i/o timeout', troubledMilliseconds: MINUTE }), 'waiting'],
    ['meets a registry that stays away', sight({ reason: 'ImagePullBackOff', message: 'i/o timeout', troubledMilliseconds: 3 * MINUTE }), 'failed'],
    ['finds the node full', sight({ reason: 'Unschedulable', message: 'Insufficient cpu', troubledMilliseconds: 1000 }), 'waiting'],
    ['is looked at by no scheduler yet', sight({ reason: 'NotScheduled', troubledMilliseconds: 5000 }), 'waiting'],
    ['is looked at by no scheduler', sight({ reason: 'NotScheduled', message: 'no scheduler has looked at the pod', troubledMilliseconds: MINUTE }), 'skipped'],
    ['finds the node full for long', sight({ reason: 'Unschedulable', message: 'Insufficient cpu', troubledMilliseconds: MINUTE }), 'skipped'],
    ['could not be made', sight({ phase: 'Failed', reason: 'NotCreated', message: 'exceeded quota' }), 'skipped'],
    ['took too long', sight({ phase: 'Failed', reason: 'DeadlineExceeded' }), 'failed'],
  ])('%s', (_, seen, state) => {
    expect(judgeProbe(seen).state).toBe(state);
  });
});

describe('image-probe', () => {
  const proven = { node: 'a', verdict: { state: 'proven' } } as const;
  const failed = { node: 'b', verdict: { state: 'failed', because: 'manifest unknown' } } as const;
  const full = { node: 'c', verdict: { state: 'skipped', because: 'Insufficient cpu' } } as const;
  it.each([
    [[proven], 'pass', 'pulled and started on 1 nodes'],
    [[proven, failed, full], 'fail', 'cannot run on 1 of 3 nodes: b: manifest unknown'],
    [[proven, full], 'warn', 'proven on 1 of 2 nodes; nothing can be said of c: Insufficient cpu'],
  ])('%#: %s', (probes, state, words) => {
    const [judged] = judgeProbes('milvus:v2', probes, 0);
    expect(judged?.state).toBe(state);
    expect(judged?.because).toContain(words);
  });
});
