// Reads pods for the diagnostics: the state of each in one line, and the logs of its containers.
import type { V1ContainerState, V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { PodLog } from '../../core/model/evidence.js';
import { deploymentOf } from '../observe/milvus-objects.js';
import { maskLarge } from '../../runner/mask-large.js';
import type { Collection } from './collection.js';

const LOG_LINES = 500;
const LOG_BYTES = 1024 * 1024;

/** Not ready, and not terminating. */
export function isFailing({ metadata, status }: V1Pod): boolean {
  const ready =
    status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
  return !ready && metadata?.deletionTimestamp === undefined;
}

/** Phase, waiting or termination reason of each container, and restarts. */
export function describePod(pod: V1Pod): string {
  const { phase = 'Unknown', reason, message } = pod.status ?? {};
  const unscheduled = pod.status?.conditions?.find(
    (condition) => condition.type === 'PodScheduled' && condition.status === 'False',
  );
  const containers = statusesOf(pod)
    .filter((container) => !isThrough(container))
    .map(describeContainer);
  const words = [
    pod.metadata?.deletionTimestamp ? 'Terminating' : phase,
    ...[reason, message].filter((text) => text !== undefined),
    ...(unscheduled ? [`${unscheduled.reason}: ${unscheduled.message}`] : []),
    ...containers.filter((container) => container !== ''),
  ];
  return words.join('; ');
}

/** A completed init container is not of interest. */
function isThrough({ state, restartCount }: V1ContainerStatus): boolean {
  return state?.terminated?.exitCode === 0 && restartCount === 0;
}

function describeContainer({ name, image, state, lastState, restartCount, ready }: V1ContainerStatus): string {
  const restarts = restartCount > 0 ? `, ${restartCount} restarts` : '';
  const before = lastState?.terminated ? `, terminated before: ${ending(lastState)}` : '';
  if (state?.waiting)
    return `${name} (${image}): ${[state.waiting.reason, state.waiting.message].filter(Boolean).join(': ')}${restarts}${before}`;
  if (state?.terminated) return `${name} (${image}): terminated: ${ending(state)}${restarts}`;
  return ready ? '' : `${name} (${image}): running, not ready${restarts}${before}`;
}

function ending({ terminated }: V1ContainerState): string {
  const { reason = 'exit', exitCode = 0, message = '' } = terminated ?? {};
  return `${reason} (exit code ${exitCode})${message ? ` ${message}` : ''}`;
}

/**
 * The current log and, after a restart, the previous log of each container; a container that never started has no log.
 */
export async function savePodLogs(pod: V1Pod, collection: Collection): Promise<readonly PodLog[]> {
  const active = statusesOf(pod).filter((container) => !isThrough(container));
  const desired = active.flatMap(({ name, restartCount, state }) => [
    ...(state?.waiting && restartCount === 0 ? [] : [{ container: name, previous: false }]),
    ...(restartCount > 0 ? [{ container: name, previous: true }] : []),
  ]);
  const logs = await Promise.all(desired.map((log) => saveLog(pod, log, collection)));
  return logs.filter((log) => log !== null);
}

type RequestedLog = Omit<PodLog, 'text'>;

async function saveLog(
  pod: V1Pod,
  { container, previous }: RequestedLog,
  { platform, directory, requests, redact }: Collection,
): Promise<PodLog | null> {
  const name = pod.metadata?.name ?? '';
  const { namespace } = platform.config;
  const title = `${previous ? 'previous log' : 'log'} of ${container} in ${name}`;
  const request = { name, namespace, container, previous, tailLines: LOG_LINES, limitBytes: LOG_BYTES };
  const answer = await requests.request(title, () => platform.cluster.core.readNamespacedPodLog(request));
  if (answer === null) return null;
  const text = await maskLarge(answer, redact);
  directory.write(
    [deploymentOf(pod), `${name}.${container}${previous ? '.previous' : ''}.log`],
    `${title}, last ${LOG_LINES} lines`,
    text,
  );
  return { container, previous, text };
}

function statusesOf({ status }: V1Pod): V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}
