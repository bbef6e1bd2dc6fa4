// The defaults of the public charts 3.2.18 to 5.0.19 that a newer chart changes for an existing installation: those
// that must be pinned, and those that must not. Found by comparing values.yaml of consecutive tags, and the
// StatefulSets that consecutive charts render.

/**
 * One value to pin. `absentMeans` is the behavior of a chart without the value; `when` limits the row to installations
 * with that value.
 */
export interface PinRow {
  readonly path: string;
  readonly absentMeans?: unknown;
  readonly when?: { readonly path: string; readonly is: boolean };
  readonly why: string;
  readonly source: string;
}

/** The chart that changed a default. */
const flippedIn = (chart: string): string => `zilliztech/milvus-helm milvus-${chart} charts/milvus/values.yaml`;

const coordinators = ['rootCoordinator', 'queryCoordinator', 'indexCoordinator', 'dataCoordinator'].map(
  (name): PinRow => ({
    path: `${name}.enabled`,
    when: { path: 'cluster.enabled', is: true },
    why: 'charts from 4.2.4 on disable separate coordinators by default; the existing ones would be deleted',
    source: flippedIn('4.2.4'),
  }),
);

const pulsarImages = [
  'images.zookeeper',
  'images.bookie',
  'images.autorecovery',
  'images.broker',
  'images.proxy',
  'pulsar_metadata.image',
].flatMap((image) =>
  ['repository', 'tag'].map(
    (part): PinRow => ({
      path: `pulsar.${image}.${part}`,
      when: { path: 'pulsar.enabled', is: true },
      why: 'charts from 4.2.0 on install Pulsar 2.9.5 instead of 2.8.2; Pulsar is upgraded separately',
      source: flippedIn('4.2.0'),
    }),
  ),
);

const pulsarv3Copies = ['managedLedgerDefaultEnsembleSize', 'managedLedgerDefaultWriteQuorum'].map(
  (setting): PinRow => ({
    path: `pulsarv3.broker.configData.${setting}`,
    when: { path: 'pulsarv3.enabled', is: true },
    why: 'charts from 4.2.49 on store two copies of each message instead of three',
    source: flippedIn('4.2.49'),
  }),
);

export const PINS: readonly PinRow[] = [
  {
    path: 'pulsar.enabled',
    absentMeans: false,
    why: 'charts from 4.2.27 on disable Pulsar v2 by default; the message queue would be removed, and its data would no longer be available',
    source: flippedIn('4.2.27'),
  },
  {
    path: 'pulsarv3.enabled',
    absentMeans: false,
    why: 'charts from 4.2.27 on enable Pulsar v3 by default; a second, empty message queue would be installed',
    source: flippedIn('4.2.27'),
  },
  {
    path: 'standalone.messageQueue',
    absentMeans: 'rocksmq',
    when: { path: 'cluster.enabled', is: false },
    why: 'charts from 5.0.0 on use Woodpecker by default; the chart detects the message queue in use only if it can query the cluster',
    source: `${flippedIn('5.0.0')} and templates/_helpers.tpl; milvus-io/milvus#49584`,
  },
  {
    path: 'mixCoordinator.enabled',
    absentMeans: false,
    when: { path: 'cluster.enabled', is: true },
    why: 'charts from 4.2.4 on enable the mixed coordinator by default; it would run beside separate coordinators',
    source: flippedIn('4.2.4'),
  },
  ...coordinators,
  {
    path: 'etcd.image.repository',
    when: { path: 'etcd.enabled', is: true },
    why: 'the pinned tag belongs to this repository',
    source: flippedIn('5.0.10'),
  },
  {
    path: 'etcd.image.tag',
    when: { path: 'etcd.enabled', is: true },
    why: 'charts install newer etcd versions (3.5.0 to 3.5.25); etcd is upgraded separately, step by step',
    source: `${flippedIn('4.0.7')}, and of 4.1.13, 4.2.3, 4.2.25, 4.2.40, 5.0.9, 5.0.10; milvus-io/milvus#40706`,
  },
  {
    path: 'minio.image.repository',
    when: { path: 'minio.enabled', is: true },
    why: 'the pinned tag belongs to this repository',
    source: 'zilliztech/milvus-helm#304, charts from 5.0.28 on: quay.io/minio/minio',
  },
  {
    path: 'minio.image.tag',
    when: { path: 'minio.enabled', is: true },
    why: 'charts install newer MinIO versions, one of which uses a different data format and cannot be rolled back; MinIO is upgraded separately',
    source: `${flippedIn('4.0.13')}, and of 4.2.55, 5.0.0; milvus-io/milvus#25321`,
  },
  ...pulsarImages,
  ...pulsarv3Copies,
];

/** Defaults that also change but are not pinned, with the reason. */
export const LEFT_TO_CHART: readonly { readonly path: string; readonly why: string; readonly source: string }[] = [
  {
    path: 'image.all.tag',
    why: 'every upgrade sets it',
    source: 'the input target-version',
  },
  {
    path: 'streaming.enabled, indexNode.enabled',
    why: 'they belong to Milvus 2.6; the path to 2.6 sets them',
    source: flippedIn('5.0.0'),
  },
  {
    path: 'kafka.image, kafka.zookeeper.image',
    why: 'chart 5.0.1 moves the same versions to bitnamilegacy, because the old images can no longer be pulled',
    source: `${flippedIn('5.0.1')}; zilliztech/milvus-helm#244; milvus-io/milvus#47107`,
  },
  {
    path: 'image.tools',
    why: 'the tool belongs to the templates of its chart',
    source: `${flippedIn('4.0.1')}, and of 4.1.9, 5.0.0`,
  },
  {
    path: 'pulsar.broker.configData, pulsarv3.broker.configData (times and policies)',
    why: 'they fix a full backlog and abandoned subscriptions, and keep the stored data',
    source: `${flippedIn('4.0.21')}, and of 4.2.49, 4.2.53`,
  },
];
