// What Milvus 2.6 needs of a project: a message queue that stays the same, and in a cluster a streaming node. Pure.
import type { Goal } from '../goal.js';
import type { Observation } from '../observation.js';
import type { Refusal } from '../refusal.js';
import { compareVersions, formatVersion, version, type Version } from '../version.js';
import { liveServices, type ProjectSeen } from './seen.js';

const V2_6 = version('2.6.0');

function crosses(from: Version, { target }: Goal): boolean {
  return compareVersions(from, V2_6) < 0 && compareVersions(target, V2_6) >= 0;
}

/** Milvus 2.6 chooses Woodpecker for a standalone that does not say otherwise; what is left in RocksMQ would be lost. */
export function queueWouldChange(goal: Goal, from: Version, seen: Observation, project: ProjectSeen): Refusal[] {
  const standalone = project.services.find((each) => each.role === 'standalone');
  if (!standalone || seen.messageQueue === 'unknown') return [];
  const { name, containers } = standalone;
  const asked = queueIn(standalone.environment.reveal());
  // What 2.6 chooses where nothing says it cannot be read from its configuration.
  const used = containers.map((each) => queueIn(each.environment.reveal())).find(isStated) ?? (compareVersions(from, V2_6) < 0 ? seen.messageQueue : asked);
  if (isStated(asked)) return asked === used ? [] : [queueRefusal(`${name} keeps its messages in ${used}, and the files say ${asked}`, name, used)];
  if (seen.messageQueue !== 'rocksmq' || !crosses(from, goal)) return [];
  const why = `${name} keeps its messages in RocksMQ because it says nothing else, and ${formatVersion(goal.target)} would choose Woodpecker`;
  return [queueRefusal(why, name, 'rocksmq')];
}

function queueRefusal(because: string, service: string, queue: string): Refusal {
  const remedy = `Set MQ_TYPE: ${queue} below environment of ${service}, and run this again.`;
  return { code: 'message-queue-would-change', because, remedy, source: 'milvus-io/milvus#49584', waivable: true };
}

/** `MQ_TYPE`, `mqtype` or `mq.type` (milvus pkg/util/paramtable/base_table.go, formatter). */
function queueIn(environment: Readonly<Record<string, unknown>>): string {
  const found = Object.entries(environment).find(([name]) => name.toUpperCase().replaceAll(/[._/]/g, '') === 'MQTYPE');
  return found ? String(found[1]).trim().toLowerCase() : '';
}

function isStated(queue: string): boolean {
  return queue !== '' && queue !== 'default';
}

/** A cluster writes through streaming nodes from 2.6 on, and an upgrade of a project adds and starts no service. */
export function streamingNodeMissing(goal: Goal, from: Version, project: ProjectSeen): Refusal[] {
  const live = liveServices(project);
  const isCluster = live.length > 0 && live.every(({ role }) => role !== 'standalone');
  if (!isCluster || !crosses(from, goal) || live.some(({ role }) => role === 'streamingnode')) return [];
  return [
    {
      code: 'streaming-node-missing',
      because: `no service of ${project.name} runs a streaming node, through which a cluster of ${formatVersion(goal.target)} writes`,
      remedy:
        'Follow the upgrade guide of Milvus 2.6 for this cluster by hand: an upgrade of this action adds no service and starts none that has no container.',
      source: 'milvus-io/web-content v2.6.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
      waivable: false,
    },
  ];
}
