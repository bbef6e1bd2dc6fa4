// Descriptions of the runs of the migration tool. Pure.
import type { Backup, MigrationJob } from './observation.js';
import type { SharedObservation } from '../model/shared-observation.js';

/**
 * The runs of the tool that changed since the previous observation. Excludes unchanged jobs of an earlier migration.
 */
export function jobChanges(before: SharedObservation, now: SharedObservation): readonly MigrationJob[] {
  const known = new Map(before.migration?.jobs.map((job) => [keyOf(job), describeJob(job)]));
  return before.migration
    ? (now.migration?.jobs ?? []).filter((job) => known.get(keyOf(job)) !== describeJob(job))
    : [];
}

function keyOf({ kind, attempt, number }: MigrationJob): string {
  return `${kind} ${attempt}.${number}`;
}

/** `backup, attempt 1`. */
export function nameJob({ kind, attempt, number }: Pick<MigrationJob, 'kind' | 'attempt' | 'number'>): string {
  return `${kind}, attempt ${attempt}${number > 1 ? `, try ${number}` : ''}`;
}

export function describeJob({ state, reason, backup }: Pick<MigrationJob, 'state' | 'reason' | 'backup'>): string {
  if (backup) return `${state}; ${describeBackup(backup)}`;
  return reason === '' ? state : `${state}: ${reason}`;
}

function describeBackup({ file, bytes, sha256, entries }: Backup): string {
  return `${file} is complete: ${entries} keys, ${bytes} bytes, SHA-256 ${sha256}`;
}
