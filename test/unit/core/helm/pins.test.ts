import { describe, expect, it } from '@jest/globals';
import { PINS } from '../../../../src/core/knowledge/pins.js';
import { findPins } from '../../../../src/core/helm/pins.js';
import { computeValues, mergeValues, valuesAtPath, type Values } from '../../../../src/core/model/values.js';

const on = { enabled: true };
const off = { enabled: false };

/** The changed defaults of the public charts: values.yaml of the tag with the same name in zilliztech/milvus-helm. */
const separate = { rootCoordinator: on, queryCoordinator: on, indexCoordinator: on, dataCoordinator: on };
const mixed = {
  rootCoordinator: off,
  queryCoordinator: off,
  indexCoordinator: off,
  dataCoordinator: off,
  mixCoordinator: on,
};
const pulsarOf = (enabled: boolean, tag: string): Values => {
  const image = { repository: 'apachepulsar/pulsar', tag };
  return {
    enabled,
    images: { zookeeper: image, bookie: image, autorecovery: image, broker: image, proxy: image },
    pulsar_metadata: { image },
  };
};
const pulsarv3Of = (enabled: boolean, copies: string): Values => ({
  enabled,
  broker: { configData: { managedLedgerDefaultEnsembleSize: copies, managedLedgerDefaultWriteQuorum: copies } },
});
const storesOf = (etcd: string, minio: string): Values => ({
  cluster: on,
  etcd: { enabled: true, image: { repository: 'milvusdb/etcd', tag: etcd } },
  minio: { enabled: true, image: { tag: minio } },
  kafka: { enabled: false, image: { repository: 'bitnami/kafka', tag: '3.1.0-debian-10-r52' } },
});
const charts = {
  '4.0.34': {
    ...storesOf('3.5.5-r2', 'RELEASE.2023-03-20T20-16-18Z'),
    ...separate,
    mixCoordinator: off,
    pulsar: pulsarOf(true, '2.8.2'),
    standalone: { messageQueue: 'rocksmq' },
    indexNode: on,
  },
  '4.2.20': {
    ...storesOf('3.5.14-r1', 'RELEASE.2023-03-20T20-16-18Z'),
    ...mixed,
    pulsar: pulsarOf(true, '2.9.5'),
    standalone: { messageQueue: 'rocksmq' },
    indexNode: on,
    streaming: off,
  },
  '4.2.33': {
    ...storesOf('3.5.16-r1', 'RELEASE.2023-03-20T20-16-18Z'),
    ...mixed,
    pulsar: pulsarOf(false, '2.9.5'),
    pulsarv3: pulsarv3Of(true, '3'),
    standalone: { messageQueue: 'rocksmq' },
    indexNode: on,
    streaming: off,
  },
  '5.0.19': {
    ...storesOf('3.5.25-r1', 'RELEASE.2024-12-18T13-15-44Z'),
    ...mixed,
    kafka: { enabled: false, image: { repository: 'bitnamilegacy/kafka', tag: '3.1.0' } },
    pulsar: pulsarOf(false, '2.9.5'),
    pulsarv3: pulsarv3Of(true, '2'),
    standalone: { messageQueue: 'woodpecker' },
    indexNode: off,
    streaming: on,
  },
} as const satisfies Readonly<Record<string, Values>>;

type Chart = keyof typeof charts;

/**
 * The pins of `helm upgrade --reset-then-reuse-values`: the values of the user are merged over the defaults of the new
 * chart.
 */
function pins(from: Chart, to: Chart, user: Values = {}, given: Values = {}): Record<string, unknown> {
  const found = findPins(computeValues(charts[from], user), computeValues(charts[to], mergeValues(user, given)), given);
  return Object.fromEntries(found.map((pin) => [pin.path, pin.value]));
}

const dependenciesOff = { etcd: off, minio: off, pulsar: off, pulsarv3: off };

