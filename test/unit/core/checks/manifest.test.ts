import { describe, expect, it } from '@jest/globals';
import { isChanged, mergePatch, pairObjects, parseManifest } from '../../../../src/core/checks/manifest.js';
import { mergeValues, type Values } from '../../../../src/core/model/values.js';
import { object } from '../../../support/objects.js';

describe('a manifest', () => {
  it('is parsed to objects, without documents that are not an object', () => {
    const text = '---\n# only a comment\n---\nkind: Service\napiVersion: v1\nmetadata: {name: a}\n---\nnull\n';
    expect(parseManifest(text).map((object) => object.metadata.name)).toEqual(['a']);
  });

  it('is paired with the next one; a new version of an API group is not a new object', () => {
    const before = [
      object('Service', 'a'),
      object('Deployment', 'gone'),
      { ...object('Ingress', 'i'), apiVersion: 'networking.k8s.io/v1beta1' },
    ];
    const after = [
      object('Service', 'a'),
      object('Deployment', 'new'),
      { ...object('Ingress', 'i'), apiVersion: 'networking.k8s.io/v1' },
    ];
    const described = pairObjects(before, after).map(
      (pair) => `${pair.before?.metadata.name ?? '-'} ${pair.after?.metadata.name ?? '-'} ${isChanged(pair)}`,
    );
    expect(described).toEqual(['a a false', '- new true', 'i i true', 'gone - true']);
  });

  it('is paired if only one of the charts sets the namespace', () => {
    const [before, after] = [
      object('PersistentVolumeClaim', 'a'),
      object('PersistentVolumeClaim', 'a', { metadata: { namespace: 'prod' } }),
    ];
    expect(pairObjects([before], [after], 'prod')).toEqual([{ before, after }]);
    expect(pairObjects([before], [after], 'test')).toHaveLength(2);
  });
});

describe('the patch between two renderings', () => {
  it.each<[Values, Values, Values]>([
    [{ a: 1 }, { a: 1 }, {}],
    [{ a: 1 }, { a: 2 }, { a: 2 }],
    [{ a: 1, b: 1 }, { a: 1 }, { b: null }],
    [{ a: { b: 1, c: 1 } }, { a: { b: 2, c: 1 } }, { a: { b: 2 } }],
    [{ a: [1, 2] }, { a: [1, 3] }, { a: [1, 3] }],
    [{ a: { b: 1 } }, { a: 'text' }, { a: 'text' }],
    [{}, { a: { b: 1 } }, { a: { b: 1 } }],
  ])('from %j to %j is %j', (before, after, patch) => {
    expect(mergePatch(before, after)).toEqual(patch);
  });

  it('keeps fields that the server has set', () => {
    expect(
      mergeValues(
        { spec: { replicas: 1, clusterIP: '10.0.0.1' } },
        mergePatch({ spec: { replicas: 1 } }, { spec: { replicas: 2 } }),
      ),
    ).toEqual({
      spec: { replicas: 2, clusterIP: '10.0.0.1' },
    });
  });
});
