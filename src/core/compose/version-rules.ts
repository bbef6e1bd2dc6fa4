// The requirements of Milvus 2.6 for a project: the message queue must not change, and a cluster needs a streaming
// node. Pure.
import { fail, failSkippable } from '../checks/results.js';
import type { ComposeConfig } from '../config/config.js';
import type { CheckResult } from '../model/check-result.js';
import { compareVersions, formatVersion, version, type Version } from '../model/version.js';
import { liveServices, type ProjectObservation, type ComposeObservation } from './observation.js';

const V2_6 = version('2.6.0');

function crosses(from: Version, { target }: ComposeConfig): boolean {
  return compareVersions(from, V2_6) < 0 && compareVersions(target, V2_6) >= 0;
}

/**
 * Milvus 2.6 selects Woodpecker for a standalone that does not set a message queue; messages that are left in RocksMQ
 * would be lost.
 */
export function queueWouldChange(
  config: ComposeConfig,
  from: Version,
  { project, messageQueue }: ComposeObservation,
): CheckResult[] {
  const standalone = project.services.find((service) => service.role === 'standalone');
  if (!standalone || messageQueue === 'unknown') return [];
  const { name, containers } = standalone;
  const requested = queueIn(standalone.environment.reveal());
  // If no message queue is set, the one that 2.6 selects cannot be read from its configuration.
  const used =
    containers.map((container) => queueIn(container.environment.reveal())).find(isStated) ??
    (compareVersions(from, V2_6) < 0 ? messageQueue : requested);
  if (isStated(requested))
    return requested === used
      ? []
      : [queueFailedCheck(`${name} uses the message queue "${used}", but the files select "${requested}"`, name, used)];
  if (messageQueue !== 'rocksmq' || !crosses(from, config)) return [];
  const why = `${name} uses RocksMQ by default, but ${formatVersion(config.target)} would use Woodpecker by default`;
  return [queueFailedCheck(why, name, 'rocksmq')];
}

function queueFailedCheck(reason: string, service: string, queue: string): CheckResult {
  const remedy = `Set MQ_TYPE: ${queue} below environment of ${service}, and run again.`;
  return failSkippable('message-queue-would-change', reason, remedy, 'milvus-io/milvus#49584');
}

/** `MQ_TYPE`, `mqtype` or `mq.type` (milvus pkg/util/paramtable/base_table.go, formatter). */
function queueIn(environment: Readonly<Record<string, unknown>>): string {
  const found = Object.entries(environment).find(([name]) => name.toUpperCase().replaceAll(/[._/]/g, '') === 'MQTYPE');
  return found ? String(found[1]).trim().toLowerCase() : '';
}

function isStated(queue: string): boolean {
  return queue !== '' && queue !== 'default';
}

/**
 * From 2.6 on a cluster writes through streaming nodes, and an upgrade of a project neither adds nor starts a service.
 */
export function streamingNodeMissing(config: ComposeConfig, from: Version, project: ProjectObservation): CheckResult[] {
  const live = liveServices(project);
  const isCluster = live.length > 0 && live.every(({ role }) => role !== 'standalone');
  if (!isCluster || !crosses(from, config) || live.some(({ role }) => role === 'streamingnode')) return [];
  return [
    fail(
      'streaming-node-missing',
      `no service of ${project.name} runs a streaming node, which a ${formatVersion(config.target)} cluster needs for writes`,
      'Milvus 2.5 has no streaming node, so that one cannot be added before the upgrade, and an upgrade does not start a service that has no container. Follow the upgrade guide of Milvus 2.6 manually: with every Milvus service on the new image, one service more with `command: milvus run streamingnode`, and without the index nodes.',
      'milvus-io/web-content v2.6.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
    ),
  ];
}
