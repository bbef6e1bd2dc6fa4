// Which Deployments belong to a Milvus without a Helm release record.
import { describe, expect, it } from '@jest/globals';
import type { V1Deployment } from '@kubernetes/client-node';
import { readWithoutRelease } from '../../../../src/kubernetes/helm/without-release.js';

const deployment = (name: string, labels: Record<string, string>): V1Deployment => ({ metadata: { name, labels } });
const MILVUS = { 'app.kubernetes.io/name': 'milvus', 'app.kubernetes.io/instance': 'my' };
const OPERATOR = {
  ...MILVUS,
  'app.kubernetes.io/managed-by': 'milvus-operator',
  'app.kubernetes.io/component': 'proxy',
};

describe('Milvus without a Helm release', () => {
  it.each([
    ['applied as plain manifests', 'my-milvus-proxy', { ...MILVUS, component: 'proxy' }],
    ['of the operator', 'my-milvus-proxy', OPERATOR],
    [
      'with an instance label from Argo CD',
      'my-milvus-proxy',
      { ...MILVUS, 'app.kubernetes.io/instance': 'vectors', component: 'proxy' },
    ],
  ])('is found when it is %s', (_, name, labels) => {
    expect(readWithoutRelease('my', [deployment(name, labels)])?.deployments).toEqual([name]);
  });

  it.each([
    ['another release', 'other-milvus-proxy', { ...MILVUS, 'app.kubernetes.io/instance': 'other', component: 'proxy' }],
    [
      'the operator itself',
      'milvus-operator',
      { 'app.kubernetes.io/name': 'milvus-operator', 'app.kubernetes.io/instance': 'my' },
    ],
    ['another application', 'my-web', { 'app.kubernetes.io/instance': 'my', component: 'proxy' }],
  ])('is not %s', (_, name, labels) => {
    expect(readWithoutRelease('my', [deployment(name, labels)])).toBeNull();
  });

  it('is not a Helm release whose name has the same prefix', () => {
    const other = deployment('my-milvus-proxy', { ...MILVUS, component: 'proxy' });
    const annotations = { 'meta.helm.sh/release-name': 'my-milvus' };
    expect(readWithoutRelease('my', [{ metadata: { ...other.metadata, annotations } }])).toBeNull();
  });
});
