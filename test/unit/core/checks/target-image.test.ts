// The check of the image in the rendered manifest.
import { describe, expect, it } from '@jest/globals';
import { evaluateTargetImage } from '../../../../src/core/checks/target-image.js';
import type { KubeObject } from '../../../../src/core/checks/manifest.js';
import { mergeValues } from '../../../../src/core/model/values.js';
import { deployment, object } from '../../../support/objects.js';

const target = { release: 'my', image: 'milvusdb/milvus:v2.2.16' };

function milvus(role: string, image: string): KubeObject {
  return mergeValues(deployment(role, { image }), {
    metadata: { labels: { 'app.kubernetes.io/instance': 'my' } },
  }) as KubeObject;
}

describe('the check target-image', () => {
  it('passes if every Deployment gets the image', () => {
    const { image } = target;
    const attu = milvus('attu', 'zilliz/attu:v2.2.8');
    const pulsar = deployment('grafana', { image: 'grafana/grafana:1' });
    expect(evaluateTargetImage([milvus('proxy', image), milvus('querynode', image), attu, pulsar], target)).toEqual([
      expect.objectContaining({ state: 'pass' }),
    ]);
  });

  it.each([
    ['no Deployment', [object('Service', 'my-milvus')], 'the rendered manifest has no Milvus Deployment of release my'],
    [
      'Deployments of another release only',
      [deployment('proxy', { image: target.image })],
      'the rendered manifest has no Milvus Deployment of release my',
    ],
    [
      'another registry, for which the step would wait forever',
      [milvus('proxy', 'registry.example.com/milvusdb/milvus:v2.2.16')],
      'the rendered manifest does not have the image milvusdb/milvus:v2.2.16 in Deployment/my-milvus-proxy (registry.example.com/milvusdb/milvus:v2.2.16)',
    ],
    [
      'one Deployment that keeps its image',
      [milvus('proxy', target.image), milvus('querynode', 'milvusdb/milvus:v2.2.12')],
      'the rendered manifest does not have the image milvusdb/milvus:v2.2.16 in Deployment/my-milvus-querynode (milvusdb/milvus:v2.2.12)',
    ],
  ])('fails for %s', (_, objects, reason) => {
    expect(evaluateTargetImage(objects, target)).toEqual([
      expect.objectContaining({
        state: 'fail',
        skippable: false,
        reason: `${reason}, so the upgrade would not change it`,
      }),
    ]);
  });
});
