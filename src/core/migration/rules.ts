// Checks of a metadata migration. Pure.
import { fail, failSkippable } from '../checks/results.js';
import type { Config } from '../config/config.js';
import { runningVersions, type Observation } from '../model/observation.js';
import { objectName } from '../lib/object-name.js';
import type { CheckResult } from '../model/check-result.js';
import { compareVersions, formatVersion } from '../model/version.js';
import type { Route } from '../helm/route.js';

/**
 * Pods of both versions run and there is no journal: the new version was started on the metadata of the old version.
 */
export function startedWithoutMigration(
  observation: Observation,
  { path, from }: Pick<Route, 'from' | 'path'>,
): CheckResult[] {
  const newer = runningVersions(observation).filter(
    (running) => compareVersions(running, from) > 0 && (running.major > from.major || running.minor > from.minor),
  );
  if (path.pathKind !== 'migration' || newer.length === 0 || observation.migration?.journal?.closed === false)
    return [];
  const versions = newer.map(formatVersion).join(', ');
  return [
    fail(
      'started-without-migration',
      `${observation.project ? 'containers' : 'pods'} of ${versions} run on the metadata of ${formatVersion(from)}, and no migration is in progress`,
      `Revert them to ${formatVersion(from)} first${observation.project ? '' : ' (`kubectl rollout undo`, or `helm rollback`)'}, and verify that every collection exists.`,
      path.source,
    ),
  ];
}

/**
 * Every Deployment has 0 replicas and there is no journal of a migration: the previous replicas, and whether the
 * metadata was migrated, are unknown. The documented script leaves this state wherever it fails (milvus-io/milvus
 * deployments/migrate-meta/migrate.sh).
 */
export function stoppedByOthers(
  config: Config,
  { components, migration }: Observation,
  { path, from }: Route,
): CheckResult[] {
  const deployments = components.filter((component) => component.deployment !== '');
  const stopped = deployments.length > 0 && deployments.every((deployment) => deployment.desired === 0);
  if (path.pathKind !== 'migration' || !stopped || migration?.journal?.closed === false) return [];
  const [kubectl, name] = [`kubectl --namespace ${config.namespace}`, config.release];
  return [
    fail(
      'stopped-by-others',
      `all ${deployments.length} Deployments have 0 replicas, and this action did not stop them: no journal exists`,
      `If migrate.sh stopped them, \`${kubectl} logs milvus-meta-migration-${name}\` shows whether it migrated the metadata, and the ConfigMap milvus-deploy-replicas-${name} contains the previous replicas. ` +
        `If nothing was migrated, restore the replicas of every Deployment (\`${kubectl} scale deployment/… --replicas=…\`), verify that ${formatVersion(from)} serves, and run the action again.`,
      path.source,
    ),
  ];
}

/** `strategy: migrate` for an upgrade that is not a migration. */
export function needsNoMigration({ from, path }: Pick<Route, 'from' | 'path'>): CheckResult[] {
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
const DOUBTFUL = 'journal-doubtful';

/** Why the journal must not be used; empty if it can be. */
export function doubtOf({ skipChecks }: Pick<Config, 'skipChecks'>, { migration }: Observation): string {
  return skipChecks.includes(DOUBTFUL) ? '' : (migration?.doubt ?? '');
}

/** For a planned or incomplete migration. The closed journal of an earlier migration does not affect other upgrades. */
export function journalFailedChecks(
  config: Config,
  observation: Observation,
  pathKind: Route['path']['pathKind'],
): CheckResult[] {
  const matters = pathKind === 'migration' || observation.migration?.journal?.closed !== true;
  return [...(matters ? journalDoubtful(config, observation) : []), ...rootPathDiffers(config, observation)];
}

/** A journal determines what is restored and how many pods start, so a journal from another source is not used. */
export function journalDoubtful(config: Config, observation: Observation): CheckResult[] {
  const reason = observation.migration?.doubt ?? '';
  if (reason === '') return [];
  const [kubectl, name] = [`kubectl --namespace ${config.namespace}`, objectName(config.release, 'migration')];
  return [
    failSkippable(
      DOUBTFUL,
      reason,
      `Inspect it: \`${kubectl} get configmap ${name} -o yaml\`. If its content is correct, skip this check. If no migration is incomplete, remove it: ` +
        `\`${kubectl} delete configmap ${name}\`. Otherwise set its data to the previous state of the installation, and skip this check.`,
      `the ConfigMap ${name}, and revision ${observation.migration?.journal?.revision ?? '?'} of the release`,
    ),
  ];
}

/** An incomplete migration is resumed with the root path with which it began. */
function rootPathDiffers({ migration }: Config, observation: Observation): CheckResult[] {
  const journal = observation.migration?.journal;
  if (!journal || journal.closed || migration.rootPath === null || migration.rootPath === journal.rootPath) return [];
  return [
    fail(
      'root-path-differs',
      `root-path is "${migration.rootPath}", but the incomplete migration began with "${journal.rootPath}"`,
      `Set \`root-path: ${journal.rootPath}\`, or remove it. If the root path of the migration was wrong, run the action with \`operation: rollback\` first.`,
      `the journal of ${journal.since} by ${journal.run}`,
    ),
  ];
}
