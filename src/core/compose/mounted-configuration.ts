// The check `configuration-mounted`: a whole milvus.yaml of the project hides that of the image, so that the new
// version runs with the settings of an older one. Pure.
import { someOf, warn } from '../checks/results.js';
import { readYaml } from '../lib/safe-yaml.js';
import type { CheckResult } from '../model/check-result.js';
import { isRecord } from '../lib/json.js';
import type { Values } from '../model/values.js';
import { formatVersion, sameMinor, type Version } from '../model/version.js';
import { liveServices, type ProjectObservation, type ServiceObservation } from './observation.js';

/** Read by Milvus before user.yaml (milvus-io/milvus pkg/util/paramtable/base_table.go). */
export const CONFIGURATION_FILE = '/milvus/configs/milvus.yaml';

/** `file` is the text that is mounted, `fresh` that of the new image; null if it could not be read. */
export interface MountedConfiguration {
  readonly service: string;
  readonly source: string;
  readonly file: string | null;
  readonly fresh: string | null;
}

/** The source of a mount that hides milvus.yaml of the image; undefined if there is none. */
export function mountedSource({ mounts }: Pick<ServiceObservation, 'mounts'>): string | undefined {
  return mounts[CONFIGURATION_FILE] ?? mounts['/milvus/configs'];
}

/** Empty within one minor version, whose images have the same settings. */
export function servicesWithConfiguration(
  project: ProjectObservation,
  from: Version,
  to: Version,
): ServiceObservation[] {
  if (sameMinor(from, to)) return [];
  return liveServices(project).filter((service) => mountedSource(service) !== undefined);
}

export function evaluateMountedConfiguration(found: readonly MountedConfiguration[], to: Version): CheckResult[] {
  const sources = [...new Set(found.map(({ source }) => source))];
  return sources.map((source) => {
    const same = found.filter((mounted) => mounted.source === source);
    const service = same.map((mounted) => mounted.service).join(', ');
    const { file = null, fresh = null } = same.find((mounted) => mounted.fresh !== null) ?? {};
    const stays = `${source} stays mounted over ${CONFIGURATION_FILE} of ${service}: ${formatVersion(to)} runs without the milvus.yaml of its image`;
    const missing = file === null || fresh === null ? null : missingKeys(parsed(fresh), parsed(file));
    const keys =
      missing === null
        ? '; its keys are compared once the image is pulled'
        : missing.length === 0
          ? ', and has all keys of it'
          : `, and lacks ${missing.length} keys of it: ${someOf(missing, 12)}`;
    const remedy =
      'Milvus has defaults for most missing keys. Compare the file with the milvus.yaml of the new image, or mount only your own settings as /milvus/configs/user.yaml.';
    return warn('configuration-mounted', `${stays}${keys}`, remedy, 'milvus-io/milvus configs/milvus.yaml');
  });
}

/** The paths that only the first one has. A missing section is listed once, without the keys in it. */
function missingKeys(fresh: Values, file: Values, prefix = ''): string[] {
  return Object.entries(fresh).flatMap(([key, value]) => {
    if (!Object.hasOwn(file, key)) return [`${prefix}${key}`];
    const other = file[key];
    return isRecord(value) && isRecord(other) ? missingKeys(value, other, `${prefix}${key}.`) : [];
  });
}

function parsed(text: string): Values {
  try {
    const value: unknown = readYaml(text, { uniqueKeys: false });
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
