// Recovery from a failed rollback: the version that served before is started again if the restore has not begun;
// otherwise the restore is completed, because no version can run on partially restored metadata. Pure.
import type { Component } from '../model/component.js';
import type { SharedObservation } from '../model/shared-observation.js';
import type { Journal } from './journal.js';
import { metadataStateOf, type MigrationObservation } from './observation.js';
import { servesNew } from './serving.js';

/** True if its metadata is unchanged, and it was ready when the rollback began. */
export function mayStartAgain(
  { before, observation }: { readonly before: SharedObservation; readonly observation: SharedObservation },
  journal: Pick<Journal, 'image'>,
): boolean {
  return (
    observation.migration !== undefined &&
    metadataStateOf(observation.migration, observation.components).state === 'migrated' &&
    servesNew(before.components, journal)
  );
}

export function isRestored(migration: MigrationObservation | undefined, components: readonly Component[]): boolean {
  return migration !== undefined && metadataStateOf(migration, components).state === 'untouched';
}
