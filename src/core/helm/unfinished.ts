// The target of an upgrade of a release that a run of this action has begun and not completed. Pure.
import { newestVersion } from '../model/observation.js';
import { compareVersions, parseImage, parseVersion, type Version } from '../model/version.js';
import { pausedComponents } from '../rolling/steps.js';
import { isRolloutComplete, type HelmObservation, type Release } from './observation.js';

/**
 * In this order: the journal of a migration, the Deployments that a rolling upgrade has paused, and the newest version
 * of a revision that a run of this action created and whose rollout is incomplete. Null if another client created the
 * newest revision: its state is checked like that of any installation.
 */
export function unfinishedTarget(observation: HelmObservation): Version | null {
  const { migration, release } = observation;
  if (migration?.journal?.closed === false) return parseVersion(migration.journal.to);
  const paused = pausedComponents(observation).map(({ pauseRecord }) => parseVersion(pauseRecord?.to ?? ''));
  if (paused.length > 0) return newestOf(paused);
  if (!release || release.startedBy === '' || isRolloutComplete(observation)) return null;
  return newestOf([...versionsWritten(release), newestVersion(observation)]);
}

/** The versions in the manifest of the newest revision. */
function versionsWritten({ history }: Release): (Version | null)[] {
  return Object.values(history?.[0]?.images ?? {}).map((image) => parseImage(image).version);
}

function newestOf(versions: readonly (Version | null)[]): Version | null {
  return versions.reduce(
    (newest, version) => (newest && (!version || compareVersions(newest, version) >= 0) ? newest : version),
    null,
  );
}
