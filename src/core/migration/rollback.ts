// What prevents the rollback of a migration, on every platform. Pure.
import { runningVersions } from '../model/observation.js';
import type { SharedObservation } from '../model/shared-observation.js';
import { compareVersions, formatVersion, parseVersion, sameMinor } from '../model/version.js';
import type { Journal } from './journal.js';
import { backupOf, metadataStateOf, type MigrationObservation } from './observation.js';

/** Why the backup is outdated: a later minor version has written its own metadata; empty if none did. */
export function upgradedSince(observation: SharedObservation, { to, closed }: Journal): string {
  const migrated = parseVersion(to);
  const newer = runningVersions(observation).find(
    (running) => migrated && !sameMinor(running, migrated) && compareVersions(running, migrated) > 0,
  );
  return closed && newer
    ? `${formatVersion(newer)} runs, which was installed after the migration to ${to}: the backup does not contain its metadata`
    : '';
}

/** Why metadata that the tool has changed cannot be restored; empty if it can, or if nothing was changed. */
export function withoutBackup(
  { components }: Pick<SharedObservation, 'components'>,
  migration: MigrationObservation,
): string {
  const { state, attempt } = metadataStateOf(migration, components);
  return state === 'untouched' || backupOf(migration, attempt)
    ? ''
    : `attempt ${attempt} has no verified backup, and the metadata was changed`;
}
