// Values of the charts 3.x that the charts from 4.0.0 on ignore without a word. They are not carried over by guess: their owner is asked to.
import { parse } from 'yaml';
import { compareChartVersions } from './charts.js';
import { isTable, leafPaths, mergeValues, valueAt, type Values } from '../values.js';
import { parseVersion } from '../version.js';
import type { Refusal } from '../refusal.js';

/** Shortcuts with the same fate. `milvusKey` is where milvus.yaml has the setting, `harmless` the value that Milvus has anyway. */
interface Shortcut {
  readonly paths: readonly string[];
  readonly milvusKey?: string;
  readonly harmless?: unknown;
  readonly why: string;
  readonly source: string;
}

const breakingChanges = 'zilliztech/milvus-helm milvus-4.0.0 charts/milvus/README.md "Breaking Changes"; values.yaml of milvus-3.3.6 and milvus-4.0.0';

export const SHORTCUTS: readonly Shortcut[] = [
  {
    paths: ['metadata.rootPath'],
    milvusKey: 'etcd.rootPath',
    harmless: 'by-dev',
    why: 'Milvus would start on an empty root in etcd, without its collections',
    source: breakingChanges,
  },
  {
    paths: ['msgChannel.chanNamePrefix.cluster'],
    milvusKey: 'msgChannel.chanNamePrefix.cluster',
    harmless: 'by-dev',
    why: 'Milvus would read and write other topics of the queue',
    source: breakingChanges,
  },
  {
    paths: ['authorization.enabled'],
    milvusKey: 'common.security.authorizationEnabled',
    harmless: false,
    why: 'Milvus would let everyone in without a password',
    source: breakingChanges,
  },
  {
    paths: [
      ...['quotaAndLimits', 'common.compaction', 'common.simdType', 'common.threadCoreCoefficient', 'standalone.rocksmq'],
      ...['timeTickInterval', 'maxFieldNum', 'maxShardNum', 'maxTaskNum'].map((each) => `proxy.${each}`),
      ...['dmlChannelNum', 'maxPartitionNum', 'minSegmentSizeToEnableIndex'].map((each) => `rootCoordinator.${each}`),
      ...['autoHandoff', 'autoBalance', 'checkInterval', 'channelTaskTimeout', 'segmentTaskTimeout', 'distPullInterval'].map(
        (each) => `queryCoordinator.${each}`,
      ),
      ...['loadTimeoutSeconds', 'checkHandoffInterval', 'taskMergeCap'].map((each) => `queryCoordinator.${each}`),
      ...['segcore', 'grouping', 'scheduler'].map((each) => `queryNode.${each}`),
      ...['indexCoordinator.gc', 'indexNode.scheduler', 'dataNode.segment', 'dataNode.flush'],
      ...['enableCompaction', 'enableGarbageCollection', 'segment', 'compaction', 'gc'].map((each) => `dataCoordinator.${each}`),
    ],
    why: 'Milvus would run with its own defaults instead',
    source: breakingChanges,
  },
];

/** Values that were supplied to a chart older than 4.0.0 and that `toChart` ignores; empty when user.yaml already has their settings. `given` are this run's own values. */
export function refuseLostShortcuts(question: {
  readonly supplied: Values;
  readonly given: Values;
  readonly fromChart: string;
  readonly toChart: string;
}): Refusal[] {
  const { supplied, given, fromChart, toChart } = question;
  if (!isBefore4(fromChart) || isBefore4(toChart)) return [];
  const written = userYaml(mergeValues(supplied, given));
  return SHORTCUTS.flatMap(({ paths, milvusKey, harmless, why, source }) => {
    const isWritten = milvusKey ? valueAt(written, milvusKey) !== undefined : Object.keys(userYaml(given)).length > 0;
    const lost = paths.flatMap((path) => suppliedBelow(supplied, path)).filter((path) => harmless === undefined || valueAt(supplied, path) !== harmless);
    if (isWritten || lost.length === 0) return [];
    const remedy = `Write ${milvusKey ?? 'the settings'} under extraConfigFiles.user.yaml, as milvus.yaml names ${milvusKey ? 'it' : 'them'}; or waive this to do without.`;
    return [{ code: 'shortcut-values-lost', because: `charts from 4.0.0 on ignore ${lost.join(', ')}: ${why}`, remedy, source, waivable: true }];
  });
}

function isBefore4(chart: string): boolean {
  return parseVersion(chart) !== null && compareChartVersions(chart, '4.0.0') < 0;
}

function suppliedBelow(supplied: Values, path: string): string[] {
  const value = valueAt(supplied, path);
  if (value === undefined || value === null) return [];
  return isTable(value) ? leafPaths(value, path) : [path];
}

/** What extraConfigFiles.user.yaml holds; nothing when it holds no YAML table. */
function userYaml(values: Values): Values {
  const files = values['extraConfigFiles'];
  const text = isTable(files) ? files['user.yaml'] : undefined;
  if (typeof text !== 'string') return {};
  const parsed: unknown = parseQuietly(text);
  return isTable(parsed) ? parsed : {};
}

/** Unreadable YAML is as good as none here: the refusal that follows asks for the setting. */
function parseQuietly(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
