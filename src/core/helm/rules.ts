// Checks of the installation: its release and its Deployments.
// Checks of versions are in knowledge/paths.ts, checks of charts in chart-choice.ts.
import type { HelmConfig } from '../config/config.js';
import { describeComponent, describeStopped, isStopped, type Component } from '../model/component.js';
import { imageDiffers, imageNeeded } from '../checks/requested-image.js';
import { oldestImage } from '../model/observation.js';
import { needsNoMigration, startedWithoutMigration } from '../migration/rules.js';
import { metastoreIsMysql, sourceDiffers } from '../checks/installation.js';
import { HELM_LABELS } from './labels.js';
import { journalFailedChecks, stoppedByOthers } from './migration-rules.js';
import { fail } from '../checks/results.js';
import type { CheckResult } from '../model/check-result.js';
import { compareVersions, formatVersion, parseImage, type Version } from '../model/version.js';
import type { Route } from './route.js';
import { isRollback, type Release, type HelmObservation } from './observation.js';

/** Every failed check of the current state. */
export function failedChecksOfState(config: HelmConfig, observation: HelmObservation, route: Route): CheckResult[] {
  const release = observation.release ? failedChecksOfRelease(observation.release) : [];
  return [
    ...sourceDiffers(config, observation),
    ...imageNeeded(config, [oldestImage(observation)]),
    ...imageDiffers(config, route),
    ...strategyTooSmall(config, route),
    ...release,
    ...unhealthy(observation, config.target),
    ...metastoreIsMysql(observation),
    ...startedWithoutMigration(observation, route, {
      units: HELM_LABELS.units,
      command: '`kubectl rollout undo`, or `helm rollback`',
    }),
    ...stoppedByOthers(config, observation, route),
    ...journalFailedChecks(config, observation, route.path.pathKind),
    ...milvusStopped(config, observation, route),
  ];
}

/**
 * If Milvus is stopped, the upgrade cannot verify that the new version serves. Before a migration, `stoppedByOthers` is
 * more specific.
 */
function milvusStopped(config: HelmConfig, observation: HelmObservation, { path }: Route): CheckResult[] {
  if (path.pathKind === 'migration' || !isStopped(observation)) return [];
  const reason = `${describeStopped(observation)}, so the upgrade cannot verify that the new version serves`;
  const scale = `\`kubectl --namespace ${config.namespace} scale deployment/… --replicas=…\``;
  const remedy = `Start Milvus first: ${scale} for every Deployment. Run the action when it serves.`;
  return [fail('milvus-stopped', reason, remedy, 'the Deployments of the release')];
}

function strategyTooSmall(config: HelmConfig, route: Route): CheckResult[] {
  if (config.strategy === 'migrate') return needsNoMigration(route);
  if (route.path.pathKind !== 'migration' || config.strategy === 'auto') return [];
  const reason = `strategy is ${config.strategy}, but ${formatVersion(route.from)} → ${formatVersion(config.target)} requires a metadata migration: ${route.path.why}`;
  return [fail('strategy-does-not-fit', reason, 'Set strategy: auto or migrate.', route.path.source)];
}

function failedChecksOfRelease({ latest, startedBy, name }: Release): CheckResult[] {
  if (startedBy !== '' || latest.status === 'deployed' || latest.status === 'superseded') return [];
  const pending = latest.status.startsWith('pending-') || latest.status === 'uninstalling';
  return [
    {
      id: pending ? 'release-pending' : 'release-failed',
      state: 'fail',
      reason: `revision ${latest.revision} of release ${name} is ${latest.status} since ${latest.updatedAt}: ${latest.description || 'no description'}`,
      remedy: pending
        ? 'Wait until that Helm process has ended, then run the action again. If it is no longer running, skip this check: the revision is then marked as failed.'
        : 'Read `helm history`, fix the cause or roll back, and run the action again; or skip this check to upgrade on top of it.',
      source: 'helm history',
      skippable: true,
    },
  ];
}

/**
 * A Deployment whose template already has the target version, from any repository, is part of an incomplete upgrade, as
 * is every Deployment during a migration: resuming fixes it.
 */
function unhealthy(observation: HelmObservation, target: Version): CheckResult[] {
  if (observation.migration?.journal?.closed === false) return [];
  return observation.components
    .filter(
      (component) =>
        component.deployment !== '' &&
        !component.pauseRecord &&
        !requests(component, target) &&
        (component.ready < component.desired || component.failure !== '' || component.paused),
    )
    .filter((component) => component.paused || !isGoingBack(observation, component))
    .map((component) => ({
      id: component.paused ? 'deployment-paused' : 'deployment-unhealthy',
      state: 'fail',
      reason: `${component.deployment} is ${component.paused ? 'paused' : 'not healthy before the upgrade'} (${describeComponent(component)}${component.failure ? `; ${component.failure}` : ''})`,
      remedy: component.paused
        ? `Resume it: kubectl rollout resume deployment/${component.deployment}`
        : 'Fix this first; an upgrade would hide the cause. Skip this check if the upgrade is the fix.',
      source: 'the status of the Deployment',
      skippable: !component.paused,
    }));
}

/** A rollback of this action that its runner left incomplete is an incomplete change as well. */
function isGoingBack({ release }: HelmObservation, { rolloutComplete }: Component): boolean {
  return release !== null && release.startedBy !== '' && isRollback(release.latest) && rolloutComplete === false;
}

function requests({ templateImage }: Component, target: Version): boolean {
  const { version } = parseImage(templateImage);
  return version !== null && compareVersions(version, target) === 0;
}
