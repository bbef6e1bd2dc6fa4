// What speaks against a metadata migration. Pure.
import { runningVersions, type Observation } from '../observation.js';
import type { Route } from '../plan.js';
import type { Refusal } from '../refusal.js';
import { compareVersions, formatVersion } from '../version.js';

/** Pods of both sides of a migration, and no journal of one: somebody has started the new version on the metadata of the old one. */
export function startedWithoutMigration(seen: Observation, { path, from }: Route): Refusal[] {
  const newer = runningVersions(seen).filter((each) => compareVersions(each, from) > 0 && (each.major > from.major || each.minor > from.minor));
  if (path.way !== 'migration' || newer.length === 0 || seen.migration?.journal?.closed === false) return [];
  const versions = newer.map(formatVersion).join(', ');
  return [
    {
      code: 'started-without-migration',
      because: `pods of ${versions} run on metadata that are those of ${formatVersion(from)}, and no migration is under way`,
      remedy: `Take them back to ${formatVersion(from)} first (\`kubectl rollout undo\`, or \`helm rollback\`), and look whether every collection is there.`,
      source: path.source,
      waivable: false,
    },
  ];
}

/** `strategy: migrate` where it does not fit. */
export function needsNoMigration({ from, path }: Route): Refusal[] {
  if (path.way === 'migration' || path.way === 'nothing') return [];
  return [
    {
      code: 'strategy-does-not-fit',
      because: `strategy is migrate, but ${formatVersion(from)} needs no migration of the metadata: ${path.why}`,
      remedy: 'Set strategy: auto.',
      source: path.source,
      waivable: false,
    },
  ];
}