describe('pinned values', () => {
  it('are empty if the chart does not change', () => {
    for (const chart of Object.keys(charts) as Chart[]) expect(pins(chart, chart)).toEqual({});
  });

  it('include the separate coordinators, which later charts would replace', () => {
    expect(pins('4.0.34', '4.2.20', dependenciesOff)).toEqual({
      'mixCoordinator.enabled': false,
      'rootCoordinator.enabled': true,
      'queryCoordinator.enabled': true,
      'indexCoordinator.enabled': true,
      'dataCoordinator.enabled': true,
    });
  });

  it('include Pulsar v2, the disabled Pulsar v3 and the version of Pulsar', () => {
    const found = pins('4.0.34', '4.2.33', { etcd: off, minio: off, ...mixed });
    expect(found).toMatchObject({ 'pulsar.enabled': true, 'pulsarv3.enabled': false });
    expect(Object.entries(found).filter(([path]) => path.endsWith('.tag'))).toEqual(
      [
        'images.zookeeper',
        'images.bookie',
        'images.autorecovery',
        'images.broker',
        'images.proxy',
        'pulsar_metadata.image',
      ].map((image) => [`pulsar.${image}.tag`, '2.8.2']),
    );
  });

  it('include no second message queue for Kafka or an external message queue', () => {
    expect(pins('4.2.20', '4.2.33', { etcd: off, minio: off, pulsar: off, kafka: on })).toEqual({
      'pulsarv3.enabled': false,
    });
  });

  it('include the versions of etcd and MinIO', () => {
    expect(pins('4.2.33', '5.0.19', { pulsarv3: off })).toEqual({
      'etcd.image.tag': '3.5.16-r1',
      'minio.image.tag': 'RELEASE.2023-03-20T20-16-18Z',
    });
  });

  it('include the repository of the images of etcd and MinIO', () => {
    const image = (repository: string): Values => ({ enabled: true, image: { repository, tag: 'T' } });
    const [before, after] = [
      { etcd: image('milvusdb/etcd'), minio: image('minio/minio') },
      { etcd: image('quay.io/coreos/etcd'), minio: image('quay.io/minio/minio') },
    ];
    expect(Object.fromEntries(findPins(before, after, {}).map(({ path, value }) => [path, value]))).toEqual({
      'etcd.image.repository': 'milvusdb/etcd',
      'minio.image.repository': 'minio/minio',
    });
  });

  it('exclude versions of components that are not installed', () => {
    expect(pins('4.2.33', '5.0.19', dependenciesOff)).toEqual({});
  });

  it('include the number of copies that Pulsar v3 stores of each message', () => {
    expect(pins('4.2.33', '5.0.19', { etcd: off, minio: off })).toEqual({
      'pulsarv3.broker.configData.managedLedgerDefaultEnsembleSize': '3',
      'pulsarv3.broker.configData.managedLedgerDefaultWriteQuorum': '3',
    });
  });

  it('include the message queue of a standalone', () => {
    const standalone = { ...dependenciesOff, cluster: off };
    expect(pins('4.2.33', '5.0.19', standalone)).toEqual({ 'standalone.messageQueue': 'rocksmq' });
    expect(pins('4.0.34', '5.0.19', standalone)).toEqual({ 'standalone.messageQueue': 'rocksmq' });
    expect(pins('4.2.33', '5.0.19', { ...standalone, standalone: { messageQueue: 'kafka' } })).toEqual({});
  });

  it('exclude the components that Milvus 2.6 changes, and the moved image of Kafka', () => {
    const found = pins('4.2.33', '5.0.19', { pulsarv3: off, kafka: on });
    expect(Object.keys(found).filter((path) => /^(streaming|indexNode|kafka)/.test(path))).toEqual([]);
  });

  it('exclude values that this run sets', () => {
    expect(pins('4.2.33', '5.0.19', { pulsarv3: off, minio: off }, { etcd: { image: { tag: '3.5.18-r1' } } })).toEqual(
      {},
    );
    expect(pins('4.2.33', '5.0.19', { pulsarv3: off, minio: off }, { etcd: { image: { tag: null } } })).toEqual({});
    expect(pins('4.2.33', '5.0.19', { pulsarv3: off, minio: off }, { etcd: { image: null } })).toEqual({});
    expect(
      pins('4.2.33', '5.0.19', { pulsarv3: off, minio: off }, { etcd: { image: { pullPolicy: 'Always' } } }),
    ).toEqual({ 'etcd.image.tag': '3.5.16-r1' });
  });

  it('exclude values that the user has set in the release, which are reused', () => {
    const user = {
      pulsarv3: off,
      minio: off,
      etcd: { image: { repository: 'registry.example.com/etcd', tag: '3.5.16' } },
    };
    expect(pins('4.2.33', '5.0.19', user)).toEqual({});
  });

  it('exclude values that the new chart does not define', () => {
    const installed = computeValues(charts['4.2.33'], {});
    const renamed = mergeValues(charts['5.0.19'], { etcd: null, pulsarv3: null, minio: null });
    expect(findPins(installed, computeValues(renamed, {}), {})).toEqual([]);
  });

  it('contain the new default, the reason and the source', () => {
    const [pin] = findPins(
      computeValues(charts['4.2.33'], { pulsarv3: off }),
      computeValues(charts['5.0.19'], { pulsarv3: off }),
      {},
    );
    expect(pin).toMatchObject({
      path: 'etcd.image.tag',
      value: '3.5.16-r1',
      newDefault: '3.5.25-r1',
      why: expect.stringContaining('step by step'),
      source: expect.stringContaining('4.0.7'),
    });
  });

  it.each(PINS.map((row) => [row.path, row] as const))('include %s', (path, row) => {
    const installed = mergeValues(
      row.when ? valuesAtPath(row.when.path, row.when.is) : {},
      valuesAtPath(path, 'installed'),
    );
    expect(findPins(installed, valuesAtPath(path, 'new'), {}).map((pin) => pin.path)).toContain(path);
    const without = row.when ? valuesAtPath(row.when.path, !row.when.is) : {};
    const isOff = findPins(mergeValues(valuesAtPath(path, 'installed'), without), valuesAtPath(path, 'new'), {}).some(
      (pin) => pin.path === path,
    );
    expect(isOff).toBe(row.when === undefined);
  });
});
