// Checks of the installation: its release, its Deployments, and what new values would change.
// Checks of versions are in knowledge/paths.ts, checks of charts in chart-choice.ts.
import type { Config } from '../config/config.js';
import { describeComponent, describeStopped, isStopped, type Component } from '../model/component.js';
import { imageDiffers, imageNeeded } from './image-rules.js';
import { isRollback, oldestImage, runningVersion, type Observation, type Release } from '../model/observation.js';
import { journalFailedChecks, needsNoMigration, startedWithoutMigration, stoppedByOthers } from '../migration/rules.js';
import { describeMove, pathsOfKnownMove } from '../knowledge/topology-moves.js';
import { fail } from '../checks/results.js';
import type { CheckResult } from '../model/check-result.js';
import { isRecord, valueAt } from '../lib/json.js';
import type { Values } from '../model/values.js';
import { compareVersions, formatVersion, parseImage, type Version } from '../model/version.js';
import type { Route } from './route.js';

/** Every failed check of the current state. */
export function failedChecksOfState(config: Config, observation: Observation, route: Route): CheckResult[] {
  const release = observation.release ? failedChecksOfRelease(observation.release) : [];
  return [
    ...sourceDiffers(config, observation),
    ...imageNeeded(config, [oldestImage(observation)]),
    ...imageDiffers(config, route),
    ...strategyTooSmall(config, route),
    ...release,
    ...unhealthy(observation, config.target),
    ...metastoreIsMysql(observation),
    ...startedWithoutMigration(observation, route),
    ...stoppedByOthers(config, observation, route),
    ...journalFailedChecks(config, observation, route.path.pathKind),
    ...milvusStopped(config, observation, route),
  ];
}

/**
 * If Milvus is stopped, the upgrade cannot verify that the new version serves. Before a migration, `stoppedByOthers` is
 * more specific.
 */
function milvusStopped(config: Config, observation: Observation, { path }: Route): CheckResult[] {
  if (path.pathKind === 'migration' || observation.project || !isStopped(observation)) return [];
  const reason = `${describeStopped(observation)}, so the upgrade cannot verify that the new version serves`;
  const scale = `\`kubectl --namespace ${config.namespace} scale deployment/… --replicas=…\``;
  const remedy = `Start Milvus first: ${scale} for every Deployment. Run the action when it serves.`;
  return [fail('milvus-stopped', reason, remedy, 'the Deployments of the release')];
}

export function sourceDiffers(config: Config, observation: Observation): CheckResult[] {
  const found = runningVersion(observation);
  if (!config.source || !found || compareVersions(config.source, found) === 0) return [];
  const reason = `source-version is ${formatVersion(config.source)}, but the oldest running version is ${formatVersion(found)}`;
  const remedy = `Find out why ${formatVersion(found)} runs; then set source-version to it, or leave it out.`;
  return [fail('source-version-differs', reason, remedy, 'the images of the running pods')];
}

function strategyTooSmall(config: Config, route: Route): CheckResult[] {
  if (config.strategy === 'migrate') return needsNoMigration(route);
  if (route.path.pathKind !== 'migration' || config.strategy === 'auto') return [];
  return [
    {
      id: 'strategy-does-not-fit',
      state: 'fail',
      reason: `strategy is ${config.strategy}, but ${formatVersion(route.from)} → ${formatVersion(config.target)} requires a metadata migration: ${route.path.why}`,
      remedy: 'Set strategy: auto or migrate.',
      source: route.path.source,
      skippable: false,
    },
  ];
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
function unhealthy(observation: Observation, target: Version): CheckResult[] {
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
function isGoingBack({ release }: Observation, { rolloutComplete }: Component): boolean {
  return release !== null && release.startedBy !== '' && isRollback(release.latest) && rolloutComplete === false;
}

function requests({ templateImage }: Component, target: Version): boolean {
  const { version } = parseImage(templateImage);
  return version !== null && compareVersions(version, target) === 0;
}

export function metastoreIsMysql(observation: Observation): CheckResult[] {
  if (observation.metastore !== 'mysql') return [];
  return [
    {
      id: 'metastore-mysql',
      state: 'fail',
      reason: 'the metadata is stored in MySQL, which Milvus no longer supports',
      remedy: 'Move to a new installation with etcd; there is no migration from MySQL.',
      source: 'Milvus 2.2.15 release notes, milvus-io/milvus#26634',
      skippable: true,
    },
  ];
}

/** Values that define the installation: a change would lose the content of the message queue or change the topology. */
const DEFINING = [
  {
    code: 'message-queue-would-change',
    paths: [
      'pulsar.enabled',
      'pulsarv3.enabled',
      'kafka.enabled',
      'externalPulsar.enabled',
      'externalKafka.enabled',
      'woodpecker.enabled',
      'standalone.messageQueue',
    ],
  },
  {
    code: 'topology-would-change',
    paths: [
      'cluster.enabled',
      'streaming.enabled',
      ...[
        'mixCoordinator',
        'rootCoordinator',
        'queryCoordinator',
        'indexCoordinator',
        'dataCoordinator',
        'indexNode',
      ].map((component) => `${component}.enabled`),
    ],
  },
] as const;

interface ValuesQuestion {
  readonly installed: Values;
  readonly next: Values;
  /** The values that the upgrade path requires. */
  readonly required: Values;
  readonly to: Version;
}

/**
 * Fails for values that would change the message queue or the topology, unless the upgrade path requires the change, or
 * it is a documented one.
 */
export function failedChecksOfValues({ installed, next, required, to }: ValuesQuestion): CheckResult[] {
  const moved = pathsOfKnownMove(to, next);
  return DEFINING.flatMap(({ code, paths }) =>
    paths
      .filter(
        (path) =>
          valueAt(required, path) === undefined &&
          !moved.includes(path) &&
          matters(path, installed) &&
          differs(installed, next, path),
      )
      .map((path) => ({
        id: code,
        state: 'fail',
        reason: `the new values change ${path} from ${text(valueAt(installed, path))} to ${text(valueAt(next, path))}`,
        remedy: `Leave ${path} unchanged. ${otherwise(path, to)}`,
        source:
          'milvus.io/docs/v2.6.x/upgrade_milvus_cluster-helm.md, "limitations"; facts on message queues: the type must stay the same',
        skippable: true,
      })),
  );
}

/** A part of a documented change of the topology is refused, because two kinds of coordinators would run. */
function otherwise(path: string, to: Version): string {
  const move = describeMove(to);
  return move.includes(`${path}=`)
    ? `Or set all values of the documented change, in a cluster: ${move}.`
    : 'Changing it is a separate operation, not part of an upgrade.';
}

/**
 * `standalone.messageQueue` selects the queue of a standalone and has no effect in a cluster; the values of cluster
 * components have no effect in a standalone.
 */
function matters(path: string, installed: Values): boolean {
  const cluster = valueAt(installed, 'cluster.enabled') === true;
  const onlyCluster =
    /^(streaming|mixCoordinator|rootCoordinator|queryCoordinator|indexCoordinator|dataCoordinator|indexNode)\./.test(
      path,
    );
  if (path === 'standalone.messageQueue') return !cluster;
  return cluster || !onlyCluster;
}

/** An absent `enabled` counts as false; other values differ only if both sides have them. */
function differs(installed: Values, next: Values, path: string): boolean {
  const [before, after] = [valueAt(installed, path), valueAt(next, path)];
  if (path.endsWith('.enabled')) return (before === true) !== (after === true);
  return before !== undefined && after !== undefined && before !== after;
}

function text(value: unknown): string {
  return value === undefined || isRecord(value) ? 'nothing' : JSON.stringify(value);
}
