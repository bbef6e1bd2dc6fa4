// What a Milvus container is told: the configuration files in it, and above them the variables of its environment. Pure.
import { mergeFiles } from '../milvus-configuration.js';
import { mergeValues, valuesAtPath, type Values } from '../values.js';

/** The settings that an upgrade looks at. */
const SETTINGS = [
  'etcd.endpoints',
  'etcd.rootPath',
  'etcd.metaSubPath',
  'etcd.use.embed',
  'etcd.auth.enabled',
  'etcd.auth.userName',
  'etcd.auth.password',
  'etcd.ssl.enabled',
  'metastore.type',
  'mq.type',
  'messageQueue',
  'pulsar.address',
  'kafka.brokerList',
] as const;

/** The files laid over one another, and the environment over them: `ETCD_AUTH_PASSWORD` is `etcd.auth.password` (milvus pkg/util/paramtable/base_table.go, formatter). */
export function readMilvusSettings(files: Readonly<Record<string, string>>, environment: Values): Values {
  const told = SETTINGS.flatMap((path) => {
    const value = Object.entries(environment).findLast(([name]) => plain(name) === plain(path))?.[1];
    return value === undefined || value === '' ? [] : [valuesAtPath(path, value)];
  });
  return told.reduce<Values>(mergeValues, mergeFiles(files));
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/^milvus\./, '')
    .replaceAll(/[/_.]/g, '');
}
