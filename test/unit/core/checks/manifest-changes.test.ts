import { describe, expect, it } from '@jest/globals';
import { evaluateDependencies } from '../../../../src/core/checks/dependency-images.js';
import { describeChanges } from '../../../../src/core/checks/manifest-changes.js';
import { deployment, object } from '../../../support/objects.js';

const statefulSet = (image: string, labels = {}) =>
  object('StatefulSet', 'my-etcd', {
    spec: { template: { metadata: { labels }, spec: { containers: [{ name: 'etcd', image }] } } },
  });
const chartLabel = (version: string) =>
  object('Service', 'a', { metadata: { labels: { 'helm.sh/chart': `milvus-${version}` } } });

describe('the changes of a manifest', () => {
  it('name the images of Milvus, show the lines, and omit the labels of the chart', () => {
    const before = deployment('proxy');
    const after = deployment('proxy', { image: 'milvusdb/milvus:v2.2.16' });
    const [change] = describeChanges([{ before, after }]);
    expect(change).toMatchObject({
      kind: 'Deployment',
      action: 'change',
      note: 'image milvusdb/milvus:v2.2.12 → milvusdb/milvus:v2.2.16',
    });
    expect(change?.diff.filter((line) => /^[+-]/.test(line)).map((line) => line.replace(/\s+/g, ' '))).toEqual([
      '- image: milvusdb/milvus:v2.2.12',
      '+ image: milvusdb/milvus:v2.2.16',
    ]);
  });

  it('list added and removed objects, and those that differ only in labels last', () => {
    const changes = describeChanges([
      { before: chartLabel('1'), after: chartLabel('2') },
      { before: null, after: object('Service', 'new') },
      { before: object('Service', 'old'), after: null },
      { before: object('Service', 'same'), after: object('Service', 'same') },
    ]);
    expect(changes.map(({ name, action, note }) => [name, action, note])).toEqual([
      ['new', 'add', ''],
      ['old', 'remove', ''],
      ['a', 'change', 'only labels of the chart'],
    ]);
  });

  it.each([
    ['a Secret', (word: string) => object('Secret', 's', { stringData: { anything: word } })],
    ['a Secret in base64', (word: string) => object('Secret', 's', { data: { x: word } })],
    [
      'a variable',
      (word: string) =>
        deployment('proxy', {
          pod: { containers: [{ name: 'proxy', env: [{ name: 'MINIO_SECRET_KEY', value: word }] }] },
        }),
    ],
    [
      'a configuration file',
      (word: string) =>
        object('ConfigMap', 'c', {
          data: { 'user.yaml': `minio:\n  accessKeyID: x\n  secretAccessKey: ${word}\n  port: 1\n` },
        }),
    ],
    [
      'a block in a configuration file',
      (word: string) =>
        object('ConfigMap', 'c', { data: { 'user.yaml': `tls:\n  key: |\n    ${word}\n    more\n  port: 1\n` } }),
    ],
    ['a setting', (word: string) => object('ConfigMap', 'c', { data: { a: `clientSecret: ${word}` } })],
    ['JSON', (word: string) => object('ConfigMap', 'c', { data: { a: `{"password": "${word}"}` } })],
    ['an address', (word: string) => object('ConfigMap', 'c', { data: { a: `amqp://user:${word}@host:1` } })],
    [
      'an argument',
      (word: string) => deployment('proxy', { pod: { containers: [{ name: 'proxy', args: [`--password=${word}`] }] } }),
    ],
  ])('mask possible secrets in %s', (_, make) => {
    const [change] = describeChanges([{ before: make('hunter-old'), after: make('hunter-new') }]);
    expect(change?.action).toBe('change');
    expect(JSON.stringify(change)).not.toContain('hunter');
    expect(change?.diff.length).toBeGreaterThan(0);
  });

  it('cut a long diff', () => {
    const many = (word: string) =>
      object('ConfigMap', 'c', {
        data: Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`a${at}`, `${word}${at}`])),
      });
    const [change] = describeChanges([{ before: many('x'), after: many('y') }]);
    expect(change?.diff.length).toBeLessThan(130);
    expect(change?.diff.at(-1)).toMatch(/more lines/);
  });
});

describe('dependency-image-changes', () => {
  it.each([
    ['nothing', statefulSet('etcd:1'), statefulSet('etcd:1'), 'pass', ''],
    ['another image', statefulSet('etcd:1'), statefulSet('etcd:2'), 'warn', 'StatefulSet/my-etcd (etcd:1 → etcd:2)'],
    [
      'a label of its pods',
      statefulSet('etcd:1', { chart: 'a' }),
      statefulSet('etcd:1', { chart: 'b' }),
      'warn',
      'replaced because of a label change',
    ],
    ['a new one', null, statefulSet('etcd:1'), 'warn', 'StatefulSet/my-etcd is added'],
    ['one that goes', statefulSet('etcd:1'), null, 'warn', 'is removed; its volumes are kept'],
    ['Milvus itself', deployment('proxy'), deployment('proxy', { image: 'x:2' }), 'pass', ''],
  ])('%s', (_, before, after, state, words) => {
    const [evaluated] = evaluateDependencies([{ before, after }]);
    expect(evaluated?.state).toBe(state);
    expect(evaluated?.reason).toContain(words);
  });
});
