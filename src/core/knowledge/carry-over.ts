// Values of the charts 3.x that the charts from 4.0.0 on ignore without a word. Those whose place in milvus.yaml is known are carried over into user.yaml; the
// others are not carried over by guess: their owner is asked to.
import type { Document } from 'yaml';
import { compareChartVersions } from './charts.js';
import { isRecord, leafPaths, mergeValues, valueAt, type Values } from '../values.js';
import { parseVersion } from '../version.js';
import type { FailedCheck } from '../refusal.js';
import type { Setting } from '../setting.js';
import { readDocument, readYaml } from '../safe-yaml.js';

/** Shortcuts with the same fate. `milvusKey` is where milvus.yaml has the setting of the one path, `harmless` the value that Milvus has anyway. */
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

export interface CarryQuestion {
  /** The release's own values, and those of this run. */
  readonly supplied: Values;
  readonly given: Values;
  readonly fromChart: string;
  readonly toChart: string;
}

export interface Carried {
  readonly values: Values;
  readonly settings: readonly Setting[];
  readonly failedChecks: readonly FailedCheck[];
}

/** What to write into user.yaml so that the new chart says what the old one said, and why the rest cannot be carried over. */
export function carryOver({ supplied, given, fromChart, toChart }: CarryQuestion): Carried {
  if (!isBefore4(fromChart) || isBefore4(toChart)) return { values: {}, settings: [], failedChecks: [] };
  const text = userYamlText(mergeValues(supplied, given));
  const document = readQuietly(text);
  const read = parseQuietly(text);
  const isReadable = text.trim() === '' || isRecord(read);
  const givesFile = Object.keys(tableOf(parseQuietly(userYamlText(given)))).length > 0;
  const isWritten = ({ milvusKey }: Shortcut): boolean => (milvusKey ? valueAt(tableOf(read), milvusKey) !== undefined : givesFile);
  const lost = SHORTCUTS.map((row) => ({ row, paths: lostOf(row, supplied) })).filter(({ row, paths }) => paths.length > 0 && !isWritten(row));
  const settings = isReadable ? lost.flatMap(({ row, paths }) => settingOf(row, paths, supplied)) : [];
  for (const { milvusKey, value } of settings) document.setIn(milvusKey.split('.'), value);
  return {
    values: settings.length > 0 ? { extraConfigFiles: { 'user.yaml': document.toString() } } : {},
    settings: settings.map(({ milvusKey, ...each }) => ({ ...each, path: `extraConfigFiles.user.yaml: ${milvusKey}` })),
    failedChecks: lost.filter(({ row }) => !row.milvusKey || !isReadable).map(({ row, paths }) => refuse(row, paths)),
  };
}

function settingOf({ milvusKey, why, source }: Shortcut, paths: readonly string[], supplied: Values): (Omit<Setting, 'path'> & { milvusKey: string })[] {
  const value = valueAt(supplied, paths[0] ?? '');
  return milvusKey ? [{ milvusKey, value, why: `charts from 4.0.0 on ignore ${paths.join(', ')}: ${why}`, source }] : [];
}

function lostOf({ paths, harmless }: Shortcut, supplied: Values): string[] {
  return paths.flatMap((path) => suppliedBelow(supplied, path)).filter((path) => harmless === undefined || valueAt(supplied, path) !== harmless);
}

function refuse({ milvusKey, why, source }: Shortcut, lost: readonly string[]): FailedCheck {
  const remedy = `Write ${milvusKey ?? 'the settings'} under extraConfigFiles.user.yaml, as milvus.yaml names ${milvusKey ? 'it' : 'them'}; or waive this to do without.`;
  return { code: 'shortcut-values-lost', reason: `charts from 4.0.0 on ignore ${lost.join(', ')}: ${why}`, remedy, source, skippable: true };
}

function isBefore4(chart: string): boolean {
  return parseVersion(chart) !== null && compareChartVersions(chart, '4.0.0') < 0;
}

function suppliedBelow(supplied: Values, path: string): string[] {
  const value = valueAt(supplied, path);
  if (value === undefined || value === null) return [];
  return isRecord(value) ? leafPaths(value, path) : [path];
}

/** What extraConfigFiles.user.yaml holds; empty when there is none. */
function userYamlText(values: Values): string {
  const files = values['extraConfigFiles'];
  const text = isRecord(files) ? files['user.yaml'] : undefined;
  return typeof text === 'string' ? text : '';
}

function tableOf(value: unknown): Values {
  return isRecord(value) ? value : {};
}

/** Empty where the text nests too deeply: nothing is written into it then. */
function readQuietly(text: string): Document {
  try {
    return readDocument(text);
  } catch {
    return readDocument('');
  }
}

/** Unreadable YAML is as good as none here: the refusal that follows asks for the setting. */
function parseQuietly(text: string): unknown {
  try {
    return readYaml(text);
  } catch {
    return null;
  }
}
