// The rules that look at the installation itself: its release, its Deployments, and what new values would turn it into.
// Rules about versions are in knowledge/paths.ts, about charts in chart-choice.ts.
import type { Config } from './goal.js';
import { describeComponent, describeStopped, isStopped, type Component } from './component.js';
import { imageDiffers, imageNeeded } from './image-rules.js';
import { isRollback, oldestImage, runningVersion, type Observation, type Release } from './observation.js';
import { journalFailedChecks, needsNoMigration, startedWithoutMigration, stoppedByOthers } from './migration/rules.js';
import type { FailedCheck } from './refusal.js';
import type { Route } from './plan.js';
import { isRecord, valueAt, type Values } from './values.js';
import { compareVersions, formatVersion, parseImage, type Version } from './version.js';

/** Everything about the present state that speaks against an upgrade. */
export function failedChecksOfState(config: Config, observation: Observation, route: Route): FailedCheck[] {
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

/** What does not run cannot be seen to serve after an upgrade. Before a migration `stoppedByOthers` says more. */
function milvusStopped(config: Config, observation: Observation, { path }: Route): FailedCheck[] {
  if (path.pathKind === 'migration' || observation.project || !isStopped(observation)) return [];
  return [
    {
      code: 'milvus-stopped',
      reason: `${describeStopped(observation)}, so that nothing can show whether the new version serves`,
      remedy: `Start Milvus first: \`kubectl --namespace ${config.namespace} scale deployment/… --replicas=…\` for every Deployment. Run the action when it serves.`,
      source: 'the Deployments of the release',
      skippable: false,
    },
  ];
}

export function sourceDiffers(config: Config, observation: Observation): FailedCheck[] {
  const found = runningVersion(observation);
  if (!config.source || !found || compareVersions(config.source, found) === 0) return [];
  return [
    {
      code: 'source-version-differs',
      reason: `source-version is ${formatVersion(config.source)}, but the oldest version that runs is ${formatVersion(found)}`,
      remedy: `Look why ${formatVersion(found)} runs; then set source-version to it, or leave it out.`,
      source: 'the images of the running pods',
      skippable: false,
    },
  ];
}

function strategyTooSmall(config: Config, route: Route): FailedCheck[] {
  if (config.strategy === 'migrate') return needsNoMigration(route);
  if (route.path.pathKind !== 'migration' || config.strategy === 'auto') return [];
  return [
    {
      code: 'strategy-does-not-fit',
      reason: `strategy is ${config.strategy}, but ${formatVersion(route.from)} → ${formatVersion(config.target)} needs a migration of the metadata: ${route.path.why}`,
      remedy: 'Set strategy: auto or migrate.',
      source: route.path.source,
      skippable: false,
    },
  ];
}

function failedChecksOfRelease({ latest, startedBy, name }: Release): FailedCheck[] {
  if (startedBy !== '' || latest.status === 'deployed' || latest.status === 'superseded') return [];
  const pending = latest.status.startsWith('pending-') || latest.status === 'uninstalling';
  return [
    {
      code: pending ? 'release-pending' : 'release-failed',
      reason: `revision ${latest.revision} of release ${name} is ${latest.status} since ${latest.updatedAt}: ${latest.description || 'Helm says no more'}`,
      remedy: pending
        ? 'Wait until that Helm command has ended and run again. If nobody runs it any more, waive this: the revision is then marked failed.'
        : 'Look at `helm history`, mend or roll back, and run again; or waive this to upgrade on top of it.',
      source: 'helm history',
      skippable: true,
    },
  ];
}

/** A Deployment that already asks for the target version, from whatever image, is a half-done upgrade, and so is all of a migration that is under way: going on is what mends it. */
function unhealthy(observation: Observation, target: Version): FailedCheck[] {
  if (observation.migration?.journal?.closed === false) return [];
  return observation.components
    .filter(
      (each) => each.deployment !== '' && !each.pauseRecord && !requests(each, target) && (each.ready < each.desired || each.failure !== '' || each.paused),
    )
    .filter((each) => each.paused || !isGoingBack(observation, each))
    .map((each) => ({
      code: each.paused ? 'deployment-paused' : 'deployment-unhealthy',
      reason: `${each.deployment} is ${each.paused ? 'paused' : 'not healthy before the upgrade'} (${describeComponent(each)}${each.failure ? `; ${each.failure}` : ''})`,
      remedy: each.paused
        ? `Resume it: kubectl rollout resume deployment/${each.deployment}`
        : 'Mend it first: an upgrade would hide the cause. Waive this when the upgrade is the mend.',
      source: 'the status of the Deployment',
      skippable: !each.paused,
    }));
}

/** What a rollback of ours left on its way when its runner died is a half-done change as well. */
function isGoingBack({ release }: Observation, { arrived }: Component): boolean {
  return release !== null && release.startedBy !== '' && isRollback(release.latest) && arrived === false;
}

function requests({ templateImage }: Component, target: Version): boolean {
  const { version } = parseImage(templateImage);
  return version !== null && compareVersions(version, target) === 0;
}

export function metastoreIsMysql(observation: Observation): FailedCheck[] {
  if (observation.metastore !== 'mysql') return [];
  return [
    {
      code: 'metastore-mysql',
      reason: 'the metadata is kept in MySQL, which Milvus removed',
      remedy: 'Move to a new installation with etcd; there is no migration from MySQL.',
      source: 'Milvus 2.2.15 release notes, milvus-io/milvus#26634',
      skippable: true,
    },
  ];
}

/** Values whose change turns the installation into another one: the queue's content or the topology would be lost. */
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
      ...['mixCoordinator', 'rootCoordinator', 'queryCoordinator', 'indexCoordinator', 'dataCoordinator', 'indexNode'].map((each) => `${each}.enabled`),
    ],
  },
] as const;

/** Refuses values that would change message queue or topology, unless the path itself requires it. */
export function failedChecksOfValues(installed: Values, next: Values, required: Values): FailedCheck[] {
  return DEFINING.flatMap(({ code, paths }) =>
    paths
      .filter((path) => valueAt(required, path) === undefined && matters(path, installed) && differs(installed, next, path))
      .map((path) => ({
        code,
        reason: `the new values change ${path} from ${text(valueAt(installed, path))} to ${text(valueAt(next, path))}`,
        remedy: `Leave ${path} as it is: changing it is a move of its own, not part of an upgrade.`,
        source: 'milvus.io/docs/v2.6.x/upgrade_milvus_cluster-helm.md, "limitations"; facts on message queues: the type must stay the same',
        skippable: true,
      })),
  );
}

/** The queue of a standalone is chosen by standalone.messageQueue; in a cluster that value does nothing, and the other way round. */
function matters(path: string, installed: Values): boolean {
  const cluster = valueAt(installed, 'cluster.enabled') === true;
  const onlyCluster = /^(streaming|mixCoordinator|rootCoordinator|queryCoordinator|indexCoordinator|dataCoordinator|indexNode)\./.test(path);
  if (path === 'standalone.messageQueue') return !cluster;
  return cluster || !onlyCluster;
}

/** An absent switch is off; other values differ only when both sides have them. */
function differs(installed: Values, next: Values, path: string): boolean {
  const [before, after] = [valueAt(installed, path), valueAt(next, path)];
  if (path.endsWith('.enabled')) return (before === true) !== (after === true);
  return before !== undefined && after !== undefined && before !== after;
}

function text(value: unknown): string {
  return value === undefined || isRecord(value) ? 'nothing' : JSON.stringify(value);
}
