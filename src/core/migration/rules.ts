// What speaks against a metadata migration. Pure.
import type { Config } from '../goal.js';
import { runningVersions, type Observation } from '../observation.js';
import type { Route } from '../plan.js';
import { objectName } from '../object-name.js';
import type { FailedCheck } from '../refusal.js';
import { compareVersions, formatVersion } from '../version.js';

/** Pods of both sides of a migration, and no journal of one: somebody has started the new version on the metadata of the old one. */
export function startedWithoutMigration(observation: Observation, { path, from }: Pick<Route, 'from' | 'path'>): FailedCheck[] {
  const newer = runningVersions(observation).filter((each) => compareVersions(each, from) > 0 && (each.major > from.major || each.minor > from.minor));
  if (path.pathKind !== 'migration' || newer.length === 0 || observation.migration?.journal?.closed === false) return [];
  const versions = newer.map(formatVersion).join(', ');
  return [
    {
      code: 'started-without-migration',
      reason: `${observation.project ? 'containers' : 'pods'} of ${versions} run on metadata that are those of ${formatVersion(from)}, and no migration is under way`,
      remedy: `Take them back to ${formatVersion(from)} first${observation.project ? '' : ' (`kubectl rollout undo`, or `helm rollback`)'}, and look whether every collection is there.`,
      source: path.source,
      skippable: false,
    },
  ];
}

/**
 * Every Deployment at zero, and no journal of a migration: how many pods there were, and whether the metadata were migrated, nothing here can tell. The documented
 * script leaves it like this wherever it fails (milvus-io/milvus deployments/migrate-meta/migrate.sh).
 */
export function stoppedByOthers(config: Config, { components, migration }: Observation, { path, from }: Route): FailedCheck[] {
  const deployments = components.filter((each) => each.deployment !== '');
  const stopped = deployments.length > 0 && deployments.every((each) => each.desired === 0);
  if (path.pathKind !== 'migration' || !stopped || migration?.journal?.closed === false) return [];
  const [kubectl, name] = [`kubectl --namespace ${config.namespace}`, config.release];
  return [
    {
      code: 'stopped-by-others',
      reason: `all ${deployments.length} Deployments have 0 replicas, and it was not this action that stopped them: it would have left a journal`,
      remedy:
        `Was it migrate.sh? Then \`${kubectl} logs milvus-meta-migration-${name}\` tells whether it has migrated, and the ConfigMap milvus-deploy-replicas-${name} how many pods there were. ` +
        `If nothing was migrated, give every Deployment its replicas (\`${kubectl} scale deployment/… --replicas=…\`), see that ${formatVersion(from)} serves, and run this again.`,
      source: path.source,
      skippable: false,
    },
  ];
}

/** `strategy: migrate` where it does not fit. */
export function needsNoMigration({ from, path }: Pick<Route, 'from' | 'path'>): FailedCheck[] {
  if (path.pathKind === 'migration' || path.pathKind === 'nothing') return [];
  return [
    {
      code: 'strategy-does-not-fit',
      reason: `strategy is migrate, but ${formatVersion(from)} needs no migration of the metadata: ${path.why}`,
      remedy: 'Set strategy: auto.',
      source: path.source,
      skippable: false,
    },
  ];
}

/** The check that a journal is what this action wrote. It may be skipped by whoever has read what the journal says. */
const DOUBTFUL = 'journal-doubtful';

/** Why the journal must not be followed; empty where it may. */
export function doubtOf({ skipChecks }: Pick<Config, 'skipChecks'>, { migration }: Observation): string {
  return skipChecks.includes(DOUBTFUL) ? '' : (migration?.doubt ?? '');
}

/** Where a migration is planned or half done. What an earlier one has left closed does not matter to other upgrades. */
export function journalFailedChecks(config: Config, observation: Observation, pathKind: Route['path']['pathKind']): FailedCheck[] {
  const matters = pathKind === 'migration' || observation.migration?.journal?.closed !== true;
  return [...(matters ? journalDoubtful(config, observation) : []), ...rootPathDiffers(config, observation)];
}

/** A journal decides what is restored and how many pods start: one that somebody else wrote is not followed. */
export function journalDoubtful(config: Config, observation: Observation): FailedCheck[] {
  const reason = observation.migration?.doubt ?? '';
  if (reason === '') return [];
  const [kubectl, name] = [`kubectl --namespace ${config.namespace}`, objectName(config.release, 'migration')];
  return [
    {
      code: DOUBTFUL,
      reason,
      remedy:
        `Look at it: \`${kubectl} get configmap ${name} -o yaml\`. If what it says is right, skip this check. If no migration is half done, remove it: ` +
        `\`${kubectl} delete configmap ${name}\`. Otherwise set its data to what the installation was before, and skip this check.`,
      source: `the ConfigMap ${name}, and revision ${observation.migration?.journal?.revision ?? '?'} of the release`,
      skippable: true,
    },
  ];
}

/** A migration that is half done is resumed with the root path with which it began. */
function rootPathDiffers({ migration }: Config, observation: Observation): FailedCheck[] {
  const journal = observation.migration?.journal;
  if (!journal || journal.closed || migration.rootPath === null || migration.rootPath === journal.rootPath) return [];
  return [
    {
      code: 'root-path-differs',
      reason: `root-path is ${migration.rootPath}, but the migration that is half done began with ${journal.rootPath}`,
      remedy: `Set root-path: ${journal.rootPath}, or leave it out. If it was wrong, run the action with operation: rollback first.`,
      source: `the journal of ${journal.since} by ${journal.run}`,
      skippable: false,
    },
  ];
}
