// The effective settings of a Milvus container: its configuration files, overridden by its environment variables. Pure.
import { mergeFiles } from '../model/milvus-configuration.js';
import { mergeValues, valuesAtPath, type Values } from '../model/values.js';

/** The settings that an upgrade reads. */
const SETTINGS = [
  'etcd.endpoints',
  'etcd.rootPath',
  'etcd.metaSubPath',
  'etcd.use.embed',
  'etcd.auth.enabled',
  'etcd.auth.userName',
  'etcd.auth.password',
  'etcd.ssl.enabled',
  'etcd.ssl.tlsCert',
  'etcd.ssl.tlsKey',
  'etcd.ssl.tlsCACert',
  'etcd.ssl.tlsMinVersion',
  'metastore.type',
  'mq.type',
  'messageQueue',
  'pulsar.address',
  'kafka.brokerList',
] as const;

/**
 * Merges the files in order, and the environment over them: `ETCD_AUTH_PASSWORD` is `etcd.auth.password` (milvus
 * pkg/util/paramtable/base_table.go, formatter).
 */
export function readMilvusSettings(files: Readonly<Record<string, string>>, environment: Values): Values {
  const overrides = SETTINGS.flatMap((path) => {
    const value = Object.entries(environment).findLast(([name]) => plain(name) === plain(path))?.[1];
    return value === undefined || value === '' ? [] : [valuesAtPath(path, value)];
  });
  return overrides.reduce<Values>(mergeValues, mergeFiles(files));
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/^milvus\./, '')
    .replaceAll(/[/_.]/g, '');
}
