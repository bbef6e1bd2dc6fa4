import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from '@jest/globals';
import { readComponents } from '../../../../src/kubernetes/observe/read-components.js';

const labels = (role: string): Record<string, string> => ({ 'app.kubernetes.io/instance': 'my', component: role });

function deployment(role: string, over: Partial<V1Deployment> = {}): V1Deployment {
  return {
    metadata: {
      name: `my-milvus-${role}`,
      labels: labels(role),
      generation: 2,
      annotations: { 'meta.helm.sh/release-name': 'my' },
    },
    spec: {
      replicas: 2,
      selector: {},
      template: {
        spec: {
          containers: [
            { name: 'sidecar', image: 'envoy:v1' },
            { name: role, image: 'milvusdb/milvus:v2.2.16' },
          ],
        },
      },
    },
    status: { observedGeneration: 2, replicas: 3, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 },
    ...over,
  };
}

function pod(role: string, name: string, image: string, over: Partial<V1Pod> = {}): V1Pod {
  return {
    metadata: {
      name,
      labels: { ...labels(role), 'pod-template-hash': 'abc' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `my-milvus-${role}-abc`, uid: '1' }],
    },
    spec: { containers: [{ name: role, image }] },
    status: { phase: 'Running', containerStatuses: [{ name: role, image, imageID: '', ready: true, restartCount: 2 }] },
    ...over,
  };
}

const terminating = (role: string, name: string, image: string): V1Pod => {
  const alive = pod(role, name, image);
  return { ...alive, metadata: { ...alive.metadata, deletionTimestamp: new Date(0) } };
};

describe('components', () => {
  it('count old, terminating and restarted pods, and read the image of the Milvus container', () => {
    const pods = [
      pod('proxy', 'a', 'milvusdb/milvus:v2.2.16'),
      pod('proxy', 'b', 'milvusdb/milvus:v2.2.12'),
      terminating('proxy', 'c', 'milvusdb/milvus:v2.2.12'),
    ];
    expect(readComponents('my', [deployment('proxy')], pods)).toEqual([
      expect.objectContaining({
        role: 'proxy',
        desired: 2,
        updated: 2,
        ready: 2,
        available: 2,
        outdated: 1,
        terminating: 1,
        restarts: 6,
        settledSpec: true,
        paused: false,
        templateImage: 'milvusdb/milvus:v2.2.16',
        podImages: ['milvusdb/milvus:v2.2.12', 'milvusdb/milvus:v2.2.16'],
      }),
    ]);
  });

  it('exclude attu and Deployments of another release', () => {
    const foreign = deployment('proxy', {
      metadata: { name: 'x', labels: labels('proxy'), annotations: { 'meta.helm.sh/release-name': 'other' } },
    });
    expect(readComponents('my', [deployment('attu'), foreign], [])).toEqual([]);
  });

  it('include the pods of a deleted Deployment until they are deleted', () => {
    const [left] = readComponents('my', [], [terminating('indexnode', 'a', 'milvusdb/milvus:v2.5.16')]);
    expect(left).toMatchObject({ role: 'indexnode', deployment: '', desired: 0, terminating: 1, outdated: 0 });
  });

  it('report why a container waits, but not that it is being created', () => {
    const waiting = (reason: string): Partial<V1Pod> => ({
      status: {
        phase: 'Pending',
        containerStatuses: [
          {
            name: 'proxy',
            image: '',
            imageID: '',
            ready: false,
            restartCount: 0,
            state: { waiting: { reason, message: 'm' } },
          },
        ],
      },
    });
    const pods = [
      pod('proxy', 'a', 'x', waiting('ImagePullBackOff')),
      pod('proxy', 'b', 'x', waiting('ContainerCreating')),
    ];
    expect(readComponents('my', [deployment('proxy')], pods)[0]?.waiting).toEqual([
      { pod: 'a', reason: 'ImagePullBackOff', message: 'm' },
    ]);
  });

  it('report an unschedulable pod, and a quota that rejects pods', () => {
    const unscheduled = pod('proxy', 'a', 'x', {
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no room' }],
      },
    });
    const status = {
      conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' }],
    };
    expect(
      readComponents('my', [deployment('proxy', { status })], [unscheduled])[0]?.waiting.map(
        (container) => container.message,
      ),
    ).toEqual(['exceeded quota', 'no room']);
  });

  it('do not report a Deployment as failed before its controller has observed the new spec', () => {
    const conditions = [
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'too late' },
    ];
    expect(
      readComponents('my', [deployment('proxy', { status: { observedGeneration: 1, conditions } })], [])[0]?.failure,
    ).toBe('');
    expect(
      readComponents('my', [deployment('proxy', { status: { observedGeneration: 2, conditions } })], [])[0]?.failure,
    ).toBe('ProgressDeadlineExceeded: too late');
  });

  describe('an exceeded progress deadline', () => {
    const message = 'ReplicaSet "my-milvus-proxy-abc" has timed out progressing.';
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message }];
    const quota = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' };
    const present = 'milvusdb/milvus:v2.2.16';
    const failureOf = (pods: V1Pod[], also: (typeof quota)[] = []): string | undefined =>
      readComponents(
        'my',
        [deployment('proxy', { status: { observedGeneration: 2, conditions: [...conditions, ...also] } })],
        pods,
      )[0]?.failure;

    it('is reported if pods of that template exist, or none can be created', () => {
      expect(failureOf([pod('proxy', 'a', present)])).toContain('ProgressDeadlineExceeded');
      expect(failureOf([], [quota])).toContain('ProgressDeadlineExceeded');
    });

    it('is not reported for a template that was replaced since, before its successor makes progress', () => {
      expect(failureOf([pod('proxy', 'a', 'milvusdb/milvus:v2.2.99-bad')])).toBe('');
      expect(failureOf([terminating('proxy', 'a', present)])).toBe('');
    });
  });

  it('have a complete rollout once the controller has observed all of their pods as available', () => {
    const completeWith = (reason: string, status: object = {}): boolean | undefined => {
      const conditions = [{ type: 'Progressing', status: 'True', reason }];
      return readComponents(
        'my',
        [
          deployment('proxy', {
            status: { observedGeneration: 2, replicas: 2, updatedReplicas: 2, conditions, ...status },
          }),
        ],
        [],
      )[0]?.rolloutComplete;
    };
    expect(completeWith('NewReplicaSetAvailable')).toBe(true);
    expect(completeWith('ReplicaSetUpdated')).toBe(false);
    expect(completeWith('NewReplicaSetAvailable', { observedGeneration: 1 })).toBe(false);
    expect(completeWith('NewReplicaSetAvailable', { replicas: 3 })).toBe(false);
  });
});
