// Checks of a metadata migration, on every platform. Pure.
import { fail } from '../checks/results.js';
import type { SharedConfig } from '../config/config.js';
import type { Path } from '../knowledge/paths.js';
import type { CheckResult } from '../model/check-result.js';
import { runningVersions } from '../model/observation.js';
import type { SharedObservation } from '../model/shared-observation.js';
import { compareVersions, formatVersion, type Version } from '../model/version.js';

/** The version that runs, and the path from it. */
interface Origin {
  readonly from: Version;
  readonly path: Path;
}

/**
 * The new version runs, and nothing shows that its metadata was migrated: a journal is not open, or the open one has no
 * record of the migration tool. `units` are what runs it; `command` reverts them and may be empty.
 */
export function startedWithoutMigration(
  observation: SharedObservation,
  { path, from }: Origin,
  { units, command }: { readonly units: string; readonly command: string },
): CheckResult[] {
  const versions = newerVersions(observation, from);
  const { migration } = observation;
  const isOpen = migration?.journal?.closed === false;
  const isRecorded = isOpen && migration.jobs.length > 0;
  if (path.pathKind !== 'migration' || versions === '' || isRecorded) return [];
  const old = formatVersion(from);
  const revert = `evert them to ${old} first${command && ` (${command})`}, and verify that every collection exists.`;
  const [reason, remedy] = isOpen
    ? [
        `${units} of ${versions} run, and the open migration from ${old} has no record of its migration tool`,
        `If every collection exists, the migration was complete and its records were deleted: delete its journal as well. Otherwise r${revert}`,
      ]
    : [`${units} of ${versions} run on the metadata of ${old}, and no migration is in progress`, `R${revert}`];
  return [fail('started-without-migration', reason, remedy, path.source)];
}

/** The running versions of a later minor version; empty if there is none. */
function newerVersions(observation: SharedObservation, from: Version): string {
  return runningVersions(observation)
    .filter(
      (running) => compareVersions(running, from) > 0 && (running.major > from.major || running.minor > from.minor),
    )
    .map(formatVersion)
    .join(', ');
}

/** `strategy: migrate` for an upgrade that is not a migration. */
export function needsNoMigration({ from, path }: Origin): CheckResult[] {
  if (path.pathKind === 'migration' || path.pathKind === 'nothing') return [];
  return [
    fail(
      'strategy-does-not-fit',
      `strategy is migrate, but ${formatVersion(from)} needs no metadata migration: ${path.why}`,
      'Set `strategy: auto`.',
      path.source,
    ),
  ];
}

/** The check that this action wrote the journal. A user that has reviewed the journal can skip it. */
export const DOUBTFUL = 'journal-doubtful';

/** Why the journal must not be used; empty if it can be. */
export function doubtOf({ skipChecks }: Pick<SharedConfig, 'skipChecks'>, { migration }: SharedObservation): string {
  return skipChecks.includes(DOUBTFUL) ? '' : (migration?.doubt ?? '');
}
