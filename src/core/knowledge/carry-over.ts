// Values of the charts 3.x that the charts from 4.0.0 on silently ignore. Values with a known key in milvus.yaml are
// copied to user.yaml; for the others, the run is refused and the user sets them.
import { failSkippable } from '../checks/results.js';
import type { Document } from 'yaml';
import { compareChartVersions } from './charts.js';
import { getRecord, isRecord, valueAt } from '../lib/json.js';
import { leafPaths, mergeValues, type Values } from '../model/values.js';
import { parseVersion } from '../model/version.js';
import type { CheckResult } from '../model/check-result.js';
import type { Setting } from '../model/setting.js';
import { readDocument, readYaml } from '../lib/safe-yaml.js';

/**
 * Shortcut values that are handled alike. `milvusKey` is the key of the setting in milvus.yaml (if there is one path),
 * `harmless` the default value of Milvus.
 */
interface Shortcut {
  readonly paths: readonly string[];
  readonly milvusKey?: string;
  readonly harmless?: unknown;
  readonly why: string;
  readonly source: string;
}

const breakingChanges =
  'zilliztech/milvus-helm milvus-4.0.0 charts/milvus/README.md "Breaking Changes"; values.yaml of milvus-3.3.6 and milvus-4.0.0';

export const SHORTCUTS: readonly Shortcut[] = [
  {
    paths: ['metadata.rootPath'],
    milvusKey: 'etcd.rootPath',
    harmless: 'by-dev',
    why: 'Milvus would start on another, empty root path in etcd, without its collections',
    source: breakingChanges,
  },
  {
    paths: ['msgChannel.chanNamePrefix.cluster'],
    milvusKey: 'msgChannel.chanNamePrefix.cluster',
    harmless: 'by-dev',
    why: 'Milvus would read and write other topics of the message queue',
    source: breakingChanges,
  },
  {
    paths: ['authorization.enabled'],
    milvusKey: 'common.security.authorizationEnabled',
    harmless: false,
    why: 'Milvus would allow access without a password',
    source: breakingChanges,
  },
  {
    paths: [
      ...[
        'quotaAndLimits',
        'common.compaction',
        'common.simdType',
        'common.threadCoreCoefficient',
        'standalone.rocksmq',
      ],
      ...['timeTickInterval', 'maxFieldNum', 'maxShardNum', 'maxTaskNum'].map((name) => `proxy.${name}`),
      ...['dmlChannelNum', 'maxPartitionNum', 'minSegmentSizeToEnableIndex'].map((name) => `rootCoordinator.${name}`),
      ...[
        'autoHandoff',
        'autoBalance',
        'checkInterval',
        'channelTaskTimeout',
        'segmentTaskTimeout',
        'distPullInterval',
      ].map((name) => `queryCoordinator.${name}`),
      ...['loadTimeoutSeconds', 'checkHandoffInterval', 'taskMergeCap'].map((name) => `queryCoordinator.${name}`),
      ...['segcore', 'grouping', 'scheduler'].map((name) => `queryNode.${name}`),
      ...['indexCoordinator.gc', 'indexNode.scheduler', 'dataNode.segment', 'dataNode.flush'],
      ...['enableCompaction', 'enableGarbageCollection', 'segment', 'compaction', 'gc'].map(
        (name) => `dataCoordinator.${name}`,
      ),
    ],
    why: 'Milvus would use its own defaults instead',
    source: breakingChanges,
  },
];

export interface CarryQuestion {
  /** The values of the release, and the values of this run. */
  readonly supplied: Values;
  readonly given: Values;
  readonly fromChart: string;
  readonly toChart: string;
}

export interface Carried {
  readonly values: Values;
  readonly settings: readonly Setting[];
  readonly failedChecks: readonly CheckResult[];
}

/**
 * The content of user.yaml that keeps the settings of the old chart, and the reasons why other settings cannot be
 * carried over.
 */
export function carryOver({ supplied, given, fromChart, toChart }: CarryQuestion): Carried {
  if (!isBefore4(fromChart) || isBefore4(toChart)) return { values: {}, settings: [], failedChecks: [] };
  const text = userYamlText(mergeValues(supplied, given));
  const document = readQuietly(text);
  const read = parseQuietly(text);
  const isReadable = text.trim() === '' || isRecord(read);
  const givesFile = Object.keys(getRecord(parseQuietly(userYamlText(given)))).length > 0;
  const isWritten = ({ milvusKey }: Shortcut): boolean =>
    milvusKey ? valueAt(getRecord(read), milvusKey) !== undefined : givesFile;
  const lost = SHORTCUTS.map((row) => ({ row, paths: lostOf(row, supplied) })).filter(
    ({ row, paths }) => paths.length > 0 && !isWritten(row),
  );
  const settings = isReadable ? lost.flatMap(({ row, paths }) => settingOf(row, paths, supplied)) : [];
  for (const { milvusKey, value } of settings) document.setIn(milvusKey.split('.'), value);
  return {
    values: settings.length > 0 ? { extraConfigFiles: { 'user.yaml': document.toString() } } : {},
    settings: settings.map(({ milvusKey, ...setting }) => ({
      ...setting,
      path: `extraConfigFiles.user.yaml: ${milvusKey}`,
    })),
    failedChecks: lost.filter(({ row }) => !row.milvusKey || !isReadable).map(({ row, paths }) => refuse(row, paths)),
  };
}

function settingOf(
  { milvusKey, why, source }: Shortcut,
  paths: readonly string[],
  supplied: Values,
): (Omit<Setting, 'path'> & { milvusKey: string })[] {
  const value = valueAt(supplied, paths[0] ?? '');
  return milvusKey
    ? [{ milvusKey, value, why: `charts from 4.0.0 on ignore ${paths.join(', ')}: ${why}`, source }]
    : [];
}

function lostOf({ paths, harmless }: Shortcut, supplied: Values): string[] {
  return paths
    .flatMap((path) => suppliedBelow(supplied, path))
    .filter((path) => harmless === undefined || valueAt(supplied, path) !== harmless);
}

function refuse({ milvusKey, why, source }: Shortcut, lost: readonly string[]): CheckResult {
  const remedy = `Set ${milvusKey ?? 'these settings'} in extraConfigFiles.user.yaml, with the ${milvusKey ? 'key' : 'keys'} of milvus.yaml, or skip this check to use the defaults of Milvus.`;
  return failSkippable(
    'shortcut-values-lost',
    `charts from 4.0.0 on ignore ${lost.join(', ')}: ${why}`,
    remedy,
    source,
  );
}

function isBefore4(chart: string): boolean {
  return parseVersion(chart) !== null && compareChartVersions(chart, '4.0.0') < 0;
}

function suppliedBelow(supplied: Values, path: string): string[] {
  const value = valueAt(supplied, path);
  if (value === undefined || value === null) return [];
  return isRecord(value) ? leafPaths(value, path) : [path];
}

/** The content of extraConfigFiles.user.yaml; empty if there is none. */
function userYamlText(values: Values): string {
  const text = getRecord(values.extraConfigFiles)['user.yaml'];
  return typeof text === 'string' ? text : '';
}

/** Empty if the text is nested too deeply; it is not changed in this case. */
function readQuietly(text: string): Document {
  try {
    return readDocument(text);
  } catch {
    return readDocument('');
  }
}

/** Unreadable YAML counts as empty here: the failed check that follows requests the setting. */
function parseQuietly(text: string): unknown {
  try {
    return readYaml(text);
  } catch {
    return null;
  }
}
