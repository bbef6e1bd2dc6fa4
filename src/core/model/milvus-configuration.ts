// Reads the configuration of Milvus: the topology from the components; message queue, metastore and etcd from the
// mounted files. Pure.
import type { Component } from './component.js';
import { valueAt } from '../lib/json.js';
import { mergeValues, type Values } from './values.js';
import { readYamlRecord } from '../lib/safe-yaml.js';
import { isOlder, type Version } from './version.js';
import type { Etcd, MessageQueue, Metastore, Topology } from './shared-observation.js';

export interface Configuration {
  readonly messageQueue: MessageQueue;
  readonly metastore: Metastore;
  readonly etcd: Etcd;
  /** Whether active-standby is on for every coordinator. */
  readonly standby: boolean;
}

/**
 * Milvus merges user.yaml over default.yaml; charts up to 3.3.1 mount one whole milvus.yaml (zilliztech/milvus-helm
 * templates/config.yaml).
 */
const FILES_IN_ORDER = ['milvus.yaml', 'default.yaml', 'user.yaml'];
/** The default of Milvus, configs/milvus.yaml `etcd.rootPath`. */
export const DEFAULT_ROOT_PATH = 'by-dev';

const queues: readonly MessageQueue[] = ['rocksmq', 'natsmq', 'pulsar', 'kafka', 'woodpecker'];

/** The merged configuration files, as the running version reads them; a file that is not YAML counts as empty. */
export function readConfiguration(
  files: Readonly<Record<string, string>>,
  topology: Topology,
  running: Version | null,
): Configuration {
  const merged = mergeFiles(files);
  return {
    messageQueue: messageQueueOf(merged, topology, running),
    metastore: valueAt(merged, 'metastore.type') === 'mysql' ? 'mysql' : 'etcd',
    etcd: {
      endpoints: endpointsOf(valueAt(merged, 'etcd.endpoints')),
      rootPath: String(valueAt(merged, 'etcd.rootPath') ?? DEFAULT_ROOT_PATH),
    },
    standby: ['rootCoord', 'dataCoord', 'queryCoord'].every(
      (coordinator) => valueAt(merged, `${coordinator}.enableActiveStandby`) === true,
    ),
  };
}

/** All files, merged in the order of Milvus. */
export function mergeFiles(files: Readonly<Record<string, string>>): Values {
  const merged =
    known.get(files) ?? FILES_IN_ORDER.map((name) => readYamlRecord(files[name] ?? '')).reduce<Values>(mergeValues, {});
  known.set(files, merged);
  return merged;
}

/** The same files are read at every observation. */
const known = new WeakMap<Readonly<Record<string, string>>, Values>();

export function topologyOf(components: readonly Component[]): Topology {
  const roles = new Set(
    components.filter((component) => component.deployment !== '').map((component) => component.role),
  );
  if (roles.has('standalone')) return 'standalone';
  if (roles.has('streamingnode')) return 'streaming';
  if (roles.has('mixcoord')) return 'mixcoord';
  return roles.has('rootcoord') ? 'separate-coordinators' : 'unknown';
}

/**
 * `mq.type` (chart 4.0.33 and later) or `messageQueue` (3.3.2 and later); without them by the configured address, and
 * RocksMQ for a standalone (milvus-io/milvus configs/milvus.yaml, "mq.type").
 */
function messageQueueOf(merged: Values, topology: Topology, running: Version | null): MessageQueue {
  const keys = [valueAt(merged, 'mq.type'), valueAt(merged, 'messageQueue')];
  const stated = keys.map((key) => queues.find((queue) => queue === key)).find((queue) => queue !== undefined);
  if (stated) return stated;
  // With `default`, an address in the section of a queue is not conclusive: the images contain `pulsar.address:
  // localhost`.
  if (keys.includes('default')) return defaultQueue(topology, running);
  if (valueAt(merged, 'pulsar.address')) return 'pulsar';
  if (valueAt(merged, 'kafka.brokerList')) return 'kafka';
  return topology === 'standalone' ? 'rocksmq' : 'unknown';
}

/** A list, or one string separated by commas. */
export function endpointsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : String(value ?? '').split(',');
  return list.map((endpoint) => String(endpoint).trim()).filter((endpoint) => endpoint !== '');
}

/** What `mq.type: default` means (milvus-io/milvus configs/milvus.yaml, "mq.type"; milvus-io/milvus#50217). */
function defaultQueue(topology: Topology, running: Version | null): MessageQueue {
  if (topology === 'unknown') return 'unknown';
  if (topology !== 'standalone') return 'pulsar';
  if (running === null) return 'unknown';
  return isOlder(running, '2.6.0') ? 'rocksmq' : 'woodpecker';
}
