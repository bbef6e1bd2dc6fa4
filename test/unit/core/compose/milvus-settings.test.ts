// The effective settings of a Milvus container: its files, overridden by its environment.
import { describe, expect, it } from '@jest/globals';
import { readMilvusSettings } from '../../../../src/core/compose/milvus-settings.js';
import { valueAt } from '../../../../src/core/lib/json.js';

const FILE = {
  'milvus.yaml': 'etcd: {rootPath: by-dev, endpoints: [localhost:2379]}\nmq: {type: default}\nextra: kept',
};

describe('the settings of a Milvus container', () => {
  it.each([
    ['ETCD_ENDPOINTS', 'etcd.endpoints'],
    ['ETCD_ROOTPATH', 'etcd.rootPath'],
    ['etcd.rootPath', 'etcd.rootPath'],
    ['MILVUS.ETCD.ROOTPATH', 'etcd.rootPath'],
    ['ETCD_USE_EMBED', 'etcd.use.embed'],
    ['ETCD_AUTH_PASSWORD', 'etcd.auth.password'],
    ['ETCD_AUTH_USERNAME', 'etcd.auth.userName'],
    ['METASTORE_TYPE', 'metastore.type'],
    ['MQ_TYPE', 'mq.type'],
    ['PULSAR_ADDRESS', 'pulsar.address'],
    ['KAFKA_BROKERLIST', 'kafka.brokerList'],
  ])('use %s from the environment instead of %s from the file', (name, path) => {
    expect(valueAt(readMilvusSettings(FILE, { [name]: 'said' }), path)).toBe('said');
  });

  it('are those of the files if the environment does not set them, or sets an empty string', () => {
    const settings = readMilvusSettings(FILE, { ETCD_ROOTPATH: '', MINIO_ADDRESS: 'minio:9000' });
    expect(valueAt(settings, 'etcd.rootPath')).toBe('by-dev');
    expect(settings).toMatchObject({ extra: 'kept' });
    expect(settings).not.toHaveProperty('minio');
  });

  it('use user.yaml instead of milvus.yaml', () => {
    expect(valueAt(readMilvusSettings({ ...FILE, 'user.yaml': 'etcd: {rootPath: mine}' }, {}), 'etcd.rootPath')).toBe(
      'mine',
    );
  });

  it('are read from the environment alone if no file can be read', () => {
    expect(readMilvusSettings({ 'milvus.yaml': '' }, { ETCD_ENDPOINTS: 'etcd:2379' })).toEqual({
      etcd: { endpoints: 'etcd:2379' },
    });
  });
});
