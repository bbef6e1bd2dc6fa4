// The defaults of the public charts 3.2.18 to 5.0.19 that a newer chart changes under an installation: those that must be held, and those that must not.
// Found by comparing values.yaml of neighbouring tags, and the StatefulSets that neighbouring charts render.

/** One value to hold. `absentMeans` is what a chart without the value does; `when` limits the row to installations with that value. */
export interface PinRow {
  readonly path: string;
  readonly absentMeans?: unknown;
  readonly when?: { readonly path: string; readonly is: boolean };
  readonly why: string;
  readonly source: string;
}

/** Where a default flipped: the chart that did it. */
const flippedIn = (chart: string): string => `zilliztech/milvus-helm milvus-${chart} charts/milvus/values.yaml`;

const coordinators = ['rootCoordinator', 'queryCoordinator', 'indexCoordinator', 'dataCoordinator'].map(
  (name): PinRow => ({
    path: `${name}.enabled`,
    when: { path: 'cluster.enabled', is: true },
    why: 'charts from 4.2.4 on have separate coordinators off; theirs would be deleted',
    source: flippedIn('4.2.4'),
  }),
);

const pulsarImages = ['images.zookeeper', 'images.bookie', 'images.autorecovery', 'images.broker', 'images.proxy', 'pulsar_metadata.image'].flatMap((image) =>
  ['repository', 'tag'].map(
    (part): PinRow => ({
      path: `pulsar.${image}.${part}`,
      when: { path: 'pulsar.enabled', is: true },
      why: 'charts from 4.2.0 on bring Pulsar 2.9.5 instead of 2.8.2; Pulsar is upgraded by itself',
      source: flippedIn('4.2.0'),
    }),
  ),
);

const pulsarv3Copies = ['managedLedgerDefaultEnsembleSize', 'managedLedgerDefaultWriteQuorum'].map(
  (setting): PinRow => ({
    path: `pulsarv3.broker.configData.${setting}`,
    when: { path: 'pulsarv3.enabled', is: true },
    why: 'charts from 4.2.49 on keep two copies of each message instead of three',
    source: flippedIn('4.2.49'),
  }),
);

export const PINS: readonly PinRow[] = [
  {
    path: 'pulsar.enabled',
    absentMeans: false,
    why: 'charts from 4.2.27 on have Pulsar v2 off; the queue and what is in it would be gone',
    source: flippedIn('4.2.27'),
  },
  {
    path: 'pulsarv3.enabled',
    absentMeans: false,
    why: 'charts from 4.2.27 on have Pulsar v3 on; a second, empty queue would be installed',
    source: flippedIn('4.2.27'),
  },
  {
    path: 'standalone.messageQueue',
    absentMeans: 'rocksmq',
    when: { path: 'cluster.enabled', is: false },
    why: 'charts from 5.0.0 on use Woodpecker unless told; the chart looks for the queue in use only when it can ask the cluster',
    source: `${flippedIn('5.0.0')} and templates/_helpers.tpl; milvus-io/milvus#49584`,
  },
  {
    path: 'mixCoordinator.enabled',
    absentMeans: false,
    when: { path: 'cluster.enabled', is: true },
    why: 'charts from 4.2.4 on have the mixed coordinator on; it would run beside separate coordinators',
    source: flippedIn('4.2.4'),
  },
  ...coordinators,
  {
    path: 'etcd.image.repository',
    when: { path: 'etcd.enabled', is: true },
    why: 'the tag that is held belongs to this repository',
    source: flippedIn('5.0.10'),
  },
  {
    path: 'etcd.image.tag',
    when: { path: 'etcd.enabled', is: true },
    why: 'charts bring newer etcd versions (3.5.0 to 3.5.25); etcd is upgraded by itself, step by step',
    source: `${flippedIn('4.0.7')}, and of 4.1.13, 4.2.3, 4.2.25, 4.2.40, 5.0.9, 5.0.10; milvus-io/milvus#40706`,
  },
  {
    path: 'minio.image.tag',
    when: { path: 'minio.enabled', is: true },
    why: 'charts bring newer MinIO versions, one of which reads another form of data and cannot go back; MinIO is upgraded by itself',
    source: `${flippedIn('4.0.13')}, and of 4.2.55, 5.0.0; milvus-io/milvus#25321`,
  },
  ...pulsarImages,
  ...pulsarv3Copies,
];

/** Defaults that flip too and are left to the chart, with the reason. */
export const LEFT_TO_CHART: readonly { readonly path: string; readonly why: string; readonly source: string }[] = [
  {
    path: 'image.all.tag',
    why: 'it is given with every upgrade',
    source: 'the input target-version',
  },
  {
    path: 'streaming.enabled, indexNode.enabled',
    why: 'they belong to Milvus 2.6; the way to 2.6 gives them',
    source: flippedIn('5.0.0'),
  },
  {
    path: 'kafka.image, kafka.zookeeper.image',
    why: 'chart 5.0.1 moves the same versions to bitnamilegacy, because the old images cannot be pulled any more',
    source: `${flippedIn('5.0.1')}; zilliztech/milvus-helm#244; milvus-io/milvus#47107`,
  },
  {
    path: 'image.tools',
    why: 'the tool belongs to the templates of its chart',
    source: `${flippedIn('4.0.1')}, and of 4.1.9, 5.0.0`,
  },
  {
    path: 'pulsar.broker.configData, pulsarv3.broker.configData (times and policies)',
    why: 'they mend a full backlog and forgotten subscriptions, and keep what is stored',
    source: `${flippedIn('4.0.21')}, and of 4.2.49, 4.2.53`,
  },
];
