import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from '@jest/globals';
import { readComponents } from '../../src/kubernetes/read-components.js';

const labels = (role: string): Record<string, string> => ({ 'app.kubernetes.io/instance': 'my', component: role });

function deployment(role: string, over: Partial<V1Deployment> = {}): V1Deployment {
  return {
    metadata: { name: `my-milvus-${role}`, labels: labels(role), generation: 2, annotations: { 'meta.helm.sh/release-name': 'my' } },
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
  const each = pod(role, name, image);
  return { ...each, metadata: { ...each.metadata, deletionTimestamp: new Date(0) } };
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
        wanted: 2,
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

  it('leave attu out, and what another release owns', () => {
    const foreign = deployment('proxy', { metadata: { name: 'x', labels: labels('proxy'), annotations: { 'meta.helm.sh/release-name': 'other' } } });
    expect(readComponents('my', [deployment('attu'), foreign], [])).toEqual([]);
  });

  it('show the pods of a Deployment that was removed until they are gone', () => {
    const [left] = readComponents('my', [], [terminating('indexnode', 'a', 'milvusdb/milvus:v2.5.16')]);
    expect(left).toMatchObject({ role: 'indexnode', deployment: '', wanted: 0, terminating: 1, outdated: 0 });
  });

  it('tell why a container waits, but not that it is being created', () => {
    const waiting = (reason: string): Partial<V1Pod> => ({
      status: {
        phase: 'Pending',
        containerStatuses: [{ name: 'proxy', image: '', imageID: '', ready: false, restartCount: 0, state: { waiting: { reason, message: 'm' } } }],
      },
    });
    const pods = [pod('proxy', 'a', 'x', waiting('ImagePullBackOff')), pod('proxy', 'b', 'x', waiting('ContainerCreating'))];
    expect(readComponents('my', [deployment('proxy')], pods)[0]?.waiting).toEqual([{ pod: 'a', reason: 'ImagePullBackOff', message: 'm' }]);
  });

  it('tell that a pod finds no node, and that a quota forbids pods', () => {
    const unscheduled = pod('proxy', 'a', 'x', {
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no room' }] },
    });
    const status = { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' }] };
    expect(readComponents('my', [deployment('proxy', { status })], [unscheduled])[0]?.waiting.map((each) => each.message)).toEqual([
      'exceeded quota',
      'no room',
    ]);
  });

  it('do not call a Deployment failed before its controller has seen the new spec', () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'too late' }];
    expect(readComponents('my', [deployment('proxy', { status: { observedGeneration: 1, conditions } })], [])[0]?.failure).toBe('');
    expect(readComponents('my', [deployment('proxy', { status: { observedGeneration: 2, conditions } })], [])[0]?.failure).toBe(
      'ProgressDeadlineExceeded: too late',
    );
  });
});
