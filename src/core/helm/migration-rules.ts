// Checks of the metadata migration of a release. Pure.
import { fail, failSkippable } from '../checks/results.js';
import type { HelmConfig } from '../config/config.js';
import { objectName } from '../lib/object-name.js';
import { DOUBTFUL } from '../migration/rules.js';
import type { CheckResult } from '../model/check-result.js';
import type { SharedObservation } from '../model/shared-observation.js';
import { formatVersion } from '../model/version.js';
import type { HelmObservation } from './observation.js';
import type { Route } from './route.js';

/**
 * Every Deployment has 0 replicas and there is no journal of a migration: the previous replicas, and whether the
 * metadata was migrated, are unknown. The documented script leaves this state wherever it fails (milvus-io/milvus
 * deployments/migrate-meta/migrate.sh).
 */
export function stoppedByOthers(
  config: HelmConfig,
  { components, migration }: SharedObservation,
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

/** For a planned or incomplete migration. The closed journal of an earlier migration does not affect other upgrades. */
export function journalFailedChecks(
  config: HelmConfig,
  observation: HelmObservation,
  pathKind: Route['path']['pathKind'],
): CheckResult[] {
  const matters = pathKind === 'migration' || observation.migration?.journal?.closed !== true;
  return [...(matters ? journalDoubtful(config, observation) : []), ...rootPathDiffers(config, observation)];
}

/** A journal determines what is restored and how many pods start, so a journal from another source is not used. */
export function journalDoubtful(config: HelmConfig, observation: HelmObservation): CheckResult[] {
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
function rootPathDiffers({ migration }: HelmConfig, observation: SharedObservation): CheckResult[] {
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
