// The input stop-at: the version of the path at which a run ends. Whether it is on the path is known only when the
// installation is observed. Pure.
import { compareVersions, formatVersion, parseVersion, type Version } from '../model/version.js';
import type { RawInputs } from './raw-inputs.js';

export function parseStopAt(raw: RawInputs, addError: (input: 'stop-at', works: string) => void): Version | null {
  if (raw['stop-at'] === '') return null;
  const found = parseVersion(raw['stop-at']);
  const target = parseVersion(raw['target-version']);
  if (!found) addError('stop-at', 'write a full Milvus version of the path such as 2.5.27');
  else if (raw.hops === 'one')
    addError('stop-at', 'leave it out, or set hops: auto; with hops: one there is one upgrade');
  else if (target && compareVersions(found, target) > 0)
    addError('stop-at', `write ${formatVersion(target)} (target-version) or an older version of the path`);
  return found;
}

/** The version at which the run ends: stop-at if it applies, else target-version. As it was written. */
export function lastVersionOf(raw: RawInputs): string {
  const stops = raw.operation === 'upgrade' || raw.operation === 'plan';
  return stops && raw['stop-at'] !== '' ? raw['stop-at'] : raw['target-version'];
}
