// The rows of the advisories from Milvus 2.6.17 on, and those of earlier versions that depend on the installation.
import { releaseNotes, type AdvisoryRow } from './advisory-rows.js';

export const NEWER_ADVISORIES: readonly AdvisoryRow[] = [
  {
    version: null,
    name: 'incomplete-results',
    targets: { from: '2.3.0', before: '2.4.0' },
    sources: { from: '2.3.0', before: '2.4.0' },
    topologies: ['mixcoord', 'separate-coordinators'],
    advice:
      'while a query node is replaced, results of searches can be incomplete for up to 10 s; with queryCoord.updateNextTargetInterval: 1 in the configuration, for up to 1 s',
    source:
      'measured on 2.3.4 → 2.3.5, docs/rolling.md; milvus-io/milvus internal/querycoordv2/observers/target_observer.go',
  },
  {
    version: '2.5.6',
    targets: { from: '2.5.0', before: '2.5.6' },
    sources: { from: '2.0.0', before: '2.5.0' },
    advice: 'with authorization, privileges that were granted with "*" are denied after the upgrade',
    source: 'milvus-io/milvus#40547; milvus-io/milvus#40355; milvus-io/milvus#40548',
  },
  {
    version: null,
    name: 'grants',
    targets: { from: '2.5.0', before: '2.6.0' },
    sources: { from: '2.4.0', before: '2.5.0' },
    advice:
      'with authorization, a report says that roles lost grants after an upgrade from 2.4.10 to 2.5.14; compare users, roles and grants before and after',
    source: 'milvus-io/milvus#43369',
  },
  {
    version: '2.6.18',
    targets: { from: '2.6.0', before: '2.6.18' },
    queues: ['woodpecker'],
    advice: 'with Woodpecker, a writer that is replaced can skip segment IDs',
    source: `milvus-io/milvus#49670; ${releaseNotes('2.6', '2.6.18')}`,
  },
  {
    version: '2.6.19',
    targets: { from: '2.6.0', before: '2.6.19' },
    queues: ['kafka', 'rocksmq'],
    advice: 'with Kafka or RocksMQ, the recovery of the write-ahead log can fail to restore its checkpoints',
    source: `milvus-io/milvus#50242; ${releaseNotes('2.6', '2.6.19')}`,
  },
  {
    version: '2.6.19',
    name: 'text-statistics',
    targets: { from: '2.6.0', before: '2.6.19' },
    advice: 'garbage collection can delete the statistics of text indexes, and identifiers of grantees can collide',
    source: `milvus-io/milvus#50599; milvus-io/milvus#50236; ${releaseNotes('2.6', '2.6.19')}`,
  },
  {
    version: '2.6.20',
    targets: { from: '2.6.0', before: '2.6.20' },
    advice: 'after a start, channels of existing collections can be missing in the recovered write-ahead log',
    source: `milvus-io/milvus#51144; ${releaseNotes('2.6', '2.6.20')}`,
  },
  {
    version: '2.6.21',
    targets: { from: '2.6.0', before: '2.6.21' },
    advice:
      'collections can be reported as loaded before they can be queried, and the type of the message queue can be outdated after it was switched',
    source: `milvus-io/milvus#51298; milvus-io/milvus#51552; ${releaseNotes('2.6', '2.6.21')}`,
  },
  {
    version: '2.6.22',
    targets: { from: '2.6.0', before: '2.6.22' },
    topologies: ['mixcoord', 'streaming', 'standalone'],
    advice: 'the mixed coordinator can lose its session in etcd before its parts have stopped',
    source: `milvus-io/milvus#51771; ${releaseNotes('2.6', '2.6.22')}`,
  },
  {
    version: null,
    name: 'storage-compaction',
    targets: { from: '2.6.22', before: '3.0.0' },
    sources: { from: '2.0.0', before: '2.6.22' },
    advice:
      'compaction to the newest storage version is on by default from 2.6.22 on: existing segments are rewritten in the background, with additional load',
    source: `milvus-io/milvus#51946; ${releaseNotes('2.6', '2.6.22')}`,
  },
  {
    version: null,
    name: 'pulsar-producers',
    targets: { from: '2.6.25', before: null },
    queues: ['pulsar'],
    pulsar: { from: '0.0.0', before: '2.8.0' },
    advice:
      'producers of Pulsar are exclusive by default, which needs Pulsar 2.8.0 or later; with an older one, set `pulsar.producerAccessMode: shared` in the configuration of Milvus',
    source: 'milvus-io/milvus#53449; milvus-io/milvus#53539',
  },
  {
    version: '3.0.1',
    targets: { from: '3.0.0', before: '3.0.1' },
    queues: ['woodpecker'],
    advice: 'with Woodpecker, pods can be ready while count and query time out',
    source: 'milvus-io/milvus#52341; milvus-io/milvus#52904',
  },
  {
    version: null,
    name: 'rollback-switches',
    targets: { from: '3.0.0', before: null },
    sources: { from: '2.0.0', before: '3.0.0' },
    advice:
      'common.storage.useLoonFFI, targetVecIndexVersion and targetScalarIndexVersion change the format of stored data: leave them unchanged until 3.0 is accepted, because 2.6 cannot read it',
    source: `milvus-io/milvus#51788; ${releaseNotes('3.0', 'compatibility and behavior notes')}`,
  },
  {
    version: null,
    name: 'rest-v1',
    targets: { from: '3.0.0', before: null },
    sources: { from: '2.0.0', before: '3.0.0' },
    advice: 'the REST API v1 on port 9091 is removed; clients use /v2/vectordb on port 19530',
    source: 'milvus-io/milvus#53415; milvus-io/milvus#53475',
  },
];
