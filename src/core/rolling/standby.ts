// Active-standby: a new coordinator registers as standby and takes over when the old one terminates; without it only
// one can run. How to turn it on. Pure.
import { fail } from '../checks/results.js';
import { isOlder, parseVersion } from '../model/version.js';
import type { CheckResult } from '../model/check-result.js';
import type { Setting } from '../model/setting.js';
import { getRecord, isRecord, valueAt } from '../lib/json.js';
import { mergeValues, valuesAtPath, type Values } from '../model/values.js';
import { isCoordinator } from './order.js';
import { readDocument, readYamlRecord } from '../lib/safe-yaml.js';

export interface StandbyQuestion {
  /** Roles that run after the upgrade. */
  readonly roles: readonly string[];
  readonly chartVersion: string;
  /** The values that the new chart computes from its defaults and all supplied values. */
  readonly next: Values;
  /** The values that the user supplies in this run. */
  readonly given: Values;
  /**
   * Whether active-standby is on in the running configuration; the only source if a customConfigMap replaces the
   * configuration of the chart.
   */
  readonly running: boolean;
}

export interface Standby {
  readonly values: Values;
  readonly settings: readonly Setting[];
  readonly failedChecks: readonly CheckResult[];
}

/**
 * The section of each role in milvus.yaml; a mixed coordinator reads all four (milvus-io/milvus cmd/roles/roles.go,
 * configs/milvus.yaml).
 */
const ALL_SECTIONS = ['rootCoord', 'dataCoord', 'indexCoord', 'queryCoord'];
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  rootcoord: ['rootCoord'],
  datacoord: ['dataCoord'],
  indexcoord: ['indexCoord'],
  querycoord: ['queryCoord'],
  mixcoord: ALL_SECTIONS,
  standalone: ALL_SECTIONS,
};
const WHY =
  'a new coordinator registers as standby beside the old one and takes over when the old one terminates; it stays on for the next rolling upgrade';
const SOURCE = 'zilliztech/milvus-helm templates/config.tpl; milvus-io/milvus deployments/upgrade/rollingUpdate.sh';
const NOTHING: Standby = { values: {}, settings: [], failedChecks: [] };

/**
 * The values that turn active-standby on for every coordinator, or why this is not possible. Empty if it is already on.
 */
export function turnOnStandby({ roles, chartVersion, next, given, running }: StandbyQuestion): Standby {
  const coordinators = roles.filter(isCoordinator);
  if (coordinators.length === 0) return NOTHING;
  const custom = valueAt(next, 'customConfigMap');
  if (typeof custom === 'string' && custom !== '')
    return running ? NOTHING : { ...NOTHING, failedChecks: [ownConfigMap(custom)] };
  const paths = coordinators
    .flatMap((role) => switchesOf(role, chartVersion))
    .map((section) => `${section}.activeStandby.enabled`);
  const off = [...new Set(paths)].filter((path) => valueAt(next, path) !== true);
  const forbidden = off.filter((path) => valueAt(given, path) === false);
  if (forbidden.length > 0) return { ...NOTHING, failedChecks: [turnedOff(forbidden)] };
  const userYaml = editUserYaml(next, [...new Set(coordinators.flatMap((role) => SECTIONS[role] ?? []))]);
  const chart = off.reduce<Values>((all, path) => mergeValues(all, valuesAtPath(path, true)), {});
  const settings = [...off, ...userYaml.changed].map((path) => ({ path, value: true, why: WHY, source: SOURCE }));
  return { values: mergeValues(chart, userYaml.values), settings, failedChecks: [] };
}

/**
 * The chart's keys. A mixed coordinator has its own key, which charts before 4.1.1 ignore: they read the keys of the
 * four coordinators (zilliztech/milvus-helm#14).
 */
function switchesOf(role: string, chartVersion: string): string[] {
  const version = parseVersion(chartVersion);
  if (role === 'mixcoord' && version && !isOlder(version, '4.1.1')) return ['mixCoordinator'];
  return (SECTIONS[role] ?? []).map((section) => `${section}inator`);
}

/**
 * user.yaml is merged over the configuration of the chart. Only an `enableActiveStandby` that is off in it is changed;
 * comments and everything else stay.
 */
function editUserYaml(
  next: Values,
  sections: readonly string[],
): { readonly values: Values; readonly changed: readonly string[] } {
  const text = getRecord(next.extraConfigFiles)['user.yaml'];
  const read = typeof text === 'string' ? readYamlRecord(text) : {};
  const off = sections.filter((section) => isRecord(read[section]) && read[section].enableActiveStandby === false);
  if (typeof text !== 'string' || off.length === 0) return { values: {}, changed: [] };
  const document = readDocument(text);
  for (const section of off) document.setIn([section, 'enableActiveStandby'], true);
  return {
    values: { extraConfigFiles: { 'user.yaml': document.toString() } },
    changed: off.map((section) => `extraConfigFiles.user.yaml: ${section}.enableActiveStandby`),
  };
}

/** Whether the computed values of a revision have active-standby on for a coordinator. */
export function hasStandby(role: string, chartVersion: string, computed: Values): boolean {
  return turnOnStandby({ roles: [role], chartVersion, next: computed, given: {}, running: true }).settings.length === 0;
}

function ownConfigMap(name: string): CheckResult {
  return fail(
    'standby-off',
    `active-standby is off in the ConfigMap ${name}, which is set as customConfigMap and not managed by the chart`,
    'Set `enableActiveStandby: true` below rootCoord, dataCoord, indexCoord and queryCoord in this ConfigMap, or set `strategy: helm-upgrade`.',
    SOURCE,
  );
}

function turnedOff(paths: readonly string[]): CheckResult {
  return fail(
    'standby-off',
    `a rolling upgrade needs active-standby, and the values of this run turn it off: ${paths.join(', ')}`,
    'Remove these values so that the run turns it on, or set `strategy: helm-upgrade`.',
    SOURCE,
  );
}
