// Reads pods for the diagnostics: the state of each in one line, and the logs of its containers.
import type { V1Pod } from '@kubernetes/client-node';
import type { PodLog } from '../../core/model/evidence.js';
import type { Exit, PodContainer } from '../../core/model/pod.js';
import { deploymentOf } from '../observe/milvus-objects.js';
import { readPod } from '../observe/read-pod.js';
import { maskLarge } from '../../runner/mask-large.js';
import type { Collection } from './collection.js';

const LOG_LINES = 500;
const LOG_BYTES = 1024 * 1024;

/** Not ready, and not terminating. */
export function isFailing(pod: V1Pod): boolean {
  const { ready, terminating } = readPod(pod);
  return !ready && terminating === null;
}

/** Phase, waiting or termination reason of each container, and restarts. */
export function describePod(pod: V1Pod): string {
  const { phase, reason, message, terminating, scheduling, containers } = readPod(pod);
  const words = [
    terminating === null ? phase || 'Unknown' : 'Terminating',
    reason,
    message,
    scheduling.state === 'refused' ? `${scheduling.reason}: ${scheduling.message}` : '',
    ...containers.filter((container) => !isThrough(container)).map(describeContainer),
  ];
  return words.filter((word) => word !== '').join('; ');
}

/** A completed init container is not of interest. */
function isThrough({ state, lastExit, restarts }: PodContainer): boolean {
  return state === 'terminated' && lastExit?.exitCode === 0 && restarts === 0;
}

function describeContainer({ name, image, state, reason, message, restarts, ready, lastExit }: PodContainer): string {
  const count = restarts > 0 ? `, ${restarts} restarts` : '';
  const exit = lastExit ? ending(lastExit) : '';
  const before = exit === '' ? '' : `, terminated before: ${exit}`;
  if (state === 'waiting')
    return `${name} (${image}): ${[reason, message].filter(Boolean).join(': ')}${count}${before}`;
  if (state === 'terminated') return `${name} (${image}): terminated: ${exit}${count}`;
  return ready ? '' : `${name} (${image}): running, not ready${count}${before}`;
}

function ending({ reason, exitCode, message }: Exit): string {
  return `${reason || 'exit'} (exit code ${exitCode})${message === '' ? '' : ` ${message}`}`;
}

/**
 * The current log and, after a restart, the previous log of each container; a container that never started has no log.
 */
export async function savePodLogs(pod: V1Pod, collection: Collection): Promise<readonly PodLog[]> {
  const active = readPod(pod).containers.filter((container) => !isThrough(container));
  const desired = active.flatMap(({ name, restarts, state }) => [
    ...(state === 'waiting' && restarts === 0 ? [] : [{ container: name, previous: false }]),
    ...(restarts > 0 ? [{ container: name, previous: true }] : []),
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
