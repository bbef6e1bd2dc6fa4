// The rules that look at the installation itself: its release, its Deployments, and what new values would turn it into.
// Rules about versions are in knowledge/paths.ts, about charts in chart-choice.ts.
import type { Goal } from './goal.js';
import { describeComponent, describeStopped, isStopped, type Component } from './component.js';
import { imageDiffers, imageNeeded } from './image-rules.js';
import { isRollback, oldestImage, runningVersion, type Observation, type Release } from './observation.js';
import { journalRefusals, needsNoMigration, startedWithoutMigration, stoppedByOthers } from './migration/rules.js';
import type { Refusal } from './refusal.js';
import type { Route } from './plan.js';
import { isTable, valueAt, type Values } from './values.js';
import { compareVersions, formatVersion, parseImage, type Version } from './version.js';

/** Everything about the present state that speaks against an upgrade. */
export function refusalsOfState(goal: Goal, seen: Observation, route: Route): Refusal[] {
  const release = seen.release ? refusalsOfRelease(seen.release) : [];
  return [
    ...sourceDiffers(goal, seen),
    ...imageNeeded(goal, [oldestImage(seen)]),
    ...imageDiffers(goal, route),
    ...strategyTooSmall(goal, route),
    ...release,
    ...unhealthy(seen, goal.target),
    ...metastoreIsMysql(seen),
    ...startedWithoutMigration(seen, route),
    ...stoppedByOthers(goal, seen, route),
    ...journalRefusals(goal, seen, route.path.way),
    ...milvusStopped(goal, seen, route),
  ];
}

/** What does not run cannot be seen to serve after an upgrade. Before a migration `stoppedByOthers` says more. */
function milvusStopped(goal: Goal, seen: Observation, { path }: Route): Refusal[] {
  if (path.way === 'migration' || seen.project || !isStopped(seen)) return [];
  return [
    {
      code: 'milvus-stopped',
      because: `${describeStopped(seen)}, so that nothing can show whether the new version serves`,
      remedy: `Start Milvus first: \`kubectl --namespace ${goal.namespace} scale deployment/… --replicas=…\` for every Deployment. Run the action when it serves.`,
      source: 'the Deployments of the release',
      waivable: false,
    },
  ];
}

export function sourceDiffers(goal: Goal, seen: Observation): Refusal[] {
  const found = runningVersion(seen);
  if (!goal.source || !found || compareVersions(goal.source, found) === 0) return [];
  return [
    {
      code: 'source-version-differs',
      because: `source-version is ${formatVersion(goal.source)}, but the oldest version that runs is ${formatVersion(found)}`,
      remedy: `Look why ${formatVersion(found)} runs; then set source-version to it, or leave it out.`,
      source: 'the images of the running pods',
      waivable: false,
    },
  ];
}

function strategyTooSmall(goal: Goal, route: Route): Refusal[] {
  if (goal.strategy === 'migrate') return needsNoMigration(route);
  if (route.path.way !== 'migration' || goal.strategy === 'auto') return [];
  return [
    {
      code: 'strategy-does-not-fit',
      because: `strategy is ${goal.strategy}, but ${formatVersion(route.from)} → ${formatVersion(goal.target)} needs a migration of the metadata: ${route.path.why}`,
      remedy: 'Set strategy: auto or migrate.',
      source: route.path.source,
      waivable: false,
    },
  ];
}

function refusalsOfRelease({ latest, startedBy, name }: Release): Refusal[] {
  if (startedBy !== '' || latest.status === 'deployed' || latest.status === 'superseded') return [];
  const pending = latest.status.startsWith('pending-') || latest.status === 'uninstalling';
  return [
    {
      code: pending ? 'release-pending' : 'release-failed',
      because: `revision ${latest.revision} of release ${name} is ${latest.status} since ${latest.updatedAt}: ${latest.description || 'Helm says no more'}`,
      remedy: pending
        ? 'Wait until that Helm command has ended and run again. If nobody runs it any more, waive this: the revision is then marked failed.'
        : 'Look at `helm history`, mend or roll back, and run again; or waive this to upgrade on top of it.',
      source: 'helm history',
      waivable: true,
    },
  ];
}

/** A Deployment that already asks for the target version, from whatever image, is a half-done upgrade, and so is all of a migration that is under way: going on is what mends it. */
function unhealthy(seen: Observation, target: Version): Refusal[] {
  if (seen.migration?.journal?.closed === false) return [];
  return seen.components
    .filter((each) => each.deployment !== '' && !each.held && !asksFor(each, target) && (each.ready < each.wanted || each.failure !== '' || each.paused))
    .filter((each) => each.paused || !isGoingBack(seen, each))
    .map((each) => ({
      code: each.paused ? 'deployment-paused' : 'deployment-unhealthy',
      because: `${each.deployment} is ${each.paused ? 'paused' : 'not healthy before the upgrade'} (${describeComponent(each)}${each.failure ? `; ${each.failure}` : ''})`,
      remedy: each.paused
        ? `Resume it: kubectl rollout resume deployment/${each.deployment}`
        : 'Mend it first: an upgrade would hide the cause. Waive this when the upgrade is the mend.',
      source: 'the status of the Deployment',
      waivable: !each.paused,
    }));
}

/** What a rollback of ours left on its way when its runner died is a half-done change as well. */
function isGoingBack({ release }: Observation, { arrived }: Component): boolean {
  return release !== null && release.startedBy !== '' && isRollback(release.latest) && arrived === false;
}

function asksFor({ templateImage }: Component, target: Version): boolean {
  const { version } = parseImage(templateImage);
  return version !== null && compareVersions(version, target) === 0;
}

export function metastoreIsMysql(seen: Observation): Refusal[] {
  if (seen.metastore !== 'mysql') return [];
  return [
    {
      code: 'metastore-mysql',
      because: 'the metadata is kept in MySQL, which Milvus removed',
      remedy: 'Move to a new installation with etcd; there is no migration from MySQL.',
      source: 'Milvus 2.2.15 release notes, milvus-io/milvus#26634',
      waivable: true,
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
export function refusalsOfValues(installed: Values, next: Values, required: Values): Refusal[] {
  return DEFINING.flatMap(({ code, paths }) =>
    paths
      .filter((path) => valueAt(required, path) === undefined && matters(path, installed) && differs(installed, next, path))
      .map((path) => ({
        code,
        because: `the new values change ${path} from ${text(valueAt(installed, path))} to ${text(valueAt(next, path))}`,
        remedy: `Leave ${path} as it is: changing it is a move of its own, not part of an upgrade.`,
        source: 'milvus.io/docs/v2.6.x/upgrade_milvus_cluster-helm.md, "limitations"; facts on message queues: the type must stay the same',
        waivable: true,
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
  return value === undefined || isTable(value) ? 'nothing' : JSON.stringify(value);
}
