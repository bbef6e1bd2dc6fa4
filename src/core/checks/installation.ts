// Checks of an installation that are the same on every platform. Pure.
import type { SharedConfig } from '../config/config.js';
import type { CheckResult } from '../model/check-result.js';
import { runningVersion } from '../model/observation.js';
import type { SharedObservation } from '../model/shared-observation.js';
import { compareVersions, formatVersion } from '../model/version.js';
import { fail } from './results.js';

export function sourceDiffers(config: SharedConfig, observation: SharedObservation): CheckResult[] {
  const found = runningVersion(observation);
  if (!config.source || !found || compareVersions(config.source, found) === 0) return [];
  const reason = `source-version is ${formatVersion(config.source)}, but the oldest running version is ${formatVersion(found)}`;
  const remedy = `Find out why ${formatVersion(found)} runs; then set source-version to it, or leave it out.`;
  return [fail('source-version-differs', reason, remedy, 'the images of the running pods')];
}

export function metastoreIsMysql(observation: SharedObservation): CheckResult[] {
  if (observation.metastore !== 'mysql') return [];
  return [
    {
      id: 'metastore-mysql',
      state: 'fail',
      reason: 'the metadata is stored in MySQL, which Milvus no longer supports',
      remedy: 'Move to a new installation with etcd; there is no migration from MySQL.',
      source: 'Milvus 2.2.15 release notes, milvus-io/milvus#26634',
      skippable: true,
    },
  ];
}
